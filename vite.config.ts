// Builds the page assets into src/liuhen/web/static/built/ with a manifest that the template tag
// `asset` reads. Not for serving: Django serves what is built, there is no dev server in the product.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { fonts } from "./frontend/build/fonts.ts";
import { iconSprite } from "./frontend/build/icons.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("./frontend"),
  // Relative, so that an island loaded later is found beside the script that asks for it,
  // under whatever address the static files are served.
  base: "./",
  publicDir: false,
  plugins: [iconSprite(), fonts()],
  build: {
    outDir: here("./src/liuhen/web/static/built"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: { app: here("./frontend/app.ts"), "phone-worker": here("./frontend/phone-worker.ts") },
      // htmx holds an eval for attributes we switch off (allowEval in document.html).
      checks: { eval: false },
    },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
