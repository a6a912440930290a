// What ECharts is told for a chart: bars in the order of the table, the first one on top.

import type { ChartData, Row } from "./schema.ts";

/** The colours of the page, as the style sheet names them. */
export interface Colours {
  readonly brand: string;
  readonly rest: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly font: string;
}

const LONGEST = 14;

/** A label short enough to stand beside its bar; the table has the whole. */
export function short(label: string): string {
  return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
}

/** The words of a bar: 3 / 8 件（37%）. */
export function words(row: Row, unit: string): string {
  if (row.whole === null) return `${row.label}：${row.number} ${unit}`;
  const rate = row.whole ? `（${Math.floor((row.number * 100) / row.whole)}%）` : "";
  return `${row.label}：${row.number} / ${row.whole} ${unit}${rate}`;
}

/** Height in CSS pixels for so many bars. */
export function heightOf(rows: number): number {
  return 48 + Math.max(rows, 1) * 30;
}

/** The option of the chart; `isStill` for readers who asked for no motion. */
export function optionOf(data: ChartData, colours: Colours, isStill: boolean): Record<string, unknown> {
  const hasWhole = data.rows.some((row) => row.whole !== null);
  const bar = { type: "bar", barWidth: 14, cursor: data.rows.some((row) => row.href) ? "pointer" : "default" };
  return {
    animation: !isStill,
    textStyle: { fontFamily: colours.font, color: colours.text },
    grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
    tooltip: {
      // Drawn on the canvas: the pages' policy forbids markup with styles of its own.
      renderMode: "richText",
      trigger: "item",
      formatter: (at: { dataIndex: number }) => words(data.rows[at.dataIndex] as Row, data.unit),
    },
    xAxis: { type: "value", minInterval: 1, axisLabel: { color: colours.quiet }, splitLine: { lineStyle: { color: colours.line } } },
    yAxis: {
      type: "category",
      inverse: true,
      data: data.rows.map((row) => short(row.label)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.text },
    },
    series: [
      { ...bar, name: data.title, stack: "whole", itemStyle: { color: colours.brand }, data: data.rows.map((row) => row.number) },
      ...(hasWhole
        ? [{ ...bar, name: "其余", stack: "whole", itemStyle: { color: colours.rest }, data: data.rows.map((row) => Math.max((row.whole ?? row.number) - row.number, 0)) }]
        : []),
    ],
  };
}
