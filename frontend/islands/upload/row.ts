// One file on the list: what it is, how far it is, what can be done. Shows, decides nothing.

import { html, icon } from "../../dom.ts";
import { size } from "../../text/sizes.ts";
import { spanWords } from "../../text/spans.ts";
import type { Problem } from "./problems.ts";
import type { UploadResult } from "./schema.ts";

export type RowState = "waiting" | "sending" | "paused" | "retrying" | "checking" | "stored" | "failed";

export interface RowActs {
  pause(): void;
  resume(): void;
  restart(): void;
  remove(): void;
}

const WORDS: Record<RowState, string> = {
  waiting: "排队中",
  sending: "上传中",
  paused: "已暂停",
  retrying: "等待重试",
  checking: "服务器正在校验并入库",
  stored: "已入库",
  failed: "未完成",
};

/** The server's words are sentences, ours are not yet. */
const sentence = (words: string): string => (words.endsWith("。") ? words : `${words}。`);

export class Row {
  readonly element: HTMLLIElement;
  private readonly bar = html("progress", { class: "lh-up-progress", max: 1000, value: 0 });
  private readonly state = html("span", { class: "lh-up-state", role: "status" });
  private readonly detail = html("span", { class: "lh-up-detail" });
  private readonly words = html("p", { class: "lh-up-words" });
  private readonly acts = html("div", { class: "lh-up-acts" });

  constructor(name: string, bytes: number, private readonly does: RowActs) {
    this.bar.setAttribute("aria-label", `${name} 的上传进度`);
    this.element = html(
      "li",
      { class: "lh-up-row" },
      html("div", { class: "lh-up-name" }, html("b", {}, name), html("span", { class: "lh-quiet" }, size(bytes))),
      this.acts,
      this.bar,
      html("p", { class: "lh-up-line" }, this.state, this.detail),
      this.words,
    );
  }

  /** How far: bytes sent of all, speed in bytes a second and seconds left where known. */
  progress(sent: number, total: number, speed: number | null, left: number | null): void {
    this.bar.value = total ? Math.floor((sent / total) * 1000) : 0;
    this.detail.textContent = [
      `${size(sent)} / ${size(total)}`,
      speed === null ? "" : `${size(speed)}/秒`,
      left === null ? "" : `约剩${spanWords(left)}`,
    ].filter(Boolean).join("，");
  }

  show(state: RowState, problem: Problem | null = null): void {
    this.element.dataset.state = state;
    this.state.textContent = problem?.isHopeless ? "未入库" : WORDS[state];
    this.words.replaceChildren(...(problem ? [html("b", {}, sentence(problem.message)), sentence(problem.remedy)] : []));
    if (state === "checking" || state === "stored") this.detail.textContent = "";
    const act = (words: string, name: string, does: () => void) => {
      const button = html("button", { type: "button", class: "btn btn-sm" }, icon(name), words);
      button.addEventListener("click", does);
      return button;
    };
    const buttons: Partial<Record<RowState, HTMLElement[]>> = {
      waiting: [act("移除", "x", this.does.remove)],
      sending: [act("暂停", "player-pause", this.does.pause)],
      paused: [act("继续", "player-play", this.does.resume), act("取消", "x", this.does.remove)],
      retrying: [act("立即重试", "refresh", this.does.resume), act("暂停", "player-pause", this.does.pause)],
      failed: [act("移除", "x", this.does.remove)],
    };
    if (state === "failed" && !problem?.isHopeless) {
      const again = problem?.isLost ? act("重新上传", "refresh", this.does.restart) : act("继续", "player-play", this.does.resume);
      buttons.failed?.unshift(again);
    }
    this.acts.replaceChildren(...(buttons[state] ?? []));
  }

  /** Stored: the server's digest, the receipt, the recording. */
  stored(result: UploadResult): void {
    this.show("stored");
    this.bar.value = 1000;
    const { sha256 } = result;
    this.words.replaceChildren(
      ...(result.is_duplicate ? [html("span", {}, "与已入库的文件逐字节相同，没有重复保存。 ")] : []),
      ...(sha256
        ? [html("span", { class: "lh-digest" },
            html("span", {}, "服务器校验 SHA-256"),
            html("code", { title: sha256 }, `${sha256.slice(0, 8)}…${sha256.slice(-8)}`),
            html("button", { type: "button", class: "lh-copy", "data-copy": sha256, "aria-label": "复制完整 SHA-256 摘要" }, icon("copy"), html("span", {}, "复制")))]
        : []),
      ...(result.recording_href ? [" ", html("a", { href: result.recording_href }, "查看与标注")] : []),
      ...(result.receipt_href ? [" ", html("a", { href: result.receipt_href }, "入库回执")] : []),
    );
  }
}
