// Which code is due, and whether our time is known well enough to show any. Pure.

import type { PhoneClock } from "../capture/schema.ts";
import type { SecondCode } from "./schema.ts";

/** A reading by picture counts on the page being no further off. */
export const EXACT_MS = 100;

/** What is known of this machine's two clocks: the steady one against ours, and against the other. */
export interface Known {
  clock: PhoneClock;
  /** The machine's wall clock minus its steady one when that was learned. */
  apart: number;
}

/** The present instant of the system; null when it isn't known well enough, or no longer. */
export function systemNow(known: Known | null, steady: number, wall: number): number | null {
  if (!known || known.clock.within_ms > EXACT_MS) return null;
  // A machine that slept, or whose wall clock was set: one of the two stood still or jumped.
  if (Math.abs(wall - steady - known.apart) > EXACT_MS) return null;
  return steady - known.clock.offset_ms;
}

/** The code of the second that `now` lies in. */
export function due(codes: SecondCode[], now: number): SecondCode | null {
  const second = Math.floor(now / 1000) * 1000;
  return codes.find((one) => Date.parse(one.at) === second) ?? null;
}

/** The path of the dark modules, a unit square each. */
export function path(rows: string[]): string {
  return rows.flatMap((row, y) => [...row].map((dark, x) => (dark === "1" ? `M${x} ${y}h1v1h-1z` : ""))).join("");
}
