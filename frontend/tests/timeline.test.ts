// Reading the server's data and putting every box in its place.
import { describe, expect, it } from "vitest";
import { folds, ticks } from "../islands/timeline/axis.ts";
import { arrange, fit, pack, packTimes, wordsWidth } from "../islands/timeline/layout.ts";
import { read } from "../islands/timeline/model.ts";
import { foldedScale } from "../islands/timeline/scale.ts";
import type { TimelineData } from "../islands/timeline/schema.ts";

const at = (hour: number, minute = 0, second = 0) => new Date(Date.UTC(2026, 2, 4, hour - 8, minute, second)).toISOString();

function sample(): TimelineData {
  const recording = (id: string, from: string, to: string | null, more = {}) => ({
    id, name: `${id}.mp4`, kind: "video" as const, started_at: from, ended_at: to, has_video: true, has_audio: true, ...more,
  });
  return {
    label: "案件", started_at: at(14), ended_at: null, now: at(20),
    stages: [{ name: "调查取证", started_at: at(14), ended_at: null, state: "current" }],
    activities: [{
      id: "1", name: "现场检查", started_at: at(14), ended_at: at(14, 30), lamp: "red",
      recordings: [recording("a", at(14), at(14, 10)), recording("b", at(14, 15), at(14, 30)), recording("c", at(14, 2), at(14, 4)), { ...recording("p", at(14, 3), null), kind: "photo" }],
      gaps: [{ started_at: at(14, 10), ended_at: at(14, 15), words: "" }],
    }],
    unlabelled: [{ ...recording("lost", "", null), started_at: null }, recording("free", at(16), at(16, 5))],
    marks: [{ id: "m", lane: "paper", label: "现场检查笔录", at: at(14, 40), href: "/p" }],
    ledger: [{ index: null, at: at(14, 41), event: "签发" }],
  };
}

function laidOut(data: TimelineData, zoom = 1) {
  const model = read(data);
  const busy = model.items.filter((item) => item.kind === "activity" || item.kind === "recording");
  const scale = foldedScale(model.whole, busy, [], zoom);
  return { model, scale, layout: arrange(model, scale) };
}

describe("reading the data", () => {
  it("keeps a recording without a time apart and never places it by guess", () => {
    const model = read(sample());
    expect(model.timeless.map((one) => one.id)).toEqual(["lost"]);
    expect(model.items.some((item) => item.id === "recording-lost")).toBe(false);
  });
  it("reaches from the first to the last thing, and to the present while the case is open", () => {
    const model = read(sample());
    expect(new Date(model.whole.from).toISOString()).toBe(at(14));
    expect(new Date(model.whole.to).toISOString()).toBe(at(20));
    expect(model.isOpen).toBe(true);
  });
  it("tells a gap in words, and that nobody explained it", () => {
    const gap = read(sample()).items.find((item) => item.kind === "gap");
    expect(gap?.title).toBe("缺 5分0秒");
    expect(gap?.lines.at(-1)).toBe("尚未说明原因");
  });
  it("says which entry is not yet in the published log", () => {
    expect(read(sample()).items.find((item) => item.kind === "entry")?.lines.at(-1)).toBe("已记入，待编入日志");
  });
  it("reads a case with nothing in it", () => {
    const empty = { ...sample(), activities: [], unlabelled: [], marks: [], ledger: [], stages: [] };
    expect(laidOut(empty).layout.boxes).toEqual([]);
  });
});

describe("putting boxes in place", () => {
  it("puts a gap exactly between the recordings it separates", () => {
    const { layout, scale } = laidOut(sample());
    const box = (id: string) => layout.boxes.find((one) => one.item.id === id);
    const [a, gap, b] = [box("recording-a"), box("gap-1-0"), box("recording-b")];
    expect(gap?.x).toBeCloseTo((a?.x ?? 0) + (a?.width ?? 0), 6);
    expect((gap?.x ?? 0) + (gap?.width ?? 0)).toBeCloseTo(b?.x ?? 0, 6);
    expect(gap?.width).toBeCloseTo(scale.x(Date.parse(at(14, 15))) - scale.x(Date.parse(at(14, 10))), 6);
  });
  it("puts what overlaps in time on rows of its own, and what follows on the same row", () => {
    const { layout } = laidOut(sample());
    const y = (id: string) => layout.boxes.find((one) => one.item.id === `recording-${id}`)?.y;
    expect(y("a")).toBe(y("b"));
    expect(y("c")).not.toBe(y("a"));
    expect(new Set([y("a"), y("c"), y("p")]).size).toBe(3);
  });
  it("leaves out lanes with nothing in them", () => {
    const names = laidOut(sample()).layout.lanes.map((lane) => lane.name);
    expect(names).toEqual(["环节", "活动与音像", "未标注", "文书", "留痕"]);
  });
  it("keeps every box and every word inside the drawing, at every zoom", () => {
    for (const zoom of [0.05, 0.3, 1, 7]) {
      const { layout } = laidOut(sample(), zoom);
      for (const box of layout.boxes) {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
      }
    }
  });
  it("packs spans that only touch on one row", () => {
    expect(packTimes([{ from: 0, to: 5 }, { from: 5, to: 9 }, { from: 8, to: 9 }])).toEqual([0, 0, 1]);
    expect(pack([{ x: 0, width: 5 }, { x: 6, width: 2 }, { x: 7, width: 2 }], 1)).toEqual([0, 0, 1]);
  });
});

describe("words in a drawing", () => {
  it("are cut with … and left out when not even two signs fit", () => {
    expect(fit("行政处罚决定书", 200)).toBe("行政处罚决定书");
    expect(fit("行政处罚决定书", 60)).toBe("行政处罚…");
    expect(fit("行政处罚决定书", 30)).toBe("");
    expect(wordsWidth(fit("行政处罚决定书（当场）", 77))).toBeLessThanOrEqual(77);
  });
});

describe("the axis", () => {
  it("has no two words that touch, at any zoom", () => {
    for (const zoom of [0.05, 0.5, 2, 20]) {
      const { scale } = laidOut(sample(), zoom);
      const found = ticks(scale);
      found.slice(1).forEach((tick, index) => {
        const before = found[index];
        expect(tick.x).toBeGreaterThan((before?.x ?? 0) + wordsWidth(before?.text ?? "", 11));
      });
    }
  });
  it("makes only the ticks of the window, and the same ones there", () => {
    const { scale } = laidOut(sample(), 30);
    const window = { from: scale.width * 0.02, to: scale.width * 0.1 };
    const inside = ticks(scale, window).filter((tick) => tick.x >= window.from && tick.x <= window.to);
    expect(inside.length).toBeGreaterThan(3);
    expect(ticks(scale).length).toBeGreaterThan(ticks(scale, window).length);
  });
  it("tells how much idle time is folded, once for each stretch", () => {
    const told = folds(laidOut(sample(), 3).scale).map((fold) => fold.text);
    expect(told).toEqual(["1 小时 30 分", "3 小时 55 分"]);
  });
});
