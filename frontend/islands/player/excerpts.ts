// Taking a picture or a piece out of a recording: made by the server, with digest and origin.

import { csrfToken } from "../../behaviours/partial-pages.ts";
import { button, html } from "../../dom.ts";
import type { PlayerData } from "./schema.ts";
import { position } from "./timing.ts";

interface Made {
  href: string;
  sha256: string;
}

async function post(url: string, fields: Record<string, number>): Promise<Made | string> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, String(value));
  const response = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" } }).catch(() => null);
  if (response?.ok) return (await response.json()) as Made;
  const page = response ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  return page?.querySelector(".lh-refusal")?.textContent?.trim() || "没有截取成功，请稍后再试。";
}

/** Buttons and what was taken; null when nothing may be taken. `now` is the moment shown, in ms. */
export function excerptPart(data: PlayerData, now: () => number): HTMLElement | null {
  const { still_url: still, clip_url: clip } = data;
  if (!still && !clip) return null;
  const list = html("ul", { class: "lh-pl-list", "aria-live": "polite" });
  const span = html("span", { class: "lh-quiet" }, "未设起点");
  let from: number | null = null;
  const take = async (url: string, fields: Record<string, number>, words: string) => {
    const line = html("li", {}, `${words}，正在截取…`);
    list.prepend(line);
    const made = await post(url, fields);
    if (typeof made === "string") line.replaceChildren(html("span", { class: "lh-red" }, made));
    else line.replaceChildren(html("a", { href: made.href, download: "" }, words), html("span", { class: "lh-quiet" }, `SHA-256 ${made.sha256.slice(0, 12)}…`));
  };
  const begin = () => {
    from = now();
    span.textContent = `起点 ${position(from / 1000)}`;
  };
  const end = () => {
    const to = now();
    if (from === null || to <= from) {
      span.textContent = "请先在片段的开头点“设起点”";
      return;
    }
    void take(clip ?? "", { from_ms: from, to_ms: to }, `片段 ${position(from / 1000)} 至 ${position(to / 1000)}`);
  };
  return html(
    "section",
    { class: "lh-pl-excerpts" },
    html("h3", {}, "截取"),
    html("div", { class: "lh-pl-buttons" },
      still ? button("截取画面", "photo", () => void take(still, { at_ms: now() }, `画面 ${position(now() / 1000)}`), { "data-key": "s" }) : null,
      clip ? button("设起点", "flag", begin) : null,
      clip ? button("到这里为止，截取片段", "video", end) : null,
      clip ? span : null),
    html("p", { class: "lh-quiet" }, "截取的画面和片段带有您的姓名和时间，注明来源和摘要，原件不变；截取随即留痕。片段从最近的关键画面开始，最长十分钟。"),
    list,
  );
}
