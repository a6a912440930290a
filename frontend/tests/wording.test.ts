// The words of time and size are those the server speaks: both are held to the same vectors.
import { describe, expect, it } from "vitest";
import vectors from "../../tests/web/span_vectors.json";
import { clockTime, dayStart, endInstant, instant, instantExact, monthDay, parse, wallSecond } from "../text/instants.ts";
import { size } from "../text/sizes.ts";
import { deadlineTone, deadlineWords, spanExact } from "../text/spans.ts";

describe("words shared with the server", () => {
  it.each(vectors.deadlines as [number, string][])("a deadline in %d s reads %s", (seconds, words) => {
    expect(deadlineWords(seconds * 1000, 0)).toBe(words);
  });
  it.each(vectors.exact as [number, string][])("%d ms exactly reads %s", (milliseconds, words) => {
    expect(spanExact(milliseconds)).toBe(words);
  });
  it.each(vectors.sizes as [number, string][])("%d bytes read %s", (bytes, words) => {
    expect(size(bytes)).toBe(words);
  });
});

describe("the tone of a deadline", () => {
  it("is yellow from the warning instant on, red only after the due instant", () => {
    expect(deadlineTone(1000, 500, 499)).toBe("green");
    expect(deadlineTone(1000, 500, 500)).toBe("yellow");
    expect(deadlineTone(1000, 500, 1000)).toBe("yellow");
    expect(deadlineTone(1000, 500, 1001)).toBe("red");
  });
});

describe("instants on the authority's wall clock", () => {
  const midnight = Date.parse("2026-03-04T16:00:00Z");
  it("begin the day at 16:00 UTC of the day before", () => {
    expect(instant(midnight)).toBe("2026-03-05 00:00");
    expect(instant(midnight - 1)).toBe("2026-03-04 23:59");
    expect(endInstant(midnight)).toBe("2026-03-04 24:00");
    expect(endInstant(midnight - 1)).toBe("2026-03-04 24:00");
    expect(endInstant(midnight - 60_000)).toBe("2026-03-04 23:59");
    expect(endInstant(midnight + 60_000)).toBe("2026-03-05 00:01");
    expect(dayStart(midnight)).toBe(midnight);
    expect(dayStart(midnight - 1)).toBe(midnight - 86_400_000);
    expect(monthDay(midnight)).toBe("3月5日");
  });
  it("tell moments of a recording to the millisecond", () => {
    expect(instantExact(midnight + 45_007)).toBe("2026-03-05 00:00:45.007");
    expect(clockTime(midnight + 45_007)).toBe("00:00:45");
  });
  it("are written into a field to the second", () => {
    expect(wallSecond(midnight + 45_999)).toBe("2026-03-05T00:00:45");
  });
  it("are null when there is no instant to read", () => {
    expect(parse(null)).toBeNull();
    expect(parse("")).toBeNull();
    expect(parse("昨天")).toBeNull();
  });
});
