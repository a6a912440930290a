// Shows what is to be covered; a box drawn on it fills the fields of the form beside it. Of a film
// two boxes make a region that moves: where it begins, and where it ends. Whoever draws with no
// pointer types the same fields.

import { button, html, islandData } from "../../dom.ts";
import { watermark } from "../player/watermark.ts";
import { boxOf, pointIn, type Box, type Point } from "./box.ts";
import type { CoverData } from "./schema.ts";

const SIDES = ["left", "top", "right", "bottom"] as const;

class Cover {
  private readonly told = html("p", { class: "lh-quiet", role: "status", "aria-live": "polite" });
  private readonly box = html("div", { class: "lh-cover-box", hidden: true });
  private readonly picture: HTMLImageElement | HTMLVideoElement;
  private readonly stage: HTMLElement;
  private page = 1;
  private isEnd = false;
  private from: Point | null = null;

  constructor(
    host: HTMLElement,
    private readonly data: CoverData,
  ) {
    this.picture =
      data.kind === "video"
        ? html("video", { src: data.src, muted: true, playsinline: true, preload: "auto" })
        : html("img", { src: data.src, alt: data.name, draggable: "false" });
    this.stage = html("div", { class: "lh-cover-stage" }, this.picture, watermark(data.watermark.viewer, data.watermark.note), this.box);
    this.stage.addEventListener("pointerdown", (event) => this.begin(event));
    this.stage.addEventListener("pointermove", (event) => this.draw(event));
    this.stage.addEventListener("pointerup", (event) => this.end(event));
    host.replaceChildren(this.stage, html("div", { class: "lh-cover-tools" }, ...this.tools()), this.told);
    this.told.textContent = "在画面上拖动，框住要遮盖的地方；四边填入下面的表单。";
    if (data.kind === "scan") this.turn(1);
  }

  private tools(): HTMLElement[] {
    if (this.data.kind === "scan") {
      return [button("上一页", "chevron-left", () => this.turn(this.page - 1)), button("下一页", "chevron-right", () => this.turn(this.page + 1))];
    }
    const film = this.picture;
    if (!(film instanceof HTMLVideoElement)) return [];
    const slider = html("input", { type: "range", class: "lh-pl-slider", min: 0, max: 1, step: 0.04, value: 0, "aria-label": "画面的时刻" });
    film.addEventListener("loadedmetadata", () => (slider.max = String(film.duration)));
    slider.addEventListener("input", () => (film.currentTime = Number(slider.value)));
    const start = button("框起点", "player-play", () => this.choose(false, start, end), { "aria-pressed": "true" });
    const end = button("框终点", "player-pause", () => this.choose(true, start, end), { "aria-pressed": "false" });
    return [slider, start, end];
  }

  private choose(isEnd: boolean, start: HTMLElement, end: HTMLElement): void {
    this.isEnd = isEnd;
    start.setAttribute("aria-pressed", String(!isEnd));
    end.setAttribute("aria-pressed", String(isEnd));
    this.told.textContent = isEnd ? "移到区域消失的时刻，再框一次。" : "移到区域出现的时刻，框住它。";
  }

  private turn(page: number): void {
    const pages = this.data.pages ?? [];
    this.page = Math.min(Math.max(page, 1), pages.length);
    this.box.hidden = true;
    const src = pages[this.page - 1];
    if (src) this.picture.setAttribute("src", src);
    this.fill("page", this.page);
    this.told.textContent = src ? `第 ${this.page} 页，共 ${pages.length} 页。在页面上拖动，框住要遮盖的地方。` : `第 ${this.page} 页还没有画好，稍后再看。`;
  }

  private at(event: PointerEvent): Point {
    return pointIn(this.picture.getBoundingClientRect(), { x: event.clientX, y: event.clientY });
  }

  private begin(event: PointerEvent): void {
    event.preventDefault();
    this.from = this.at(event);
    this.stage.setPointerCapture(event.pointerId);
  }

  private draw(event: PointerEvent): Box | null {
    const box = this.from && boxOf(this.from, this.at(event));
    this.box.hidden = !box;
    if (box) {
      this.box.style.left = `${box.left}%`;
      this.box.style.top = `${box.top}%`;
      this.box.style.width = `${box.right - box.left}%`;
      this.box.style.height = `${box.bottom - box.top}%`;
    }
    return box;
  }

  private end(event: PointerEvent): void {
    const box = this.draw(event);
    this.from = null;
    if (!box) return;
    const suffix = this.isEnd ? "_to" : "";
    for (const side of SIDES) this.fill(`${side}${suffix}`, box[side]);
    if (this.picture instanceof HTMLVideoElement) {
      this.fill(this.isEnd ? "to_s" : "from_s", Math.round(this.picture.currentTime * 100) / 100);
    }
    this.told.textContent = "四边已填入表单，核对后加入区域。";
  }

  private fill(name: string, value: number): void {
    const form = document.getElementById(this.data.form);
    const field = form instanceof HTMLFormElement ? form.elements.namedItem(name) : null;
    if (field instanceof HTMLInputElement) field.value = String(value);
  }
}

export function mount(host: HTMLElement): void {
  new Cover(host, islandData(host) as CoverData);
}
