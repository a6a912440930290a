// The whole process of one case on one timeline: zoom (buttons, keys, Ctrl+wheel, two fingers),
// keyboard from item to item, tips, links, and the same content as a table.
// Not for judging anything: lamps and words come from the server (see schema.ts).

import { button, html, islandData, svg } from "../../dom.ts";
import { draw } from "./draw.ts";
import { arrange, type Box, type Layout } from "./layout.ts";
import { type Item, type Model, read } from "./model.ts";
import { evenScale, foldedScale, type Scale } from "./scale.ts";
import type { TimelineData } from "./schema.ts";
import { table } from "./table.ts";
import { createTip } from "./tip.ts";

const MOST_WIDTH = 40_000;
const STEP = 1.5;
const LEAST_ACTIVITY = 16;

class Timeline {
  private readonly model: Model;
  private readonly scroller = html("div", { class: "lh-tl-scroll" });
  private readonly names = html("div", { class: "lh-tl-names", "aria-hidden": "true" });
  private readonly root: SVGSVGElement;
  private readonly frame: HTMLElement;
  private readonly tip = createTip();
  private readonly cursorMark = svg("rect", { class: "lh-tl-cursor", rx: 3, visibility: "hidden" });
  private isFolded = true;
  private zoom = 0;
  private scale!: Scale;
  private layout!: Layout;
  private boxes = new Map<string, Box>();
  private seen = { from: 0, to: 0 };
  private cursor: Item | null = null;
  private readonly fingers = new Map<number, PointerEvent>();

  constructor(
    host: HTMLElement,
    private readonly data: TimelineData,
  ) {
    this.model = read(data);
    this.root = svg("svg", {
      class: "lh-tl-drawing", role: "application", tabindex: 0,
      "aria-roledescription": "时间轴",
      "aria-label": `${data.label} 时间轴。左右键逐项浏览，上下键换行，加减键缩放，回车打开；后面有同样内容的表格。`,
    });
    this.scroller.append(this.root);
    this.frame = html("div", { class: "lh-tl-frame" }, this.names, this.scroller, this.tip.element);
    host.replaceChildren(this.toolbar(), this.frame, this.legend(), this.tableBelow());
    this.listen();
    new ResizeObserver(() => this.render()).observe(this.scroller);
    this.render();
  }

  private toolbar(): HTMLElement {
    const fold = button("折叠空闲", "route", () => {
      this.isFolded = !this.isFolded;
      fold.setAttribute("aria-pressed", String(this.isFolded));
      this.zoom = 0;
      this.render();
    }, { "aria-pressed": "true", title: "折叠没有活动的时间；关闭后按实际比例显示" });
    return html(
      "div",
      { class: "lh-tl-bar" },
      fold,
      html("span", { class: "lh-tl-bar-gap" }),
      button("缩小", "zoom-out", () => this.zoomBy(1 / STEP), { wordless: true }),
      button("放大", "zoom-in", () => this.zoomBy(STEP), { wordless: true }),
      button("全程", "maximize", () => this.showWhole()),
    );
  }

  private legend(): HTMLElement {
    const key = (cssClass: string, words: string) =>
      html("span", {}, svg("svg", { width: 18, height: 10, "aria-hidden": "true" }, svg("rect", { class: cssClass, x: 0.5, y: 0.5, width: 17, height: 9 })), words);
    return html(
      "p",
      { class: "lh-tl-legend" },
      key("lh-track-video", "画面"), key("lh-track-audio", "声音"), key("lh-tl-photo", "照片"),
      key("lh-tl-absent", "应有而无"), key("lh-track-gap", "缺口"), key("lh-tl-fold", "折叠的空闲时间"),
    );
  }

  private tableBelow(): HTMLElement {
    const holder = html("details", { class: "lh-more lh-tl-table" }, html("summary", {}, `以表格查看（${this.model.items.length} 项）`));
    holder.addEventListener("toggle", () => {
      if (holder.open && holder.children.length === 1) {
        holder.append(html("div", { class: "lh-table-wrap" }, table(this.model, this.data.label)));
      }
    });
    return holder;
  }

