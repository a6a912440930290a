// Keeping several recordings in step with one clock. Pure.

import { frameStep } from "../player/timing.ts";

/** Where a recording stands in its own time when the wall shows `wall`; null outside of it. */
export function placeOf(wall: number, from: number, to: number): number | null {
  return wall >= from && wall < to ? (wall - from) / 1000 : null;
}

/** The instant of the next picture, or the one before, of whichever camera shown then has the most. */
export function stepped(wall: number, direction: 1 | -1, shown: { from: number; to: number; frames: number | null }[]): number {
  const finest = shown
    .filter((one) => placeOf(wall, one.from, one.to) !== null)
    .reduce<{ from: number; frames: number | null } | null>((best, one) => ((one.frames ?? 0) > (best?.frames ?? -1) ? one : best), null);
  const from = finest?.from ?? wall;
  return from + frameStep((wall - from) / 1000, direction, finest?.frames ?? null) * 1000;
}

/** Whether a player has strayed so far that it must be set anew. Speed makes more of a tick. */
export function hasStrayed(isSeconds: number, shouldSeconds: number, speed: number): boolean {
  return Math.abs(isSeconds - shouldSeconds) > 0.12 * Math.max(1, speed);
}

/** The span all recordings together take. */
export function wholeOf(spans: { from: number; to: number }[]): { from: number; to: number } {
  return { from: Math.min(...spans.map((one) => one.from)), to: Math.max(...spans.map((one) => one.to)) };
}

/** The next instant at or after `wall` at which any recording shows something; null: none. */
export function nextShown(wall: number, spans: { from: number; to: number }[]): number | null {
  if (spans.some((one) => placeOf(wall, one.from, one.to) !== null)) return wall;
  const later = spans.map((one) => one.from).filter((from) => from > wall);
  return later.length ? Math.min(...later) : null;
}
