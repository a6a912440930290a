// Boxes to SVG. Colours are classes; places are attributes.

import { svg } from "../../dom.ts";
import { folds, ticks } from "./axis.ts";
import { AXIS, type Box, type Layout } from "./layout.ts";
import type { Model } from "./model.ts";
import type { Scale } from "./scale.ts";
import type { TimelineRecording, TimelineStage } from "./schema.ts";

const SHAPES: Record<string, string> = {
  paper: "M2 0h7l4 4v10H2z M9 0v4h4",
  approval: "M7 0a7 7 0 1 1 0 14a7 7 0 0 1 0-14z M3.8 7.2l2.300 2.300l4.200-4.600",
  service: "M0 2h14v10H0z M0 3l7 5l7-5",
  deadline: "M3 14V0h9l-2.500 3.500L12 7H3",
};

function bar(box: Box, cssClass: string, radius = 2): SVGRectElement {
  return svg("rect", { class: cssClass, x: box.x, y: box.y, width: box.width, height: box.height, rx: Math.min(radius, box.width / 2) });
}

function words(box: Box, cssClass: string, dy: number, anchor = "start"): SVGTextElement | null {
  if (!box.words) return null;
  return svg("text", { class: cssClass, x: box.words.x, y: box.y + dy, "text-anchor": anchor }, box.words.text);
}

/** Picture above, sound below; a track that ought to be there and isn't is an empty frame. */
function recordingBar(box: Box): SVGGElement {
  const recording = box.item.source as TimelineRecording;
  const group = svg("g");
  if (recording.kind === "photo") {
    group.append(svg("rect", { class: "lh-tl-photo", x: box.x, y: box.y, width: Math.max(6, box.width), height: box.height, rx: 1 }));
    return group;
  }
  const half = box.height / 2;
  const strip = (present: boolean | null, name: string, y: number) =>
    group.append(
      svg("rect", {
        class: present === false ? "lh-tl-absent" : present === null ? "lh-tl-unknown" : name,
        x: box.x, y, width: Math.max(1, box.width - 1), height: half - 0.5, rx: 1,
      }),
    );
  strip(recording.has_video, "lh-track-video", box.y);
  strip(recording.has_audio, "lh-track-audio", box.y + half + 0.5);
  return group;
}

function shape(box: Box): SVGGElement {
  const { item } = box;
  const group = svg("g");
  switch (item.kind) {
    case "stage":
      group.append(bar(box, `lh-tl-stage is-${(item.source as TimelineStage).state}`));
      break;
    case "activity":
      group.append(bar(box, `lh-tl-activity is-${item.lamp ?? "none"}`, 3));
      break;
    case "recording":
      group.append(recordingBar(box));
      break;
    case "gap":
      group.append(svg("rect", { class: "lh-track-gap", x: box.x, y: box.y, width: box.width, height: box.height }));
      break;
    case "entry":
      group.append(svg("rect", { class: "lh-tl-entry", x: box.x, y: box.y, width: box.width, height: box.height }));
      break;
    default:
      group.append(
        svg("path", { class: `lh-tl-mark is-${item.kind} is-lamp-${item.lamp ?? "none"}`, d: SHAPES[item.kind] ?? "", transform: `translate(${box.x} ${box.y})` }),
      );
  }
  const text =
    item.kind === "gap"
      ? words(box, "lh-tl-gap-words", box.height + 12, "middle")
      : item.kind === "stage" || item.kind === "activity"
        ? words(box, `lh-tl-words-inside is-${item.kind}`, 14)
        : words(box, "lh-tl-words", 11);
  if (text) group.append(text);
  return group;
}

/** The part of the drawing that is made, px: what is seen and some more to either side. */
export interface Window {
  from: number;
  to: number;
}

function ground(layout: Layout, scale: Scale, { from, to }: Window): SVGGElement {
  const group = svg("g", { "aria-hidden": "true" });
  layout.lanes.forEach((lane, index) => {
    group.append(svg("rect", { class: `lh-tl-lane${index % 2 ? " is-odd" : ""}`, x: 0, y: lane.y, width: layout.width, height: lane.height }));
  });
  for (const fold of folds(scale)) {
    if (fold.x > to || fold.x + fold.width < from) continue;
    group.append(svg("rect", { class: "lh-tl-fold", x: fold.x, y: AXIS - 6, width: fold.width, height: layout.height - AXIS + 6 }));
    if (fold.text) {
      group.append(svg("text", { class: "lh-tl-fold-words", x: fold.x + fold.width / 2, y: AXIS - 10, "text-anchor": "middle" }, fold.text));
    }
  }
  for (const tick of ticks(scale, { from, to })) {
    group.append(svg("line", { class: `lh-tl-tick${tick.isMajor ? " is-major" : ""}`, x1: tick.x, x2: tick.x, y1: tick.isMajor ? 4 : 12, y2: layout.height }));
    group.append(svg("text", { class: `lh-tl-tick-words${tick.isMajor ? " is-major" : ""}`, x: tick.x + 4, y: 12 }, tick.text));
  }
  return group;
}

/** The drawing anew, as far as the window reaches. */
export function draw(root: SVGSVGElement, layout: Layout, scale: Scale, model: Model, seen: Window): void {
  root.setAttribute("width", String(layout.width));
  root.setAttribute("height", String(layout.height));
  const items = svg("g");
  for (const box of layout.boxes) {
    if (box.x > seen.to || box.x + box.width < seen.from) continue;
    const drawn = shape(box);
    drawn.setAttribute("data-item", box.item.id);
    if (box.item.href) items.append(svg("a", { href: box.item.href, tabindex: -1, "aria-hidden": "true" }, drawn));
    else items.append(drawn);
  }
  const parts: Element[] = [ground(layout, scale, seen), items];
  if (model.isOpen) {
    const x = scale.x(model.now);
    parts.push(svg("line", { class: "lh-tl-now", x1: x, x2: x, y1: AXIS - 6, y2: layout.height }));
  }
  root.replaceChildren(...parts);
}
