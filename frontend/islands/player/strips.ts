// The two strips under the picture: bookmarks along this recording, and where this recording stands
// in its activity, with the other recordings and the gaps. Places are per cent in SVG attributes.

import { button, html, svg } from "../../dom.ts";
import { clockTime, instantExact, parse } from "../../text/instants.ts";
import type { Bookmark, PlayerActivity, PlayerData } from "./schema.ts";
import { gapWords, position, share } from "./timing.ts";

const percent = (value: number): string => `${value.toFixed(3)}%`;

/** Marks along the recording. */
export function bookmarkStrip(bookmarks: Bookmark[], durationMs: number, seek: (seconds: number) => void): SVGSVGElement {
  const strip = svg("svg", { class: "lh-pl-marks", width: "100%", height: 12, "aria-hidden": "true" });
  for (const mark of bookmarks) {
    const x = percent((mark.at_ms / Math.max(1, durationMs)) * 100);
    const sign = svg("svg", { x, y: 0, width: 10, height: 12, overflow: "visible" }, svg("path", { class: "lh-pl-mark", d: "M-4 0h8v7l-4 4l-4-4z" }), svg("title", {}, mark.label));
    sign.addEventListener("click", () => seek(mark.at_ms / 1000));
    strip.append(sign);
  }
  return strip;
}

/** The sound along the recording: its loudness, where somebody speaks, where all is silent or black. */
export function soundStrip(data: Pick<PlayerData, "sound" | "dark">, durationMs: number): SVGSVGElement | null {
  const { sound, dark } = data;
  if (!sound && !dark?.length) return null;
  const whole = { from: 0, to: Math.max(1, durationMs) };
  const strip = svg("svg", { class: "lh-pl-sound-strip", width: "100%", height: 40, "aria-hidden": "true" });
  const band = (cssClass: string, spans: [number, number][], y: number, height: number, words: string) => {
    for (const [from, to] of spans) {
      const place = share(from, to, whole);
      if (place) strip.append(svg("rect", { class: cssClass, x: percent(place.x), width: percent(Math.max(0.2, place.width)), y, height }, svg("title", {}, words)));
    }
  };
  if (sound) {
    const width = sound.peaks.length || 1;
    const line = sound.peaks.map((peak, x) => `M${x} ${20 - (peak * 16) / 100}V${20 + (peak * 16) / 100 + 0.5}`).join("");
    const end = share(0, sound.length_ms, whole)?.width ?? 100;
    strip.append(svg("svg", { x: 0, y: 0, width: percent(end), height: 40, viewBox: `0 0 ${width} 40`, preserveAspectRatio: "none" }, svg("path", { class: "lh-pl-wave", d: line })));
    band("lh-pl-voice", sound.voices, 37, 3, "有人说话（机器判断）");
    band("lh-pl-silent", sound.silences, 0, 3, "长时间无声");
  }
  band("lh-pl-dark", dark ?? [], 3, 3, "长时间黑屏");
  return strip;
}

/** What is silent or black for long, in words; empty when nothing is. */
export function stillWords(data: PlayerData): string[] {
  const told = (spans: [number, number][], words: string) =>
    spans.slice(0, 5).map(([from, to]) => `${position(from / 1000)} 至 ${position(to / 1000)} ${words}`);
  return [...told(data.sound?.silences ?? [], "没有声音"), ...told(data.dark ?? [], "画面全黑")];
}

/** The bookmarks as a list that can be reached by keyboard. */
export function bookmarkList(
  bookmarks: Bookmark[], startedAt: number | null, seek: (seconds: number) => void, withdraw: (mark: Bookmark) => void,
): HTMLElement {
  if (!bookmarks.length) return html("p", { class: "lh-quiet" }, "还没有标记。播放到关键处按 B 或点“加标记”。");
  const lines = [...bookmarks]
    .sort((a, b) => a.at_ms - b.at_ms)
    .map((mark) => {
      const time = startedAt === null ? position(mark.at_ms / 1000) : clockTime(startedAt + mark.at_ms);
      const go = html("button", { type: "button", class: "lh-pl-go" }, html("time", {}, time), html("span", {}, mark.label));
      go.addEventListener("click", () => seek(mark.at_ms / 1000));
      const drop = mark.withdraw_url ? button("撤回", "x", () => withdraw(mark), { "aria-label": `撤回标记 ${mark.label}` }) : null;
      return html("li", {}, go, mark.by ? html("span", { class: "lh-quiet" }, mark.by) : null, drop);
    });
  return html("ul", { class: "lh-pl-list" }, ...lines);
}

function activityStrip(activity: PlayerActivity, whole: { from: number; to: number }, own: { from: number; to: number } | null): SVGSVGElement {
  const strip = svg("svg", { class: "lh-pl-activity-strip", width: "100%", height: 22, "aria-hidden": "true" });
  const add = (cssClass: string, from: number, to: number, title: string, href?: string) => {
    const place = share(from, to, whole);
    if (!place) return;
    const bar = svg("rect", { class: cssClass, x: percent(place.x), width: percent(Math.max(0.3, place.width)), y: 3, height: 16 }, svg("title", {}, title));
    strip.append(href ? svg("a", { href, tabindex: -1 }, bar) : bar);
  };
  strip.append(svg("rect", { class: "lh-track-ground", x: 0, y: 3, width: "100%", height: 16 }));
  for (const other of activity.others) add("lh-pl-other", parse(other.started_at) ?? 0, parse(other.ended_at) ?? 0, other.name, other.href);
  if (own) add("lh-track-video", own.from, own.to, "本段");
  for (const gap of activity.gaps) {
    const [from, to] = [parse(gap.started_at) ?? 0, parse(gap.ended_at) ?? 0];
    add("lh-track-gap", from, to, gapWords(from, to, gap.words));
  }
  return strip;
}

/** Where this recording stands in its activity; null when it belongs to none. */
export function activityPart(data: PlayerData, durationMs: number): HTMLElement | null {
  const { activity } = data;
  const from = parse(activity?.started_at);
  if (!activity || from === null) return null;
  const started = parse(data.started_at);
  const own = started === null ? null : { from: started, to: started + durationMs };
  const ends = [own?.to ?? from, ...activity.others.map((one) => parse(one.ended_at) ?? from)];
  const whole = { from, to: parse(activity.ended_at) ?? Math.max(...ends) };
  const gaps = activity.gaps.map((gap) => {
    const [start, end] = [parse(gap.started_at) ?? 0, parse(gap.ended_at) ?? 0];
    return html("li", { class: "lh-red" }, `${clockTime(start)} 至 ${clockTime(end)}　${gapWords(start, end, gap.words)}`);
  });
  const others = activity.others.map((one) =>
    html("li", {}, html("a", { href: one.href }, `${clockTime(parse(one.started_at) ?? 0)} ${one.name}`)),
  );
  return html(
    "section",
    { class: "lh-pl-activity" },
    html("h3", {}, `在“${activity.name}”中的位置`),
    activity.watch_href && activity.others.length ? html("a", { href: activity.watch_href }, "各路同步查看") : null,
    activityStrip(activity, whole, own),
    html("p", { class: "lh-pl-ends" }, html("span", {}, instantExact(whole.from).slice(0, 19)), html("span", {}, activity.ended_at ? clockTime(whole.to) : "未结束")),
    html("ul", { class: "lh-pl-list" }, ...gaps, ...others),
  );
}
