// Time to width: both scales are strictly monotone, can be inverted, and are honest inside a busy stretch.
import { describe, expect, it } from "vitest";
import { evenScale, foldedScale, type Scale, tickStep, union } from "../islands/timeline/scale.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** A small linear congruential generator: the same cases every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

function someScale(seed: number): { scale: Scale; whole: { from: number; to: number } } {
  const next = random(seed);
  const whole = { from: 1_770_000_000_000, to: 1_770_000_000_000 + (1 + next() * 80) * DAY };
  const instant = () => whole.from + next() * (whole.to - whole.from) * 1.2 - DAY;
  const busy = Array.from({ length: Math.floor(next() * 40) }, () => {
    const from = instant();
    return { from, to: from + next() * 180 * MINUTE };
  });
  const points = Array.from({ length: Math.floor(next() * 60) }, instant);
  return { scale: foldedScale(whole, busy, points, 0.1 + next() * 5), whole };
}

describe("the folded scale", () => {
  it("is strictly monotone over the whole, whatever the case", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { scale, whole } = someScale(seed);
      let before = -1;
      for (let step = 0; step <= 200; step += 1) {
        const x = scale.x(whole.from + ((whole.to - whole.from) * step) / 200);
        expect(x).toBeGreaterThan(before);
        before = x;
      }
      expect(scale.x(whole.from)).toBe(0);
      expect(scale.x(whole.to)).toBeCloseTo(scale.width, 6);
    }
  });
  it("gives the instant back from the place", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { scale, whole } = someScale(seed);
      for (let step = 0; step <= 50; step += 1) {
        const instant = whole.from + ((whole.to - whole.from) * step) / 50;
        expect(Math.abs(scale.at(scale.x(instant)) - instant)).toBeLessThan(5);
      }
    }
  });
  it("keeps true proportions inside one busy stretch", () => {
    const scale = foldedScale({ from: 0, to: 30 * DAY }, [{ from: DAY, to: DAY + 40 * MINUTE }], [], 1);
    const [start, quarter, end] = [scale.x(DAY), scale.x(DAY + 10 * MINUTE), scale.x(DAY + 40 * MINUTE)];
    expect((quarter - start) / (end - start)).toBeCloseTo(0.25, 9);
  });
  it("gives forty busy minutes more room than a month of nothing", () => {
    const scale = foldedScale({ from: 0, to: 30 * DAY }, [{ from: DAY, to: DAY + 40 * MINUTE }], [], 1);
    expect(scale.x(DAY + 40 * MINUTE) - scale.x(DAY)).toBeGreaterThan(scale.width - scale.x(DAY + 40 * MINUTE));
  });
  it("puts what lies outside at the nearer end", () => {
    const scale = foldedScale({ from: 0, to: DAY }, [], [], 1);
    expect(scale.x(-DAY)).toBe(0);
    expect(scale.x(9 * DAY)).toBe(scale.width);
    expect(scale.at(-50)).toBe(0);
    expect(scale.at(1e9)).toBe(DAY);
  });
});

describe("the even scale", () => {
  it("gives every hour the same width", () => {
    const scale = evenScale({ from: 0, to: 10 * DAY }, 1000, 2);
    expect(scale.x(DAY)).toBeCloseTo(200, 9);
    expect(scale.at(1000)).toBeCloseTo(5 * DAY, 3);
  });
});

describe("joining spans", () => {
  it("joins what overlaps or touches and keeps what does not", () => {
    expect(union([{ from: 5, to: 7 }, { from: 0, to: 3 }, { from: 3, to: 4 }, { from: 6, to: 9 }])).toEqual([
      { from: 0, to: 4 },
      { from: 5, to: 9 },
    ]);
  });
  it("keeps a span that swallows the next whole", () => {
    expect(union([{ from: 0, to: 10 }, { from: 2, to: 3 }])).toEqual([{ from: 0, to: 10 }]);
  });
});

describe("steps of the axis", () => {
  it("leave the room asked for, and no step smaller would", () => {
    expect(tickStep(64, 64)).toBe(MINUTE);
    expect(tickStep(63.9, 64)).toBe(2 * MINUTE);
    expect(tickStep(6, 64)).toBe(15 * MINUTE);
    expect(tickStep(0.000001, 64)).toBe(43200 * MINUTE);
  });
});
