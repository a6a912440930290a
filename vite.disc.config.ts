// Builds the two pages of a case disc, each one file: `--mode verifier` and `--mode viewer`.
// They go beside the page assets, from where `liuhen disc` takes them; the server never shows them.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { type SinglePage, singlePage } from "./frontend/build/single-page.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const pages: Readonly<Record<string, SinglePage>> = {
  verifier: {
    name: "verifier.html",
    title: "案卷核验",
    body: here("./frontend/disc/verifier.html"),
    policy: { "script-src": "'wasm-unsafe-eval'", "worker-src": "blob:" },
  },
  viewer: {
    name: "viewer.html",
    title: "案卷",
    body: here("./frontend/disc/viewer.html"),
    policy: {
      "script-src": "'self' file:",
      "img-src": "'self' file:",
      "media-src": "'self' file:",
    },
    scripts: ["案卷.js"],
  },
};

export default defineConfig(({ mode }) => {
  const page = pages[mode];
  if (!page) throw new Error(`no such page: ${mode}`);
  return {
    root: here("./frontend/disc"),
    base: "./",
    publicDir: false,
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [singlePage(page)],
    worker: { format: "iife" },
    build: {
      outDir: here("./src/liuhen/web/static/built/disc"),
      emptyOutDir: false,
      target: "es2022",
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: here(`./frontend/disc/${mode}.ts`),
        output: { format: "iife", entryFileNames: "page.js" },
      },
    },
  };
});
