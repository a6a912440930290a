// Keeping several recordings in step with one clock. Pure.

/** Where a recording stands in its own time when the wall shows `wall`; null outside of it. */
export function placeOf(wall: number, from: number, to: number): number | null {
  return wall >= from && wall < to ? (wall - from) / 1000 : null;
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
