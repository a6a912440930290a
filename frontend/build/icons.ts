// Collects the icons the pages use into one sprite, so that a page loads one small file and
// `{% icon 'clock' %}` is a reference into it. An icon that is not listed here does not exist.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { filled, outline } from "../icons.ts";

const folder = fileURLToPath(new URL("../../node_modules/@tabler/icons/icons/", import.meta.url));

function symbol(kind: "outline" | "filled", name: string): string {
  const source = readFileSync(`${folder}${kind}/${name}.svg`, "utf-8");
  const body = source
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/\s*\n\s*/g, "");
  const paint =
    kind === "outline"
      ? 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
      : 'fill="currentColor" stroke="none"';
  const id = kind === "filled" ? `${name}-filled` : name;
  return `<symbol id="${id}" viewBox="0 0 24 24" ${paint}>${body}</symbol>`;
}

/** Emits `icons-<hash>.svg`, listed in the manifest as `icons.svg`. */
export function iconSprite(): Plugin {
  return {
    name: "liuhen-icons",
    apply: "build",
    buildStart() {
      const symbols = [
        ...outline.map((name) => symbol("outline", name)),
        ...filled.map((name) => symbol("filled", name)),
      ];
      this.emitFile({
        type: "asset",
        name: "icons.svg",
        originalFileName: "icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
      });
    },
  };
}
