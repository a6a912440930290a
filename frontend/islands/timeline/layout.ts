// Where everything stands, in px. Pure: takes the model and a scale, gives boxes; no element is made.

import type { Item, ItemKind, Model } from "./model.ts";
import type { Scale } from "./scale.ts";

export interface Box {
  item: Item;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Row of words beside or inside the box; null: no room. */
  words: { text: string; x: number; inside: boolean } | null;
}

export interface LaneRow {
  name: string;
  y: number;
  height: number;
}

export interface Layout {
  boxes: Box[];
  lanes: LaneRow[];
  width: number;
  height: number;
}

export const AXIS = 38;
const ROW = { stage: 20, activity: 20, track: 17, mark: 22, entry: 16, gapWords: 14 };
const PAD = 8;
const MARK = 14;
const MARK_LANES: [ItemKind, string][] = [
  ["paper", "文书"],
  ["approval", "审批"],
  ["service", "送达"],
  ["deadline", "期限"],
];

/** Width of words at the size of the drawing: a Chinese sign is as wide as it is high. */
export function wordsWidth(text: string, size = 12): number {
  let units = 0;
  for (const sign of text) units += sign.charCodeAt(0) > 0xff ? 1 : 0.56;
  return units * size;
}

/** As much of a text as fits, with … when cut; empty when not even two signs fit. */
export function fit(text: string, room: number, size = 12): string {
  if (wordsWidth(text, size) <= room) return text;
  let kept = "";
  for (const sign of text) {
    if (wordsWidth(`${kept}${sign}…`, size) > room) break;
    kept += sign;
  }
  return [...kept].length >= 2 ? `${kept}…` : "";
}

/** For spans of time in order of their beginning: the row of each, so that no two of a row overlap. */
export function packTimes(items: { from: number; to: number }[]): number[] {
  const ends: number[] = [];
  return items.map(({ from, to }) => {
    let row = ends.findIndex((end) => end <= from);
    if (row < 0) row = ends.length;
    // A photo has no length and would not keep its place free.
    ends[row] = Math.max(to, from + 1);
    return row;
  });
}

/** For boxes in order of x: the row of each, so that no two of a row overlap. */
export function pack(boxes: { x: number; width: number }[], gap: number): number[] {
  const ends: number[] = [];
  return boxes.map(({ x, width }) => {
    let row = ends.findIndex((end) => end <= x);
    if (row < 0) row = ends.length;
    ends[row] = x + width + gap;
    return row;
  });
}

function spanBox(item: Item, scale: Scale, least: number): Box {
  const x = scale.x(item.from);
  const width = Math.max(least, scale.x(item.to) - x);
  return { item, x, y: 0, width, height: 0, words: null };
}

function wordsInside(box: Box, text: string, size = 12): void {
  const shown = fit(text, box.width - 10, size);
  if (shown) box.words = { text: shown, x: box.x + 5, inside: true };
}

function placeStages(items: Item[], scale: Scale, y: number): Box[] {
  return items.map((item) => {
    const box = { ...spanBox(item, scale, 2), y: y + 4, height: ROW.stage };
    wordsInside(box, item.title);
    return box;
  });
}

interface Cluster {
  head: Box;
  tracks: Box[];
  gaps: Box[];
  height: number;
  x: number;
  width: number;
}

function cluster(head: Item | null, members: Item[], scale: Scale): Cluster {
  const tracks = members
    .filter((item) => item.kind === "recording")
    .map((item) => ({ ...spanBox(item, scale, 4), height: ROW.track - 2 }));
  const rows = packTimes(tracks.map((box) => box.item));
  tracks.forEach((box, index) => (box.y = ROW.activity + 3 + (rows[index] ?? 0) * ROW.track));
  const depth = Math.max(1, ...rows.map((row) => row + 1)) * ROW.track;
  const gaps = members
    .filter((item) => item.kind === "gap")
    .map((item) => ({ ...spanBox(item, scale, 3), y: ROW.activity + 2, height: depth }));
  const hasGaps = gaps.length > 0;
  const first = head ? spanBox(head, scale, 6) : { ...(tracks[0] as Box) };
  const all = [first, ...tracks, ...gaps];
  const x = Math.min(...all.map((box) => box.x));
  const width = Math.max(...all.map((box) => box.x + box.width)) - x;
  if (head) {
    first.height = ROW.activity;
    wordsInside(first, head.title);
  }
  return { head: first, tracks, gaps, height: ROW.activity + 4 + depth + (hasGaps ? ROW.gapWords : 0), x, width };
}

