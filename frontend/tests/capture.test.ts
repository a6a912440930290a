import { describe, expect, it } from "vitest";
import { nameOf } from "../islands/capture/camera.ts";
import { metadataOf } from "../islands/capture/sender.ts";
import { clockOffset, corrected } from "../islands/capture/server.ts";
import { newTake } from "../islands/capture/recording.ts";

describe("the phone's clock", () => {
  it("is ahead by what half the way there and back does not explain", () => {
    expect(clockOffset(10_000, 10_400, new Date(9_000).toISOString())).toBe(1200);
    expect(clockOffset(0, 0, new Date(5_000).toISOString())).toBe(-5000);
  });

  it("is corrected in what is told", () => {
    expect(corrected(Date.parse("2026-03-10T01:00:05Z"), 5000)).toBe("2026-03-10T01:00:00.000Z");
  });
});

describe("what goes with a recording", () => {
  const take = {
    ...newTake("video", "video/mp4", { person: "p", activity: "a", activity_name: "", position: null }),
    started_at: Date.parse("2026-03-10T01:00:05Z"),
    duration_ms: 2500,
    moments: [{ kind: "rights", at_ms: 900 }],
  };

  it("tells times on the system's clock, moments and activity", () => {
    const told = metadataOf(take, 5000, "");
    expect(told).toMatchObject({
      source: "phone", activity: "a", clock_offset_ms: "5000",
      started_at: "2026-03-10T01:00:00.000Z", ended_at: "2026-03-10T01:00:02.500Z",
    });
    expect(JSON.parse(told.moments ?? "")).toEqual([{ kind: "rights", at_ms: 900 }]);
    expect(told).not.toHaveProperty("position");
    expect(told).not.toHaveProperty("sha256");
    expect(told).not.toHaveProperty("break");
  });

  it("tells place, digest and why filming broke off when there are any", () => {
    const position = { latitude: 39, longitude: 117, accuracy_m: 8, at: "2026-03-10T01:00:05.000Z" };
    const told = metadataOf({ ...take, position, broken: "page_closed" }, 5000, "ab");
    expect(JSON.parse(told.position ?? "")).toEqual({ ...position, at: "2026-03-10T01:00:00.000Z" });
    expect(told).toMatchObject({ sha256: "ab", break: "page_closed" });
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
