// Uploading recordings: choose or drop files, several at once, pause, resume after a broken line or a
// reload, errors that say what to do, the server's digest at the end.

import { html, icon, islandData } from "../../dom.ts";
import { problemBefore } from "./problems.ts";
import type { UploadData } from "./schema.ts";
import { Transfer } from "./transfer.ts";
import { showUnfinished } from "./unfinished.ts";

const AT_ONCE = 3;

class Uploads {
  private readonly transfers: Transfer[] = [];
  private readonly list = html("ul", { class: "lh-up-list", "aria-label": "上传列表" });
  private readonly summary = html("p", { class: "lh-up-summary", role: "status", "aria-live": "polite" });
  private readonly unfinished = html("div", { class: "lh-up-unfinished", hidden: true });
  private awake: WakeLockSentinel | null = null;

  constructor(
    host: HTMLElement,
    private readonly data: UploadData,
  ) {
    host.replaceChildren(this.unfinished, this.dropPlace(), this.summary, this.list);
    void showUnfinished(this.unfinished);
    window.addEventListener("online", () => this.transfers.forEach((one) => one.wake()));
    window.addEventListener("beforeunload", (event) => {
      if (this.transfers.some((one) => one.state === "active")) event.preventDefault();
    });
  }

  private dropPlace(): HTMLElement {
    const input = html("input", {
      type: "file", multiple: true, class: "visually-hidden", id: "lh-up-files", accept: this.data.accept ?? null,
    });
    const choose = html("label", { class: "btn btn-primary", for: "lh-up-files" }, icon("upload"), "选择文件");
    const place = html(
      "div",
      { class: "lh-up-drop" },
      icon("cloud-upload", "lh-up-sign"),
      html("p", {}, html("b", {}, this.data.hint ?? "录像、录音、照片的原始文件，或者扫描件（PDF）")),
      input,
      choose,
      html("p", { class: "lh-quiet lh-up-drop-words" }, "也可以把文件拖到这里。断线或关闭页面后可从断点继续；收到入库回执之前请勿删除原始文件。"),
    );
    input.addEventListener("change", () => {
      this.add([...(input.files ?? [])]);
      input.value = "";
    });
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      place.classList.add("is-over");
    });
    place.addEventListener("dragleave", () => place.classList.remove("is-over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("is-over");
      this.add([...(event.dataTransfer?.files ?? [])]);
    });
    return place;
  }

  private add(files: File[]): void {
    for (const file of files) {
      const isThere = this.transfers.some(
        (one) => one.state !== "removed" && one.file.name === file.name && one.file.size === file.size && one.file.lastModified === file.lastModified,
      );
      if (isThere) continue;
      const transfer = new Transfer(file, this.data, () => this.advance());
      this.transfers.push(transfer);
      this.list.append(transfer.row.element);
      const problem = problemBefore(file, this.data.most_bytes);
      if (problem) transfer.refuse(problem);
    }
    this.unfinished.hidden = true;
    this.advance();
  }

  /** Starts what is next, and tells how it stands. */
  private advance(): void {
    const of = (state: Transfer["state"]) => this.transfers.filter((one) => one.state === state);
    const free = AT_ONCE - of("active").length;
    for (const next of of("waiting").slice(0, Math.max(0, free))) void next.start();
    const shown = this.transfers.filter((one) => one.state !== "removed").length;
    const parts = [
      `共 ${shown} 个文件`,
      `已入库 ${of("done").length}`,
      of("active").length + of("waiting").length ? `进行中 ${of("active").length + of("waiting").length}` : "",
      of("failed").length ? `未完成 ${of("failed").length}` : "",
    ];
    this.summary.replaceChildren(shown ? parts.filter(Boolean).join("，") : "");
    const isAllDone = shown > 0 && of("done").length === shown;
    if (isAllDone && this.data.done_href) this.summary.append("。", html("a", { href: this.data.done_href }, "查看音像记录"));
    void this.stayAwake(of("active").length > 0);
  }

  /** A phone that falls asleep breaks the line: keep its screen on while files are under way. */
  private async stayAwake(isNeeded: boolean): Promise<void> {
    if (!("wakeLock" in navigator)) return;
    if (!isNeeded) {
      await this.awake?.release();
      this.awake = null;
    } else if (!this.awake || this.awake.released) {
      this.awake = await navigator.wakeLock.request("screen").catch(() => null);
    }
  }
}

/** Brings an upload place to life. */
export function mount(host: HTMLElement): void {
  new Uploads(host, islandData<UploadData>(host) ?? {});
}