  private natural(zoom: number): Scale {
    const { whole, items } = this.model;
    if (!this.isFolded) return evenScale(whole, 1000, zoom);
    const busy = items.filter((item) => item.kind === "activity" || item.kind === "recording");
    const points = items.filter((item) => !["activity", "recording", "gap", "entry"].includes(item.kind));
    return foldedScale(whole, busy, points.flatMap((item) => [item.from, item.to]), zoom);
  }

  private room(): number {
    return Math.max(240, this.scroller.clientWidth);
  }

  /** The zoom at which all fits, at most as small as it can still be read. */
  private wholeZoom(): number {
    const fit = this.room() - 2;
    const activities = this.data.activities.length;
    return Math.max(fit, this.isFolded ? activities * LEAST_ACTIVITY : 0) / this.natural(1).width;
  }

  private render(): void {
    const least = this.wholeZoom();
    if (this.zoom < least) this.zoom = least;
    this.scale = this.natural(this.zoom);
    this.layout = arrange(this.model, this.scale);
    this.boxes = new Map(this.layout.boxes.map((box) => [box.item.id, box]));
    this.drawSeen();
    this.names.replaceChildren(
      ...this.layout.lanes.map((lane) => {
        const name = html("span", {}, lane.name);
        name.style.top = `${lane.y}px`;
        return name;
      }),
    );
    this.placeCursor();
  }

  /** Makes what is seen, and as much again to either side. */
  private drawSeen(): void {
    const left = this.scroller.scrollLeft;
    this.seen = { from: left - this.room(), to: left + 2 * this.room() };
    draw(this.root, this.layout, this.scale, this.model, this.seen);
    this.root.append(this.cursorMark);
  }

  private onScroll(): void {
    const left = this.scroller.scrollLeft;
    if (left >= this.seen.from && left + this.room() <= this.seen.to) return;
    this.drawSeen();
  }

  private zoomBy(factor: number, place = this.scroller.scrollLeft + this.room() / 2): void {
    const instant = this.scale.at(place);
    const offset = place - this.scroller.scrollLeft;
    const most = MOST_WIDTH / this.natural(1).width;
    this.zoom = Math.min(most, Math.max(this.wholeZoom(), this.zoom * factor));
    this.tip.hide();
    this.render();
    this.scroller.scrollLeft = this.scale.x(instant) - offset;
    this.onScroll();
  }

  private showWhole(): void {
    this.zoom = 0;
    this.render();
    this.scroller.scrollLeft = 0;
  }

  private placeCursor(): void {
    const box = this.cursor && this.boxes.get(this.cursor.id);
    this.cursorMark.setAttribute("visibility", box ? "visible" : "hidden");
    if (!box) return;
    const frame = { x: box.x - 3, y: box.y - 3, width: box.width + 6, height: box.height + 6 };
    for (const [name, value] of Object.entries(frame)) this.cursorMark.setAttribute(name, String(value));
  }

  private point(item: Item | null, fromKeyboard: boolean): void {
    const box = item && this.boxes.get(item.id);
    if (!item || !box) {
      this.tip.hide();
      return;
    }
    if (fromKeyboard) {
      this.cursor = item;
      this.placeCursor();
      const { scrollLeft } = this.scroller;
      if (box.x < scrollLeft + 20 || box.x > scrollLeft + this.room() - 60) this.scroller.scrollLeft = box.x - this.room() / 2;
    }
    const left = this.scroller.scrollLeft - this.scroller.offsetLeft;
    this.tip.show(box, { left, width: this.frame.clientWidth, height: this.layout.height });
  }

  private lane(item: Item): number {
    const box = this.boxes.get(item.id);
    return this.layout.lanes.findIndex((lane) => box && box.y >= lane.y && box.y < lane.y + lane.height);
  }

