// The same content as the drawing, as a table in order of time: for screen readers, for print, and
// for whoever prefers reading.

import { html } from "../../dom.ts";
import { endInstant, instantExact } from "../../text/instants.ts";
import type { Item, Model } from "./model.ts";

const NAMES: Record<Item["kind"], string> = {
  stage: "环节", activity: "活动", recording: "音像", gap: "缺口",
  paper: "文书", approval: "审批", service: "送达", deadline: "期限", entry: "留痕",
};

function row(item: Item): HTMLTableRowElement {
  const at = item.kind === "deadline" ? endInstant(item.from) : instantExact(item.from).slice(0, 19);
  const title = item.href ? html("a", { href: item.href }, item.title) : item.title;
  return html(
    "tr",
    { class: item.kind === "gap" ? "is-gap" : "" },
    html("td", { "data-label": "时间", class: "is-tight" }, at),
    html("td", { "data-label": "类别", class: "is-tight" }, NAMES[item.kind]),
    html("td", { "data-label": "内容" }, title),
    html("td", { "data-label": "说明" }, item.lines.slice(item.kind === "entry" ? 0 : 1).join("；")),
  );
}

/** Every item as a row; recordings without a time at the end. */
export function table(model: Model, label: string): HTMLTableElement {
  const heads = ["时间", "类别", "内容", "说明"].map((name) => html("th", { scope: "col" }, name));
  const lost = model.timeless.map((one) =>
    html("tr", {}, html("td", {}, "时间未知"), html("td", {}, "音像"),
      html("td", {}, one.href ? html("a", { href: one.href }, one.name) : one.name), html("td", {}, "没有任何信息说明拍摄时间")),
  );
  return html(
    "table",
    { class: "lh-table is-stacked" },
    html("caption", { class: "visually-hidden" }, `${label}，按时间排列`),
    html("thead", {}, html("tr", {}, ...heads)),
    html("tbody", {}, ...model.items.map(row), ...lost),
  );
}
