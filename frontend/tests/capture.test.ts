import { describe, expect, it } from "vitest";
import { nameOf } from "../islands/capture/camera.ts";
import { metadataOf } from "../islands/capture/sender.ts";
import { clockWords, corrected, measured } from "../islands/capture/server.ts";
import { newTake } from "../islands/capture/recording.ts";

const CLOCK = { offset_ms: 5000, within_ms: 30, measured_at: Date.parse("2026-03-10T00:59:05Z") };

describe("the phone's clock", () => {
  it("is ahead by what half the way there and back does not explain", () => {
    expect(measured(10_000, 10_400, new Date(9_000).toISOString())).toEqual({ offset_ms: 1200, within_ms: 200, measured_at: 10_400 });
    expect(measured(0, 0, new Date(5_000).toISOString())).toMatchObject({ offset_ms: -5000, within_ms: 0 });
    expect(measured(0, 401, new Date(0).toISOString()).within_ms).toBe(201);
  });

  it("is told with its exactness, and with its age once that is more than a while", () => {
    const clock = { offset_ms: -1500, within_ms: 40, measured_at: 1_000_000 };
    expect(clockWords(clock, 1_000_000)).toBe("手机时钟慢 1.5 秒（±0.1 秒）");
    expect(clockWords(clock, 1_299_999)).not.toContain("前核对");
    expect(clockWords(clock, 1_300_000)).toBe("手机时钟慢 1.5 秒（±0.1 秒），5 分钟前核对");
    const far = { ...clock, offset_ms: 22_066_315_000, within_ms: 200 };
    expect(clockWords(far, 1_000_000)).toBe("手机时钟快 255 天（±0.2 秒）");
    expect(clockWords({ ...far, offset_ms: 3_599_900 }, 1_000_000)).toContain("快 3599.9 秒");
    expect(clockWords(null, 0)).toBe("手机时钟没有核对过");
  });

  it("is corrected in what is told", () => {
    expect(corrected(Date.parse("2026-03-10T01:00:05Z"), CLOCK)).toBe("2026-03-10T01:00:00.000Z");
    expect(corrected(Date.parse("2026-03-10T01:00:05Z"), null)).toBe("2026-03-10T01:00:05.000Z");
  });
});

describe("what goes with a recording", () => {
  const take = {
    ...newTake("video", "video/mp4", { person: "p", activity: "a", activity_name: "", position: null, clock: null }),
    started_at: Date.parse("2026-03-10T01:00:05Z"),
    duration_ms: 2500,
    moments: [{ kind: "rights", at_ms: 900 }],
  };

  it("tells times on the system's clock, moments and activity", () => {
    const told = metadataOf(take, CLOCK, "");
    expect(told).toMatchObject({
      source: "phone", activity: "a", clock_offset_ms: "5000", clock_within_ms: "30", clock_age_ms: "60000",
      started_at: "2026-03-10T01:00:00.000Z", ended_at: "2026-03-10T01:00:02.500Z",
    });
    expect(JSON.parse(told.moments ?? "")).toEqual([{ kind: "rights", at_ms: 900 }]);
    expect(told).not.toHaveProperty("position");
    expect(told).not.toHaveProperty("sha256");
    expect(told).not.toHaveProperty("break");
  });

  it("tells place, digest and why filming broke off when there are any", () => {
    const position = { latitude: 39, longitude: 117, accuracy_m: 8, at: "2026-03-10T01:00:05.000Z" };
    const told = metadataOf({ ...take, position, broken: "page_closed" }, CLOCK, "ab");
    expect(JSON.parse(told.position ?? "")).toEqual({ ...position, at: "2026-03-10T01:00:00.000Z" });
    expect(told).toMatchObject({ sha256: "ab", break: "page_closed" });
  });
});

describe("a recording whose phone's clock", () => {
  const about = { person: "p", activity: null, activity_name: "", position: null };
  const started_at = Date.parse("2026-03-10T01:00:05Z");

  it("was known when it began keeps that, whatever is measured later", () => {
    const take = { ...newTake("video", "video/mp4", { ...about, clock: CLOCK }), started_at };
    const told = metadataOf(take, { offset_ms: 9000, within_ms: 1, measured_at: started_at + 1 }, "");
    expect(told).toMatchObject({ clock_offset_ms: "5000", clock_within_ms: "30", clock_age_ms: "60000" });
  });

  it("nobody ever asked about tells nothing of it", () => {
    const take = { ...newTake("video", "video/mp4", { ...about, clock: null }), started_at };
    const told = metadataOf(take, null, "");
    expect(told.started_at).toBe("2026-03-10T01:00:05.000Z");
    expect(Object.keys(told).filter((key) => key.startsWith("clock"))).toEqual([]);
  });
});

describe("a take's name", () => {
  it("is in the authority's time and says what it is", () => {
    const at = Date.parse("2026-03-10T01:00:05Z");
    expect(nameOf("video", at, "video/mp4")).toBe("VID_20260310_090005.mp4");
    expect(nameOf("audio", at, "audio/webm")).toBe("AUD_20260310_090005.webm");
    expect(nameOf("photo", at, "image/jpeg")).toBe("IMG_20260310_090005.jpg");
  });
});