function gapWords(gaps: Box[], width: number): void {
  let reached = -Infinity;
  for (const box of gaps) {
    const centre = box.x + box.width / 2;
    const kept = (words: string) => {
      const half = wordsWidth(words, 11) / 2;
      return Math.max(half + 1, Math.min(width - half - 1, centre));
    };
    const text = [box.item.title.replace(/\.\d+/, ""), "缺"].find(
      (words) => kept(words) - wordsWidth(words, 11) / 2 >= reached,
    );
    if (!text) continue;
    box.words = { text, x: kept(text), inside: false };
    reached = kept(text) + wordsWidth(text, 11) / 2 + 4;
  }
}

function placeActivities(model: Model, scale: Scale, y: number): { boxes: Box[]; height: number } {
  const heads = model.items.filter((item) => item.kind === "activity");
  const members = (id: string) => model.items.filter((item) => item.activity === id);
  const clusters = heads.map((head) => cluster(head, members(head.id), scale));
  const rows = pack(clusters, 4);
  const depth = Math.max(0, ...rows) + 1;
  const heights = Array.from({ length: depth }, (_, row) =>
    Math.max(0, ...clusters.filter((_one, index) => rows[index] === row).map((one) => one.height)),
  );
  const tops = heights.map((_height, row) => heights.slice(0, row).reduce((sum, one) => sum + one + 8, y + 4));
  const boxes: Box[] = [];
  clusters.forEach((one, index) => {
    const top = tops[rows[index] ?? 0] ?? y;
    for (const box of [one.head, ...one.tracks, ...one.gaps]) boxes.push(Object.assign(box, { y: box.y + top }));
  });
  for (let row = 0; row < depth; row += 1) {
    gapWords(clusters.filter((_one, index) => rows[index] === row).flatMap((one) => one.gaps), scale.width);
  }
  return { boxes, height: heights.reduce((sum, one) => sum + one + 8, 0) + 4 };
}

function placeUnlabelled(items: Item[], scale: Scale, y: number): { boxes: Box[]; height: number } {
  const boxes = items.map((item) => ({ ...spanBox(item, scale, 4), height: ROW.track - 2 }));
  const rows = packTimes(items);
  boxes.forEach((box, index) => (box.y = y + 4 + (rows[index] ?? 0) * ROW.track));
  return { boxes, height: (Math.max(0, ...rows) + 1) * ROW.track + 8 };
}

/** Marks stand in one row; words go to the right of a mark, or to the left where only there is room. */
function placeMarks(items: Item[], scale: Scale, y: number): Box[] {
  const boxes = items.map((item): Box => {
    const x = Math.min(scale.width - MARK, Math.max(0, scale.x(item.from) - MARK / 2));
    return { item, x, y: y + 4, width: MARK, height: MARK, words: null };
  });
  let reached = 0;
  boxes.forEach((box, index) => {
    const start = box.x + MARK + 3;
    const room = (boxes[index + 1]?.x ?? scale.width) - start - 4;
    const whole = wordsWidth(box.item.title);
    const text = fit(box.item.title, room);
    if (text !== box.item.title && box.x - 5 - whole > reached) {
      box.words = { text: box.item.title, x: box.x - 5 - whole, inside: false };
    } else if (text) box.words = { text, x: start, inside: false };
    reached = box.x + MARK + (box.words && box.words.x > box.x ? wordsWidth(box.words.text) + 3 : 0);
  });
  return boxes;
}

/** Everything in its place. Lanes that would be empty are left out. */
export function arrange(model: Model, scale: Scale): Layout {
  const of = (kind: ItemKind) => model.items.filter((item) => item.kind === kind);
  const boxes: Box[] = [];
  const lanes: LaneRow[] = [];
  let y = AXIS;
  const add = (name: string, placed: Box[], height: number) => {
    boxes.push(...placed);
    lanes.push({ name, y, height });
    y += height;
  };
  const stages = of("stage");
  if (stages.length) add("环节", placeStages(stages, scale, y), ROW.stage + PAD);
  if (of("activity").length) {
    const { boxes: placed, height } = placeActivities(model, scale, y);
    add("活动与音像", placed, height);
  }
  const unlabelled = of("recording").filter((item) => item.activity === null);
  if (unlabelled.length) {
    const { boxes: placed, height } = placeUnlabelled(unlabelled, scale, y);
    add("未标注", placed, height);
  }
  for (const [kind, name] of MARK_LANES) {
    const items = of(kind);
    if (items.length) add(name, placeMarks(items, scale, y), ROW.mark);
  }
  const entries = of("entry");
  if (entries.length) {
    const placed = entries.map((item): Box => ({ item, x: scale.x(item.from), y: y + 4, width: 1.5, height: 10, words: null }));
    add("留痕", placed, ROW.entry + 4);
  }
  return { boxes, lanes, width: scale.width, height: y + 2 };
}
