// The viewer of a case disc: opens by double-click, reads `案卷.js` beside it, plays what lies there.
// It proves nothing: the verifier does, and it loads nothing from the disc as a script.
import "./page.css";
import { byId, element, instant, size } from "./elements.ts";
import type { CaseManifest, PackedPaper, PackedRecording } from "./schema.ts";

interface Activity {
  readonly name: string;
  readonly place: string;
  readonly started_at: string;
  readonly ended_at: string | null;
}

interface Gap {
  readonly started_at: string;
  readonly ended_at: string;
  readonly words: string;
}

interface CopyMade {
  readonly made_at: string;
  readonly made_by: string;
  readonly recipient: string;
  readonly purpose: string;
  readonly parts: number;
}

interface DiscData {
  readonly manifest: CaseManifest;
  readonly activities: readonly Activity[];
  readonly gaps: readonly Gap[];
  readonly copies: readonly CopyMade[];
  readonly events: Readonly<Record<string, string>>;
  readonly elsewhere: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, string>>;
}

declare global {
  interface Window {
    caseOnDisc?: DiscData;
  }
}

const data = window.caseOnDisc;
if (data) show(data);
else byId("content").append(section("", "没有找到案卷目录（案卷.js）", element("p", {}, "请从光盘或者文件夹的最上一层打开本页。")));

function show(told: DiscData): void {
  const head = told.manifest.case;
  document.title = `${head.number} ${head.cause}`;
  byId("number").textContent = head.number;
  byId("cause").textContent = head.cause;
  const kind = told.kinds[head.kind] ?? head.kind;
  const procedure = told.kinds[head.procedure] ?? head.procedure;
  byId("head").textContent = `${kind}·${procedure}，${head.unit}，${instant(head.started_at)} 起`;
  byId("content").append(
    timeline(told),
    recordings(told),
    papers(told),
    register(told),
    ledger(told),
  );
}

function section(id: string, title: string, ...children: readonly Node[]): HTMLElement {
  const made = element("section", id ? { id } : {}, element("h2", {}, title));
  made.append(...children);
  return made;
}

function empty(words: string): HTMLElement {
  return element("p", { class: "quiet" }, words);
}

// --- the whole process in the order of time

function timeline(told: DiscData): HTMLElement {
  const { papers: written, recordings: filmed } = told.manifest;
  const points = [
    ...told.activities.map((one) => point("activity", one.started_at, `执法活动：${one.name}（${one.place}）${until(one.ended_at)}`)),
    ...filmed.filter((one) => one.started_at).map((one) => point("recording", one.started_at ?? "", `${one.label}：${one.original_name}${until(one.ended_at, one.started_at)}`)),
    ...told.gaps.map((one) => point("gap", one.started_at, `缺录至 ${instant(one.ended_at)}：${one.words}`)),
    ...written.filter((one) => one.issued_at).map((one) => point("paper", one.issued_at ?? "", `文书：${one.title}${one.number ? `（${one.number}）` : ""}`)),
  ].sort((one, other) => (one.at < other.at ? -1 : 1));
  if (points.length === 0) return section("timeline", "全过程", empty("没有记录。"));
  const items = points.map((one) =>
    element("li", { class: one.kind }, element("time", { datetime: one.at }, instant(one.at)), one.words),
  );
  return section("timeline", "全过程", element("ol", { class: "line" }, ...items));
}

function point(kind: string, at: string, words: string) {
  return { kind, at, words };
}

function until(at: string | null, from: string | null = null): string {
  return at && at !== from ? `，至 ${instant(at)}` : "";
}

// --- recordings that play, papers that open

function recordings(told: DiscData): HTMLElement {
  const cards = told.manifest.recordings.map((one) => recording(one, told));
  if (cards.length === 0) return section("recordings", "音像记录", empty("没有音像记录。"));
  return section("recordings", "音像记录", element("div", { class: "cards" }, ...cards));
}

function recording(one: PackedRecording, told: DiscData): HTMLElement {
  const away = told.elsewhere[one.file.path];
  return element(
    "article",
    { class: "card" },
    away ? element("p", { class: "advice" }, `在第 ${away} 张盘上`) : player(one),
    element("p", {}, element("b", {}, one.label), ` ${one.original_name}`),
    element("p", { class: "quiet" }, `${instant(one.started_at)}${until(one.ended_at, one.started_at)}，${size(one.file.size)}`),
    element("p", {}, element("code", {}, `SHA-256 ${one.file.sha256}`)),
  );
}

function player(one: PackedRecording): HTMLElement {
  const src = address(one.file.path);
  if (one.kind === "photo") return element("img", { src, alt: one.original_name, loading: "lazy" });
  if (one.kind === "scan") return element("p", {}, element("a", { href: src, target: "_blank" }, "打开扫描件"));
  const kind = one.kind === "audio" ? "audio" : "video";
  return element(kind, { src, controls: "", preload: "metadata" });
}

/** A path of the disc as an address beside this page. */
function address(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function papers(told: DiscData): HTMLElement {
  const { papers: written, files } = told.manifest;
  const rows = [
    ...written.map((one) => paper(one, told)),
    ...files.map((one) => row(told.kinds[one.role] ?? one.role, "", "", one.file.path, one.file.sha256, told)),
  ];
  if (rows.length === 0) return section("papers", "文书", empty("没有文书。"));
  return section("papers", "文书", table(["文书", "文号", "时间", "摘要（SHA-256）"], rows));
}

function paper(one: PackedPaper, told: DiscData): HTMLElement {
  return row(one.title, one.number ?? "", instant(one.issued_at), one.file.path, one.file.sha256, told);
}

function row(
  title: string,
  number: string,
  at: string,
  path: string,
  sha256: string,
  told: DiscData,
): HTMLElement {
  const away = told.elsewhere[path];
  const link = element("a", { href: address(path), target: "_blank", rel: "noopener" }, title);
  return element(
    "tr",
    {},
    element("td", {}, away ? `${title}（第 ${away} 张盘）` : link),
    element("td", {}, number),
    element("td", { class: "tight" }, at),
    element("td", {}, element("code", {}, sha256)),
  );
}

function table(heads: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const head = element("tr", {}, ...heads.map((one) => element("th", { scope: "col" }, one)));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}

// --- who made copies, and the entries of the ledger

function register(told: DiscData): HTMLElement {
  const rows = told.copies.map((one) =>
    element(
      "tr",
      {},
      ...[instant(one.made_at), one.made_by, one.recipient, one.purpose, `${one.parts} 张`].map((words) =>
        element("td", {}, words),
      ),
    ),
  );
  return section("register", "复制登记", table(["时间", "复制人", "交给", "用途", "数量"], rows));
}

function ledger(told: DiscData): HTMLElement {
  const names = new Map(told.manifest.people.map((one) => [one.id, one.name]));
  const rows = told.manifest.events.map((one) =>
    element(
      "tr",
      {},
      element("td", { class: "tight" }, instant(one.at)),
      element("td", {}, told.events[one.type] ?? one.type),
      element("td", {}, names.get(one.agents[0]?.id ?? "") ?? ""),
      element("td", {}, element("a", { href: address(one.entry.path), target: "_blank", rel: "noopener" }, "原文")),
    ),
  );
  return section("ledger", "留痕", table(["时间", "办理", "人员", "条目"], rows));
}
