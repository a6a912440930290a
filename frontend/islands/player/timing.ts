// Arithmetic of playing. Pure.

import { spanExact } from "../../text/spans.ts";

export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4, 8] as const;
const USUAL_FRAMES = 25;

/** 4:05 or 1:04:05 of seconds. */
export function position(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Where the picture before or after the one at `seconds` is: the middle of it, to be safe of rounding. */
export function frameStep(seconds: number, direction: 1 | -1, framesPerSecond: number | null): number {
  const frames = framesPerSecond && framesPerSecond > 0 ? framesPerSecond : USUAL_FRAMES;
  const frame = Math.floor(seconds * frames + 1e-6) + direction;
  return Math.max(0, (frame + 0.5) / frames);
}

/** The next speed up or down; the ends stay. */
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const index = SPEEDS.findIndex((one) => one === speed);
  const start = index < 0 ? SPEEDS.indexOf(1) : index;
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, start + direction))] ?? 1;
}

/** A span as x and width in per cent of a whole, cut to it; null when outside. */
export function share(from: number, to: number, whole: { from: number; to: number }): { x: number; width: number } | null {
  const start = Math.max(from, whole.from);
  const end = Math.min(to, whole.to);
  const length = whole.to - whole.from;
  if (end < start || length <= 0) return null;
  return { x: ((start - whole.from) / length) * 100, width: ((end - start) / length) * 100 };
}

/** A gap in words: 缺 3分20秒，设备故障 */
export function gapWords(from: number, to: number, words?: string): string {
  return `缺 ${spanExact(to - from)}${words ? `，${words}` : "，尚未说明原因"}`;
}
