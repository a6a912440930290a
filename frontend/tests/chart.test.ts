import { describe, expect, it } from "vitest";
import { heightOf, optionOf, short, words } from "../islands/chart/option.ts";

const colours = { brand: "#1c5288", rest: "#dbe1e8", text: "#222", quiet: "#555", line: "#ddd", font: "x" };
const rows = [
  { label: "一支队", number: 3, whole: 8, href: "/a" },
  { label: "二支队", number: 0, whole: 0, href: "" },
];
const series = (option: Record<string, unknown>): { data: number[] }[] => option.series as { data: number[] }[];

describe("a chart of figures", () => {
  it("says a share with its whole, and no rate of nothing", () => {
    expect(rows.map((row) => words(row, "件"))).toEqual(["一支队：3 / 8 件（37%）", "二支队：0 / 0 件"]);
    expect(words({ label: "泄露", number: 2, whole: null, href: "" }, "条")).toBe("泄露：2 条");
  });

  it("draws what counts and the rest of its whole, which is never negative", () => {
    const drawn = series(optionOf({ title: "违反", unit: "件", rows: [...rows, { label: "三", number: 5, whole: 4, href: "" }] }, colours, false));
    expect(drawn.map((one) => one.data)).toEqual([[3, 0, 5], [5, 0, 0]]);
  });

  it("draws no rest where there is no whole", () => {
    const option = optionOf({ title: "线索", unit: "条", rows: [{ label: "泄露", number: 2, whole: null, href: "" }] }, colours, true);
    expect(series(option)).toHaveLength(1);
    expect(option.animation).toBe(false);
  });

  it("shortens long labels and grows with its rows", () => {
    expect(short("一二三四五六七八九十一二三四")).toHaveLength(14);
    expect(short("一二三四五六七八九十一二三四五")).toBe("一二三四五六七八九十一二三…");
    expect(heightOf(12)).toBeGreaterThan(heightOf(1));
    expect(heightOf(0)).toBe(heightOf(1));
  });
});
