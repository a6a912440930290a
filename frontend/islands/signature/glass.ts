// The glass itself: takes the pen, draws the ink, knows undo and clear. Not for forms or dialogs.

import { encode, type EncodedPoint, lineWidth, onGlass, type Point } from "./strokes.ts";

const INK = "#101b2b";

export class Glass {
  strokes: Point[][] = [];
  /** Drawn turned by a quarter: the phone stays upright, the signer turns it. */
  isTurned = false;
  private origin = 0;
  private pen: number | null = null;
  private readonly paper: CanvasRenderingContext2D;
  /** Strokes taken over from a larger glass are drawn thinner in the same measure. */
  private thickness = 1;
  private width = 0;
  private height = 0;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly changed: () => void,
  ) {
    const paper = canvas.getContext("2d");
    if (!paper) throw new Error("this browser draws no canvas");
    this.paper = paper;
    canvas.addEventListener("pointerdown", (event) => this.onDown(event));
    canvas.addEventListener("pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"] as const) canvas.addEventListener(name, (event) => this.onUp(event));
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  undo(): void {
    this.strokes.pop();
    this.redraw();
    this.changed();
  }

  clear(): void {
    this.strokes = [];
    this.thickness = 1;
    this.redraw();
    this.changed();
  }

  /** The strokes as they go to the server. */
  encoded(): EncodedPoint[][] {
    return encode(this.strokes);
  }

  /** Takes over strokes written on another glass of the same proportions or not: they are fitted in. */
  adopt(other: Glass): void {
    const factor = Math.min(this.width / other.width, this.height / other.height);
    const left = (this.width - other.width * factor) / 2;
    const top = (this.height - other.height * factor) / 2;
    this.thickness = Math.min(1, factor);
    this.strokes = other.strokes.map((stroke) => stroke.map((point) => ({ ...point, x: left + point.x * factor, y: top + point.y * factor })));
    this.redraw();
    this.changed();
  }

  /** The ink as PNG on a transparent ground, as data URL, at twice the size. */
  picture(): string {
    const copy = document.createElement("canvas");
    copy.width = this.width * 2;
    copy.height = this.height * 2;
    const paper = copy.getContext("2d");
    if (!paper) return "";
    paper.scale(2, 2);
    this.ink(paper);
    return copy.toDataURL("image/png");
  }

  private place(event: PointerEvent): Point {
    const at = onGlass(event, this.canvas.getBoundingClientRect(), this.isTurned);
    return { ...at, t: event.timeStamp - this.origin, pressure: event.pressure || 0.5 };
  }

  private onDown(event: PointerEvent): void {
    if (this.pen !== null || (event.pointerType === "mouse" && event.button !== 0)) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.pen = event.pointerId;
    if (!this.strokes.length) this.origin = event.timeStamp;
    this.strokes.push([this.place(event)]);
  }

  private onMove(event: PointerEvent): void {
    const stroke = this.strokes.at(-1);
    if (event.pointerId !== this.pen || !stroke) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) {
      const point = this.place(one);
      const before = stroke.at(-1);
      if (before && Math.hypot(point.x - before.x, point.y - before.y) < 0.6) continue;
      stroke.push(point);
      this.inkSegment(this.paper, stroke, stroke.length - 1);
    }
  }

  private onUp(event: PointerEvent): void {
    if (event.pointerId !== this.pen) return;
    this.pen = null;
    this.redraw();
    this.changed();
  }

  private resize(): void {
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    if (!width || !height || (width === this.width && height === this.height)) return;
    const density = window.devicePixelRatio || 1;
    this.width = width;
    this.height = height;
    this.canvas.width = width * density;
    this.canvas.height = height * density;
    this.paper.setTransform(density, 0, 0, density, 0, 0);
    this.redraw();
  }

  private redraw(): void {
    this.paper.clearRect(0, 0, this.width, this.height);
    this.ink(this.paper);
  }

  private ink(paper: CanvasRenderingContext2D): void {
    for (const stroke of this.strokes) {
      const first = stroke[0];
      if (stroke.length === 1 && first) {
        paper.fillStyle = INK;
        paper.beginPath();
        paper.arc(first.x, first.y, 1.8, 0, 2 * Math.PI);
        paper.fill();
      }
      for (let index = 1; index < stroke.length; index += 1) this.inkSegment(paper, stroke, index);
    }
  }

  /** One piece of the line, from the middle of the last two points to the middle of the next two. */
  private inkSegment(paper: CanvasRenderingContext2D, stroke: Point[], index: number): void {
    const point = stroke[index];
    const before = stroke[index - 1];
    if (!point || !before) return;
    const earlier = stroke[index - 2] ?? before;
    const middle = (a: Point, b: Point) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    const from = middle(earlier, before);
    const to = index === stroke.length - 1 && this.pen === null ? point : middle(before, point);
    paper.strokeStyle = INK;
    paper.lineCap = "round";
    paper.lineJoin = "round";
    paper.lineWidth = Math.max(1, lineWidth(before, point) * this.thickness);
    paper.beginPath();
    paper.moveTo(from.x, from.y);
    paper.quadraticCurveTo(before.x, before.y, to.x, to.y);
    paper.stroke();
  }
}
