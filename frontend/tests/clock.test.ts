import { describe, expect, it } from "vitest";
import { due, path, systemNow } from "../islands/clock/showing.ts";

const known = (within_ms: number) => ({ clock: { offset_ms: 500, within_ms, measured_at: 0 }, apart: 20 });

describe("the system's time", () => {
  it("is shown while it is known to a tenth of a second", () => {
    expect(systemNow(known(100), 10_000, 10_020)).toBe(9500);
    expect(systemNow(known(101), 10_000, 10_020)).toBeNull();
    expect(systemNow(null, 10_000, 10_020)).toBeNull();
  });

  it("is not known any more to a machine that slept or whose clock was set", () => {
    expect(systemNow(known(5), 10_000, 10_120)).toBe(9500);
    expect(systemNow(known(5), 10_000, 10_121)).toBeNull();
    expect(systemNow(known(5), 10_000, 9_919)).toBeNull();
  });
});

describe("the code that is shown", () => {
  const codes = [{ at: "2026-03-10T09:00:05+08:00", rows: [] }];
  const second = Date.parse("2026-03-10T01:00:05Z");

  it("is that of the second, from its beginning to its end", () => {
    expect(due(codes, second)).toBe(codes[0]);
    expect(due(codes, second + 999)).toBe(codes[0]);
    expect(due(codes, second - 1)).toBeNull();
    expect(due(codes, second + 1000)).toBeNull();
  });

  it("is drawn of its dark modules", () => {
    expect(path(["10", "01"])).toBe("M0 0h1v1h-1zM1 1h1v1h-1z");
  });
});
