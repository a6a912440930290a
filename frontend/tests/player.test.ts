// Arithmetic of playing: frames, speeds, places of spans.
import { describe, expect, it } from "vitest";
import { frameStep, gapWords, nextSpeed, position, share, SPEEDS } from "../islands/player/timing.ts";

describe("single pictures", () => {
  it("are reached one by one, forth and back, at every rate", () => {
    for (const rate of [15, 24, 25, 29.97, 30, 60]) {
      let at = 0;
      for (let frame = 1; frame <= 100; frame += 1) {
        at = frameStep(at, 1, rate);
        expect(Math.floor(at * rate)).toBe(frame);
      }
      for (let frame = 99; frame >= 0; frame -= 1) {
        at = frameStep(at, -1, rate);
        expect(Math.floor(at * rate)).toBe(frame);
      }
    }
  });
  it("never lie before the beginning, and have a usual rate when none is known", () => {
    expect(frameStep(0, -1, 25)).toBe(0);
    expect(frameStep(0, 1, null)).toBeCloseTo(0.06, 9);
    expect(frameStep(0, 1, 0)).toBeCloseTo(0.06, 9);
  });
});

describe("speeds", () => {
  it("go up and down one by one and stay at the ends", () => {
    expect(nextSpeed(1, 1)).toBe(1.5);
    expect(nextSpeed(1, -1)).toBe(0.5);
    expect(nextSpeed(8, 1)).toBe(8);
    expect(nextSpeed(0.25, -1)).toBe(0.25);
    expect(SPEEDS).toContain(nextSpeed(3.3, 1));
  });
});

describe("a span in its activity", () => {
  const whole = { from: 100, to: 200 };
  it("is cut to it", () => {
    expect(share(150, 175, whole)).toEqual({ x: 50, width: 25 });
    expect(share(0, 150, whole)).toEqual({ x: 0, width: 50 });
    expect(share(190, 999, whole)).toEqual({ x: 90, width: 10 });
  });
  it("is nowhere when outside, or when the activity has no length", () => {
    expect(share(201, 300, whole)).toBeNull();
    expect(share(0, 99, whole)).toBeNull();
    expect(share(100, 100, { from: 100, to: 100 })).toBeNull();
  });
});

describe("words", () => {
  it("tell positions and gaps", () => {
    expect(position(245)).toBe("4:05");
    expect(position(3845.9)).toBe("1:04:05");
    expect(position(-3)).toBe("0:00");
    expect(gapWords(0, 200_000, "设备故障")).toBe("缺 3分20秒，设备故障");
    expect(gapWords(0, 1500)).toBe("缺 1.500秒，尚未说明原因");
  });
});
