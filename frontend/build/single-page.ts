// Puts script and style of one build into one HTML file that loads nothing but what its policy
// names: the pages of a case disc open from file://, where modules, fetch and worker files are
// refused. The content security policy stands in the page and names both by their digests.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

export interface SinglePage {
  /** The finished file's name. */
  readonly name: string;
  readonly title: string;
  /** The body's markup. */
  readonly body: string;
  /** What the page may load beside its own script and style, by directive. */
  readonly policy: Readonly<Record<string, string>>;
  /** Classic scripts that stand beside the page and are loaded first. */
  readonly scripts?: readonly string[];
}

function digest(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf-8").digest("base64")}'`;
}

function policy(page: SinglePage, script: string, style: string): string {
  const directives: Record<string, string> = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    ...page.policy,
  };
  directives["script-src"] = [digest(script), page.policy["script-src"]].filter(Boolean).join(" ");
  directives["style-src"] = digest(style);
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}

export function singlePage(page: SinglePage): Plugin {
  return {
    name: "liuhen-single-page",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      let script = "";
      let style = "";
      for (const [name, output] of Object.entries(bundle)) {
        if (output.type === "chunk") script = output.code.trim();
        else if (name.endsWith(".css")) style = String(output.source).trim();
        delete bundle[name];
      }
      // What ends a script element must not stand inside one.
      script = script.replaceAll("</script", "<\\/script");
      const lines = [
        "<!doctype html>",
        '<html lang="zh-CN">',
        '<meta charset="utf-8">',
        `<meta http-equiv="Content-Security-Policy" content="${policy(page, script, style)}">`,
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        `<title>${page.title}</title>`,
        `<style>${style}</style>`,
        readFileSync(page.body, "utf-8").trim(),
        ...(page.scripts ?? []).map((name) => `<script src="${name}"></script>`),
        `<script>${script}</script>`,
        "</html>",
        "",
      ];
      this.emitFile({ type: "asset", fileName: page.name, source: lines.join("\n") });
    },
  };
}
