// Draws the figures of the table that stands below it. For the eye only: the table says the same to
// screen readers and without scripts, and has the links for the keyboard.

import { BarChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { islandData } from "../../dom.ts";
import { type Colours, heightOf, optionOf } from "./option.ts";
import type { ChartData } from "./schema.ts";

use([BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

function coloursOf(host: HTMLElement): Colours {
  const style = getComputedStyle(host);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    brand: of("--lh-brand"),
    rest: of("--lh-line"),
    text: of("--lh-text"),
    quiet: of("--lh-quiet"),
    line: of("--lh-line"),
    font: style.fontFamily,
  };
}

/** Puts the chart into its place. */
export function mount(host: HTMLElement): void {
  const data = islandData<ChartData>(host);
  if (!data) return;
  host.replaceChildren();
  host.setAttribute("aria-hidden", "true");
  host.style.height = `${heightOf(data.rows.length)}px`;
  const chart = init(host, null, { renderer: "canvas" });
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption(optionOf(data, coloursOf(host), isStill));
  chart.on("click", (event) => {
    const row = data.rows[(event as { dataIndex: number }).dataIndex];
    if (row?.href) location.assign(row.href);
  });
  new ResizeObserver(() => chart.resize()).observe(host);
}
