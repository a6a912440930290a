// What waits on the phone and what became of it. Shows, decides nothing.

import { button, html, icon } from "../../dom.ts";
import { instant } from "../../text/instants.ts";
import { size } from "../../text/sizes.ts";
import { bytesOf } from "./store.ts";
import type { PhoneClock, Take, Thing } from "./schema.ts";

const STATES: Record<Take["state"], string> = {
  recording: "正在拍摄",
  waiting: "待上传，在这台手机上",
  sending: "上传中",
  stored: "已入库",
  refused: "服务器没有接受，仍在这台手机上",
};
const KINDS: Record<Take["kind"], string> = { video: "录像", audio: "录音", photo: "照片" };
const BREAKS: Record<Take["broken"], string> = {
  "": "",
  page_closed: "拍摄时页面被关闭，此前的内容已保住",
  device_fault: "相机或麦克风中途停止",
  storage_full: "手机存储已满，拍摄提前停止",
};
// The looks of the upload list, which this one is akin to.
const LOOKS: Record<Take["state"], string> = {
  recording: "sending", waiting: "retrying", sending: "sending", stored: "stored", refused: "failed",
};

export function length(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

async function saveCopy(one: Take): Promise<void> {
  const link = html("a", { download: one.name, href: URL.createObjectURL(await bytesOf(one)) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The list, newest first; `clock` is what is known of the phone's. */
export function queueList(takes: Take[], things: Thing[], clock: PhoneClock | null): HTMLElement {
  const rows = [...takes].reverse().map((one) => takeRow(one, (one.clock ?? clock)?.offset_ms ?? 0));
  const listed = [...things].reverse().map((one) =>
    html(
      "li",
      { class: "lh-up-row", "data-state": LOOKS[one.state] },
      html("div", { class: "lh-up-name" }, html("b", {}, one.name), html("span", { class: "lh-quiet" }, `${one.quantity}，物品清单`)),
      html("div", {}),
      html("p", { class: "lh-up-line" }, html("span", { class: "lh-up-state" }, STATES[one.state])),
      one.problem && html("p", { class: "lh-up-words" }, html("b", {}, `${one.problem.message}。`), one.problem.remedy),
    ),
  );
  return html("ul", { class: "lh-up-list", "aria-label": "手机上的记录" }, ...rows, ...listed);
}

function takeRow(one: Take, offset: number): HTMLElement {
  const marks = one.moments.length ? `，标记 ${one.moments.length} 处` : "";
  const told = [one.kind === "photo" ? "" : length(one.duration_ms), size(one.size)].filter(Boolean).join("，");
  const isHere = one.state === "waiting" || one.state === "refused";
  const problem = one.problem && one.state !== "stored" ? [html("b", {}, `${one.problem.message}。`), `${one.problem.remedy}。`] : [];
  return html(
    "li",
    { class: "lh-up-row", "data-state": LOOKS[one.state], "data-take": one.id },
    html(
      "div",
      { class: "lh-up-name" },
      html("b", {}, `${KINDS[one.kind]} ${instant(one.started_at - offset)}`),
      html("span", { class: "lh-quiet" }, `${told}${marks}`),
    ),
    html("div", { class: "lh-up-acts" }, isHere && button("存到手机", "download", () => void saveCopy(one))),
    one.state === "sending" && html("progress", { class: "lh-up-progress", max: Math.max(1, one.size), value: one.sent, "aria-label": "上传进度" }),
    html(
      "p",
      { class: "lh-up-line" },
      html("span", { class: "lh-up-state" }, STATES[one.state]),
      html("span", { class: "lh-up-detail" }, one.activity_name || "没有关联活动"),
    ),
    html(
      "p",
      { class: "lh-up-words" },
      ...problem,
      BREAKS[one.broken] && `${BREAKS[one.broken]}。`,
      one.sha256 && html("span", { class: "lh-digest" }, html("span", {}, "SHA-256"), html("code", { title: one.sha256 }, `${one.sha256.slice(0, 8)}…${one.sha256.slice(-8)}`), html("button", { type: "button", class: "lh-copy", "data-copy": one.sha256, "aria-label": "复制完整 SHA-256 摘要" }, icon("copy"), html("span", {}, "复制"))),
      one.recording && html("a", { href: `/recordings/${one.recording}/` }, "查看与标注"),
    ),
  );
}
