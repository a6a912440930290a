// Copies the typefaces of the papers beside the page assets, for the PDF engine only:
// pages use the reader's own fonts and never ask for these (15 MB each).
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const packages = ["noto-serif-sc", "noto-sans-sc"];
const weights = ["400Regular", "700Bold"];
const modules = fileURLToPath(new URL("../../node_modules/@expo-google-fonts/", import.meta.url));

/** Puts NotoSerifSC_400Regular.ttf and its three sisters into `fonts/` of the output folder. */
export function fonts(): Plugin {
  return {
    name: "liuhen-fonts",
    apply: "build",
    writeBundle(options) {
      const target = join(options.dir ?? dirname(options.file ?? ""), "fonts");
      mkdirSync(target, { recursive: true });
      for (const name of packages) {
        for (const weight of weights) {
          const folder = join(modules, name, weight);
          for (const file of readdirSync(folder).filter((entry) => entry.endsWith(".ttf"))) {
            copyFileSync(join(folder, file), join(target, file));
          }
        }
      }
    },
  };
}