  private stepAlong(direction: 1 | -1): void {
    const { items } = this.model;
    const start = this.cursor ? items.indexOf(this.cursor) : direction > 0 ? -1 : items.length;
    const lane = this.cursor ? this.lane(this.cursor) : -1;
    for (let index = start + direction; index >= 0 && index < items.length; index += direction) {
      const item = items[index] as Item;
      if (lane < 0 || this.lane(item) === lane) return this.point(item, true);
    }
  }

  private stepAcross(direction: 1 | -1): void {
    const { items } = this.model;
    if (!this.cursor) return this.point(items[0] ?? null, true);
    const at = this.cursor.from;
    for (let lane = this.lane(this.cursor) + direction; lane >= 0 && lane < this.layout.lanes.length; lane += direction) {
      const inLane = items.filter((item) => this.lane(item) === lane);
      const nearest = inLane.sort((a, b) => Math.abs(a.from - at) - Math.abs(b.from - at))[0];
      if (nearest) return this.point(nearest, true);
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = {
      ArrowRight: () => this.stepAlong(1),
      ArrowLeft: () => this.stepAlong(-1),
      ArrowDown: () => this.stepAcross(1),
      ArrowUp: () => this.stepAcross(-1),
      Home: () => this.point(this.model.items[0] ?? null, true),
      End: () => this.point(this.model.items.at(-1) ?? null, true),
      "+": () => this.zoomBy(STEP),
      "=": () => this.zoomBy(STEP),
      "-": () => this.zoomBy(1 / STEP),
      "0": () => this.showWhole(),
      Escape: () => this.tip.hide(),
      Enter: () => {
        if (this.cursor?.href) window.location.assign(this.cursor.href);
      },
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  private itemAt(target: EventTarget | null): Item | null {
    const id = target instanceof Element ? target.closest<SVGElement>("[data-item]")?.dataset.item : undefined;
    return (id && this.boxes.get(id)?.item) || null;
  }

  private listen(): void {
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    this.root.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") this.point(this.itemAt(event.target), false);
    });
    this.root.addEventListener("pointerleave", () => this.tip.hide());
    this.root.addEventListener("click", (event) => {
      const item = this.itemAt(event.target);
      // A finger has no pointer to hover with: the first touch tells, the second opens.
      if (item && this.cursor !== item && matchMedia("(hover: none)").matches) event.preventDefault();
      this.point(item, item !== null);
    });
    this.root.addEventListener("blur", () => this.tip.hide());
    this.scroller.addEventListener("scroll", () => requestAnimationFrame(() => this.onScroll()), { passive: true });
    this.scroller.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const place = event.clientX - this.root.getBoundingClientRect().left;
      this.zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2, place);
    }, { passive: false });
    this.listenToFingers();
  }

  private listenToFingers(): void {
    const spread = () => {
      const [first, second] = [...this.fingers.values()];
      return first && second ? { length: Math.abs(first.clientX - second.clientX), middle: (first.clientX + second.clientX) / 2 } : null;
    };
    this.scroller.addEventListener("pointerdown", (event) => this.fingers.set(event.pointerId, event));
    this.scroller.addEventListener("pointermove", (event) => {
      if (!this.fingers.has(event.pointerId)) return;
      const before = spread();
      this.fingers.set(event.pointerId, event);
      const after = spread();
      if (!before || !after || before.length < 20) return;
      this.zoomBy(after.length / before.length, after.middle - this.root.getBoundingClientRect().left);
    });
    for (const name of ["pointerup", "pointercancel", "pointerleave"] as const) {
      this.scroller.addEventListener(name, (event) => this.fingers.delete(event.pointerId));
    }
  }
}

/** Brings a timeline to life in its place. */
export function mount(host: HTMLElement): void {
  const data = islandData<TimelineData>(host);
  if (data) new Timeline(host, data);
}
