import { describe, expect, it } from "vitest";
import { hasStrayed, nextShown, placeOf, stepped, wholeOf } from "../islands/cameras/step.ts";

const spans = [{ from: 1000, to: 5000 }, { from: 3000, to: 6000 }, { from: 9000, to: 9500 }];

describe("several cameras on one clock", () => {
  it("knows where each stands, and that its end is not in it", () => {
    expect(placeOf(1000, 1000, 5000)).toBe(0);
    expect(placeOf(4999, 1000, 5000)).toBeCloseTo(3.999);
    expect(placeOf(5000, 1000, 5000)).toBeNull();
    expect(placeOf(999, 1000, 5000)).toBeNull();
  });

  it("takes the span of them all", () => {
    expect(wholeOf(spans)).toEqual({ from: 1000, to: 9500 });
  });

  it("passes over time in which nobody filmed", () => {
    expect(nextShown(5500, spans)).toBe(5500);
    expect(nextShown(6000, spans)).toBe(9000);
    expect(nextShown(9500, spans)).toBeNull();
  });

  it("goes by the pictures of the finest camera that is shown", () => {
    const shown = [{ from: 1000, to: 5000, frames: 10 }, { from: 3000, to: 6000, frames: 50 }, { from: 0, to: 9000, frames: null }];
    expect(stepped(1000, 1, shown)).toBeCloseTo(1150);
    expect(stepped(1150, -1, shown)).toBeCloseTo(1050);
    expect(stepped(3010, 1, shown)).toBeCloseTo(3030);
    expect(stepped(5990, 1, shown)).toBeCloseTo(6010);
    expect(stepped(8000, 1, shown)).toBeCloseTo(8060);
    expect(stepped(9500, 1, shown)).toBeCloseTo(9560);
  });

  it("lets a player be a tick off, more so at speed", () => {
    expect(hasStrayed(1.0, 1.1, 1)).toBe(false);
    expect(hasStrayed(1.0, 1.13, 1)).toBe(true);
    expect(hasStrayed(1.0, 1.4, 4)).toBe(false);
    expect(hasStrayed(1.0, 1.1, 0.25)).toBe(false);
  });
});
