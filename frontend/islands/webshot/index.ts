// Takes the picture of a web page that the officer shows: the browser asks which tab or window, one
// frame of it is drawn with address and the system's time beneath, and goes into the form's file
// field. Nothing is fetched by the server. Without the permission, a file may be chosen instead.

import { html, icon, islandData } from "../../dom.ts";
import { now } from "../../server-clock.ts";
import { stripWords, withStrip } from "./strip.ts";
import type { WebshotData } from "./schema.ts";

class Webshot {
  private readonly told = html("p", { class: "lh-quiet", role: "status", "aria-live": "polite" });
  private readonly picture = html("img", { class: "lh-webshot", alt: "截取的网页", hidden: true });
  private readonly act = html("button", { type: "button", class: "btn btn-outline-primary" }, icon("camera"), "截取网页");
  private url = "";

  constructor(
    private readonly host: HTMLElement,
    private readonly data: WebshotData,
  ) {
    this.act.addEventListener("click", () => void this.take());
    this.file?.addEventListener("change", () => this.forget());
    const known = typeof navigator.mediaDevices?.getDisplayMedia === "function";
    this.act.disabled = !known;
    this.told.textContent = known
      ? "先在另一个标签页打开公告，再点“截取网页”，选择那个标签页或者窗口。图片下方会印上网址和系统时间。"
      : "这个浏览器不能由本页截取，请上传自行截取的图片，图中要能看到网址和时间。";
    host.replaceChildren(html("div", { class: "lh-form-actions" }, this.act), this.told, this.picture);
  }

  private field(name: string): HTMLInputElement | null {
    const field = this.host.closest("form")?.elements.namedItem(name);
    return field instanceof HTMLInputElement ? field : null;
  }

  private get file(): HTMLInputElement | null {
    return this.field(this.data.file);
  }

  /** A file chosen by hand was not taken by this page. */
  private forget(): void {
    const captured = this.field(this.data.captured);
    if (captured) captured.value = "";
    this.picture.hidden = true;
  }

  private async take(): Promise<void> {
    const address = this.field(this.data.address)?.value.trim() ?? "";
    if (!address) {
      this.told.textContent = "请先填写公告的网址。";
      this.field(this.data.address)?.focus();
      return;
    }
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
      try {
        await this.keep(stream, address);
      } finally {
        for (const track of stream.getTracks()) track.stop();
      }
    } catch (problem) {
      const isDenied = problem instanceof DOMException && problem.name === "NotAllowedError";
      this.told.textContent = isDenied ? "没有选择要截取的页面，可以再试一次。" : "没有截取成功，请再试一次，或者上传自行截取的图片。";
    }
  }

  private async keep(stream: MediaStream, address: string): Promise<void> {
    const video = html("video", { muted: true, playsinline: true });
    video.srcObject = stream;
    await video.play();
    await new Promise((done) => setTimeout(done, 300)); // the browser's own chooser is off the picture by then
    const at = new Date(now());
    const drawn = withStrip(video, stripWords(address, at));
    const blob = await new Promise<Blob | null>((done) => drawn.toBlob(done, "image/png"));
    const file = this.file;
    const captured = this.field(this.data.captured);
    if (!blob || !file || !captured) throw new Error("nothing to fill");
    const chosen = new DataTransfer();
    chosen.items.add(new File([blob], "网页截屏.png", { type: "image/png" }));
    file.files = chosen.files;
    captured.value = at.toISOString();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(blob);
    this.picture.src = this.url;
    this.picture.hidden = false;
    this.told.textContent = `已截取：${stripWords(address, at)}。请核对图片，不清楚的可以重截。`;
  }
}

export function mount(host: HTMLElement): void {
  new Webshot(host, islandData(host) as WebshotData);
}
