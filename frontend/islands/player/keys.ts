// The keys of the players, in words: what the programs do on a key stands where the key is handled.

import { html } from "../../dom.ts";

/** Keys that every player has. */
export const STEERING: [string, string][] = [
  ["空格", "播放、暂停"],
  ["←　→", "后退、前进 5 秒"],
  ["，　。", "上一帧、下一帧（, 和 .）"],
  ["[　]", "放慢、加快"],
];
/** Those of a single recording. */
export const SINGLE: [string, string][] = [
  ["B", "在此刻加标记：写说明后回车"],
  ["S", "截取此刻的画面"],
  ["M", "静音、恢复声音"],
  ["F", "全屏、退出全屏"],
];

/** A list of keys that is opened when it is wanted. */
export function keyHelp(keys: [string, string][]): HTMLElement {
  const lines = keys.map(([key, words]) => html("li", {}, html("kbd", {}, key), html("span", {}, words)));
  return html("details", { class: "lh-pl-keys" }, html("summary", {}, "键盘操作"), html("ul", {}, ...lines));
}
