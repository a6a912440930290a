// The verifier's page: one file, no network, nothing loaded. Shows what `check.ts` found.
import "./page.css";
import { checkDisc, filesOf, type Finding, type Report } from "./check.ts";
import { byId, element, instant, size } from "./elements.ts";

const SHOWN = 200;

byId<HTMLInputElement>("folder").addEventListener("change", (event) => {
  const input = event.target as HTMLInputElement;
  if (input.files?.length) void verify(filesOf(input.files));
});

async function verify(files: ReadonlyMap<string, File>): Promise<void> {
  const progress = byId("progress");
  const result = byId("result");
  progress.hidden = false;
  result.hidden = true;
  const began = performance.now();
  const bar = byId<HTMLProgressElement>("progress-bar");
  const show = (read: number, total: number) => {
    bar.value = total ? read / total : 1;
    byId("progress-words").textContent = `正在核验 ${files.size} 个文件：${size(read)} / ${size(total)}`;
  };
  show(0, 0);
  try {
    const report = await checkDisc(files, byId<HTMLInputElement>("key").value, show);
    render(result, report, (performance.now() - began) / 1000);
  } catch (error) {
    result.replaceChildren(verdict("red", "核验没有完成"), element("p", {}, String(error)));
    result.dataset.state = "red";
  }
  progress.hidden = true;
  result.hidden = false;
  result.focus();
}

function render(result: HTMLElement, report: Report, seconds: number): void {
  const isGood = report.findings.length === 0;
  const words = isGood
    ? "核验通过：没有发现任何改动"
    : `核验不通过：发现 ${report.findings.length} 处问题`;
  result.dataset.state = isGood ? "green" : "red";
  result.replaceChildren(
    verdict(isGood ? "green" : "red", words),
    ...findings(report.findings, isGood),
    facts(report, seconds),
    ...advice(report),
    ...notes(report.notes),
  );
}

function verdict(state: "green" | "red", words: string): HTMLElement {
  const sign = element("span", { class: "sign", "aria-hidden": "true" }, state === "green" ? "✓" : "✗");
  return element("h2", { id: "result-title", class: `verdict ${state}` }, sign, words);
}

function findings(found: readonly Finding[], isGood: boolean): HTMLElement[] {
  if (isGood) return [];
  const rows = found.slice(0, SHOWN).map((one) =>
    element(
      "tr",
      { "data-code": one.code },
      element("td", {}, one.path),
      element("td", {}, one.what, element("br"), element("code", {}, one.code)),
    ),
  );
  const head = element("tr", {}, element("th", {}, "哪里"), element("th", {}, "怎么了"));
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
  const more = found.length - SHOWN;
  return [table, ...(more > 0 ? [element("p", {}, `还有 ${more} 处没有列出。`)] : [])];
}

function facts(report: Report, seconds: number): HTMLElement {
  const rate = seconds > 0 ? `，每秒 ${size(report.bytes / seconds)}` : "";
  const rows: [string, string][] = [
    ["案件", report.case ? `${report.case.number} ${report.case.cause}` : "读不出来"],
    ["盘次", report.parts > 1 ? `第 ${report.part} 张，共 ${report.parts} 张` : "共 1 张"],
    ["文件", `${report.files} 个，${size(report.bytes)}，用时 ${seconds.toFixed(1)} 秒${rate}`],
    ["账本证明", `${report.proofs} 条记录，逐条证明在已签署的账本之内`],
    ["入库回执", `${report.receipts} 份，签名成立`],
    ["账本", report.origin || "没有"],
    ["公钥", report.key || "没有"],
    ["见证", report.witnesses.map((one) => `${one.name}（${instant(one.at)}）`).join("、") || "没有见证方签名：账本只有机关自己担保"],
  ];
  const list = element("dl");
  for (const [name, value] of rows) {
    list.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  }
  return list;
}

function advice(report: Report): HTMLElement[] {
  const lines: string[] = [];
  if (!report.isKeyFromElsewhere) {
    lines.push("公钥取自盘上，尚未与外部核对：请把上面的公钥与机关公告、信任页面或者纸质说明上的比较，或者抄入上方后再核验一次。");
  }
  if (report.parts > 1) lines.push(`这套案卷共 ${report.parts} 张盘，请逐张核验。`);
  return lines.map((line) => element("p", { class: "advice" }, line));
}

function notes(found: readonly Finding[]): HTMLElement[] {
  if (found.length === 0) return [];
  const lines = found.slice(0, SHOWN).map((one) => element("li", {}, `${one.path}：${one.what}`));
  const summary = element("summary", {}, `说明（${found.length}）`);
  return [element("details", {}, summary, element("ul", {}, ...lines))];
}
