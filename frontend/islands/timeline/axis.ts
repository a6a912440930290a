// The marks of time along the top. Pure.

import { clockTime, dayStart, monthDay } from "../../text/instants.ts";
import { spanWords } from "../../text/spans.ts";
import { wordsWidth } from "./layout.ts";
import { type Scale, tickStep } from "./scale.ts";

export interface Tick {
  x: number;
  text: string;
  /** A day or a busy stretch begins here. */
  isMajor: boolean;
}

export interface Fold {
  x: number;
  width: number;
  /** How much idle time is folded here; empty when there is no room for words. */
  text: string;
}

const DAY = 86_400_000;

function candidates(scale: Scale, seen: { from: number; to: number }): (Tick & { weight: number })[] {
  const found: (Tick & { weight: number })[] = [];
  const add = (instant: number, text: string, weight: number) =>
    found.push({ x: scale.x(instant), text, isMajor: weight > 1, weight });
  let dayTold = -1;
  for (const piece of scale.pieces) {
    const day = dayStart(piece.from);
    if (piece.isBusy) {
      const isNewDay = day !== dayTold;
      add(piece.from, `${isNewDay ? `${monthDay(piece.from)} ` : ""}${clockTime(piece.from, false)}`, isNewDay ? 3 : 2);
      dayTold = day;
      const step = tickStep(piece.width / ((piece.to - piece.from) / 60_000), 64);
      const first = Math.ceil((piece.from - day) / step) * step + day;
      // Ticks outside the window are left out before they are made: a deep zoom has tens of thousands.
      const steps = Math.max(0, Math.floor((scale.at(Math.max(seen.from, piece.x)) - first) / step));
      const end = Math.min(piece.to, scale.at(Math.min(seen.to, piece.x + piece.width)));
      for (let at = first + steps * step; at < end; at += step) {
        const opensDay = dayStart(at) === at;
        if (at > piece.from) add(at, opensDay ? monthDay(at) : clockTime(at, false), opensDay ? 2 : 1);
      }
    } else if (piece.to - piece.from < 40 * DAY) {
      for (let at = day + DAY; at < piece.to; at += DAY) add(at, monthDay(at), 1.5);
    }
  }
  return found;
}

/** Ticks of the window that don't touch each other, the weightier first. */
export function ticks(scale: Scale, seen = { from: 0, to: scale.width }): Tick[] {
  const kept: (Tick & { from: number; to: number })[] = [];
  const ordered = candidates(scale, seen).sort((a, b) => b.weight - a.weight || a.x - b.x);
  for (const { x, text, isMajor } of ordered) {
    const from = x - 2;
    const to = x + wordsWidth(text, 11) + 10;
    if (to > scale.width + 40 || x < seen.from - 200 || x > seen.to) continue;
    if (kept.every((one) => to < one.from || from > one.to)) kept.push({ x, text, isMajor, from, to });
  }
  return kept.map(({ x, text, isMajor }) => ({ x, text, isMajor })).sort((a, b) => a.x - b.x);
}

/** Idle stretches that the folded scale shortened, neighbours joined. */
export function folds(scale: Scale): Fold[] {
  const joined: { x: number; width: number; length: number }[] = [];
  let wasIdle = false;
  for (const piece of scale.pieces) {
    const last = joined.at(-1);
    const length = piece.to - piece.from;
    if (!piece.isBusy && wasIdle && last) {
      last.width += piece.width;
      last.length += length;
    } else if (!piece.isBusy) joined.push({ x: piece.x, width: piece.width, length });
    wasIdle = !piece.isBusy;
  }
  return joined.map(({ x, width, length }) => {
    const text = spanWords(length / 1000);
    return { x, width, text: wordsWidth(text, 11) < width - 6 ? text : "" };
  });
}
