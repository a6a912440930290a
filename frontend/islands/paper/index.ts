// The form of a paper: saves itself field by field, shows the paper beside it, tells who else is at
// it and what they changed. Protocol: `web/paper_saving.py`, `web/paper_editing.py`. What both have
// changed is shown twice and one of them chooses. Not for deciding what is complete: the server does.

import { button, html, icon } from "../../dom.ts";
import { refreshForms } from "../../behaviours/form-fields.ts";
import { clockTime, parse } from "../../text/instants.ts";
import { Backup } from "./backup.ts";
import { type Entries, entriesOf, exchange, fieldOf, groupOf, ofField, seenAt, setSeen, tellWrong, typedIn } from "./fields.ts";
import { type Missing, PaperPreview, post } from "./preview.ts";
import { keepOpenEnd, onRowAct } from "./rows.ts";

const SAVE_AFTER = 1500; // ms of quiet
const SAVE_AT_LEAST = 8000; // ms, however busily somebody writes
const TRY_AGAIN_AFTER = 5000;
const ASK_EVERY = 4000;

interface Difference {
  key: string;
  label: string;
  before: string;
  theirs: string;
  mine: string;
}

interface Saved {
  version: number;
  saved_at: string;
  saved: string[];
  wrong: Record<string, string>;
  differences: Difference[];
  fields: Record<string, string>;
  missing: Missing[];
}

interface Others {
  version: number;
  others: { name: string; field: string }[];
  fields: Record<string, string>;
  obstacle: string | null;
}

interface Problem {
  detail?: string;
  remedy?: string;
}

class PaperForm {
  /** Fields changed since they were last saved, with how often: a save in between counts only what it took. */
  private readonly touched = new Map<string, number>();
  /**
   * Fields that wait for a choice between two contents: what the server draws, at which version, and
   * mine where it does not stand in the form because an earlier visit of this tab typed it.
   */
  private readonly contested = new Map<string, { drawn: string; version: number; earlier: Entries }>();
  private readonly backup: Backup;
  private readonly preview: PaperPreview;
  private version: number;
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private dirtySince = 0;
  private saving: Promise<void> | null = null;
  private isStopped = false;
  private readonly wrong = new Set<string>();

  constructor(private readonly form: HTMLFormElement) {
    this.version = Number(form.dataset.version);
    this.backup = new Backup(form.dataset.paper ?? "");
    const place = document.getElementById("paper-preview") ?? html("div");
    this.preview = new PaperPreview(place, form.dataset.preview ?? "", () => this.unsaved(), ({ missing, wrong }) => {
      this.showMissing(missing);
      for (const key of this.touched.keys()) tellWrong(form, key, wrong[key] ?? "");
    });
    form.addEventListener("input", (event) => this.onInput(event));
    form.addEventListener("change", (event) => this.onInput(event));
    form.addEventListener("click", (event) => this.onClick(event));
    form.addEventListener("submit", (event) => this.onSubmit(event), { capture: true });
    for (const act of document.querySelectorAll<HTMLFormElement>("form[data-paper-act]")) {
      act.addEventListener("submit", (event) => this.onAct(event, act), { capture: true });
    }
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-paper-leave]")) {
      link.addEventListener("click", (event) => this.onLeave(event, link));
    }
    window.addEventListener("beforeunload", (event) => {
      if (this.touched.size) event.preventDefault();
    });
    window.addEventListener("online", () => void this.save());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.touched.size) void this.save(true);
      else void this.ask();
    });
    setInterval(() => void this.ask(), ASK_EVERY);
    void this.ask();
    void this.recover();
    for (const key of typedIn(form)) this.touch(key);
  }

  // ---- writing ----------------------------------------------------------------------------------

  private touch(key: string): void {
    if (!key || this.isStopped) return;
    this.wrong.delete(key);
    if (!this.touched.size) this.dirtySince = Date.now();
    this.touched.set(key, (this.touched.get(key) ?? 0) + 1);
    this.backup.keep(this.unsaved());
    this.preview.soon();
    if (this.contested.has(key)) return;
    this.tell("尚未保存");
    clearTimeout(this.saveTimer);
    const left = Math.max(0, this.dirtySince + SAVE_AT_LEAST - Date.now());
    this.saveTimer = setTimeout(() => void this.save(), Math.min(SAVE_AFTER, left));
  }

  private unsaved(): Entries {
    return entriesOf(this.form, new Set(this.touched.keys()));
  }

  private onInput(event: Event): void {
    const control = event.target as HTMLInputElement;
    // A button of ours that fills a field fires `input` and later `change`: both say the same.
    if (!control.name || (event.type === "change" && control.matches("input:not([type=checkbox], [type=radio], [type=date], [type=datetime-local]), textarea"))) return;
    const list = control.closest<HTMLElement>("[data-rows]");
    if (list) keepOpenEnd(list);
    this.touch(fieldOf(control.name));
  }

  private onClick(event: MouseEvent): void {
    const pressed = (event.target as Element).closest<HTMLElement>("[data-row-act]");
    if (!pressed) return;
    const list = pressed.closest<HTMLElement>("[data-rows]");
    if (onRowAct(pressed)) this.touch(list?.dataset.rows ?? "");
  }

  // ---- saving -----------------------------------------------------------------------------------

  private save(isLeaving = false, more: Entries = []): Promise<void> {
    if (this.saving) return this.saving.then(() => (this.touched.size ? this.save(isLeaving, more) : undefined));
    this.saving = this.saveNow(isLeaving, more).finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  private async saveNow(isLeaving: boolean, more: Entries): Promise<void> {
    clearTimeout(this.saveTimer);
    const taken = new Map([...this.touched].filter(([key]) => !this.contested.has(key) && !this.wrong.has(key)));
    if ((!taken.size && !more.length) || this.isStopped) return;
    this.tell("正在保存…");
    const entries = entriesOf(this.form, new Set(taken.keys()));
    try {
      const options = isLeaving ? { keepalive: true } : {};
      const response = await post(this.form.dataset.save ?? "", [...entries, ...more, ["_known", String(this.version)]], options);
      if (!response.ok) throw response;
      this.onSaved((await response.json()) as Saved, taken);
    } catch (problem) {
      await this.onSaveFailed(problem);
    }
  }

  private onSaved(answer: Saved, taken: Map<string, number>): void {
    for (const [key, count] of taken) {
      if (answer.differences.some((one) => one.key === key)) continue;
      if (answer.wrong[key]) {
        this.wrong.add(key);
        continue;
      }
      setSeen(this.form, key, answer.version);
      if (this.touched.get(key) === count) this.touched.delete(key);
    }
    for (const [key, words] of Object.entries(answer.wrong)) tellWrong(this.form, key, words);
    for (const one of answer.differences) this.contest(one, answer);
    this.takeOver(answer);
    this.showMissing(answer.missing);
    this.dirtySince = Date.now();
    this.backup.keep(this.unsaved());
    const at = clockTime(parse(answer.saved_at) ?? 0, false);
    if (this.contested.size) this.tell("有一栏与别人的修改冲突，请选定", "is-error");
    else if (this.wrong.size) this.tell(`其余已保存 ${at}；标出的 ${this.wrong.size} 栏填得不对，没有保存`, "is-error");
    else if (!this.touched.size) this.tell(`已保存 ${at}·第 ${answer.version} 版`, "is-saved");
  }

  private async onSaveFailed(problem: unknown): Promise<void> {
    if (problem instanceof Response && problem.headers.get("Content-Type")?.includes("problem+json")) {
      const { detail = "", remedy = "" } = (await problem.json().catch(() => ({}))) as Problem;
      this.isStopped = true;
      this.tell(`${detail}${remedy}您填写的内容仍在本页。`, "is-error");
      return;
    }
    const isSignedOut = problem instanceof Response && (problem.redirected || [401, 403].includes(problem.status));
    this.tell(isSignedOut ? "登录已过期，修改暂存在本机。请在另一窗口登录，随后自动保存。" : "连不上服务器，修改暂存在本机，恢复后自动保存；请勿关闭本页。", "is-error");
    this.saveTimer = setTimeout(() => void this.save(), TRY_AGAIN_AFTER);
  }

  /** What an earlier visit of this tab could not save is sent now, as it was. */
  private async recover(): Promise<void> {
    const left = this.backup.left();
    if (!left.length) return;
    this.tell("正在补存上次没有保存的内容…");
    try {
      const response = await post(this.form.dataset.save ?? "", [...left, ["_known", "1"]]);
      if (!response.ok) throw response;
      const answer = (await response.json()) as Saved;
      this.backup.keep([]);
      for (const one of answer.differences) this.contest(one, answer, left);
      for (const [key, words] of Object.entries(answer.wrong)) {
        const typed = ofField(left, key).filter(([name]) => !name.startsWith("_")).map(([, value]) => value);
        tellWrong(this.form, key, `上次填写的“${typed.join("，")}”没有保存：${words}`);
      }
      if (answer.saved.length) location.reload();
      else if (!this.contested.size) this.tell(`第 ${answer.version} 版`);
    } catch (problem) {
      await this.onSaveFailed(problem);
    }
  }

  // ---- others -----------------------------------------------------------------------------------

  private async ask(): Promise<void> {
    if (document.hidden || this.saving || this.isStopped) return;
    const at = fieldOf((document.activeElement as HTMLInputElement | null)?.name ?? "");
    try {
      const query = new URLSearchParams({ known: String(this.version), field: at });
      const response = await fetch(`${this.form.dataset.others}?${query}`, { headers: { Accept: "application/json" } });
      if (!response.ok || response.redirected) return;
      const answer = (await response.json()) as Others;
      if (this.saving) return; // its own answer will say more
      this.showOthers(answer);
      this.takeOver(answer);
      if (answer.obstacle) {
        this.isStopped = true;
        this.tell(`${answer.obstacle}本页的内容不再保存，请刷新。`, "is-error");
      }
    } catch {
      // The next question will be answered again; saving tells of a broken line itself.
    }
  }

  private showOthers({ others }: Others): void {
    const place = this.form.querySelector<HTMLElement>("[data-paper-others]");
    if (!place) return;
    place.hidden = !others.length;
    place.textContent = others.length ? `${others.map(({ name, field }) => (field ? `${name}（在填“${field}”）` : name)).join("、")}也在编辑这份文书` : "";
  }

  /** Takes over fields others changed, unless they are touched here. */
  private takeOver({ version, fields }: { version: number; fields: Record<string, string> }): void {
    let isNew = false;
    for (const [key, drawn] of Object.entries(fields)) {
      if (this.touched.has(key) || this.contested.has(key)) continue;
      exchange(this.form, key, drawn);
      isNew = true;
    }
    this.version = version;
    if (!isNew) return;
    refreshForms();
    this.preview.soon();
  }

  /** Shows a field both have changed with both contents; the person chooses one. */
  private contest(one: Difference, answer: Saved, earlier: Entries = []): void {
    const group = groupOf(this.form, one.key);
    if (!group) return;
    const { version, fields } = answer;
    this.contested.set(one.key, { drawn: fields[one.key] ?? "", version, earlier: ofField(earlier, one.key) });
    this.touched.set(one.key, (this.touched.get(one.key) ?? 0) + 1);
    group.querySelector(".lh-paper-both")?.remove();
    const side = (term: string, words: string) => html("div", {}, html("dt", {}, term), html("dd", {}, words || "（空）"));
    group.classList.add("is-contested");
    group.append(
      html(
        "div",
        { class: "lh-paper-both", role: "alert" },
        html("p", {}, html("b", {}, "别人同时改了这一栏，您的内容尚未保存。"), "请对照后选定："),
        html("dl", {}, side("您填写的", one.mine), side("对方已保存的", one.theirs), side("原来的", one.before)),
        html(
          "p",
          { class: "lh-paper-choice" },
          button("用我的", "check", () => this.choose(one.key, true), { class: "btn btn-sm btn-primary" }),
          button("用对方的", "users", () => this.choose(one.key, false), { class: "btn btn-sm" }),
        ),
      ),
    );
  }

  private choose(key: string, isMine: boolean): void {
    const held = this.contested.get(key);
    if (!held) return;
    this.contested.delete(key);
    const group = groupOf(this.form, key);
    group?.classList.remove("is-contested");
    group?.querySelector(".lh-paper-both")?.remove();
    if (isMine && held.earlier.length) {
      this.touched.delete(key);
      const sent = post(this.form.dataset.save ?? "", seenAt(held.earlier, key, held.version));
      void sent.then((response) => (response.ok ? location.reload() : this.onSaveFailed(response)));
    } else if (isMine) {
      setSeen(this.form, key, held.version);
      this.touch(key);
    } else {
      this.touched.delete(key);
      exchange(this.form, key, held.drawn);
      refreshForms();
      this.preview.soon();
      this.backup.keep(this.unsaved());
      this.tell(`第 ${this.version} 版`);
    }
  }

  // ---- what is missing, leaving, acts -----------------------------------------------------------

  private showMissing(missing: Missing[]): void {
    const place = document.querySelector("[data-paper-missing]");
    if (!place) return;
    const names = missing.flatMap(({ field, label }, index) => [index ? "、" : "", html("a", { href: `#field-${field}` }, label)]);
    place.replaceChildren(...names);
    const lamp = place.closest("li")?.querySelector(".lh-lamp span");
    if (lamp) lamp.textContent = missing.length ? "内容还没有填全" : "必填内容已齐";
    const shown = place.closest("li")?.querySelector(".lh-lamp");
    shown?.classList.toggle("is-yellow", missing.length > 0);
    shown?.classList.toggle("is-green", missing.length === 0);
    shown?.querySelector("svg")?.replaceWith(icon(missing.length ? "alert-triangle-filled" : "circle-check-filled", "lh-lamp-sign"));
  }

  private onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    event.stopImmediatePropagation();
    const pressed = event.submitter;
    if (pressed instanceof HTMLButtonElement && pressed.name === "_take") {
      this.touched.delete(pressed.value);
      void this.save(false, [["_field", pressed.value], ["_take", pressed.value]]);
      return;
    }
    void this.save();
  }

  private get isSettled(): boolean {
    return !this.touched.size && !this.contested.size;
  }

  /** An act on the paper waits until what stands in the form is saved. */
  private onAct(event: SubmitEvent, act: HTMLFormElement): void {
    if (this.isSettled) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.save().then(() => {
      act.dataset.confirmed = "yes"; // asked and answered before it came here
      if (this.isSettled) act.requestSubmit(event.submitter);
      else this.form.scrollIntoView();
    });
  }

  private onLeave(event: MouseEvent, link: HTMLAnchorElement): void {
    if (this.isSettled || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    void this.save().then(() => {
      if (this.isSettled) location.assign(link.href);
      else this.form.scrollIntoView();
    });
  }

  private tell(words: string, state: "" | "is-saved" | "is-error" = ""): void {
    const place = this.form.querySelector("[data-live-state]");
    if (!place) return;
    place.textContent = words;
    place.classList.remove("is-saved", "is-error");
    if (state) place.classList.add(state);
  }
}

/** On a phone form and preview are two tabs. */
function followTabs(live: HTMLElement): void {
  const tabs = [...live.querySelectorAll<HTMLButtonElement>("[data-live-tab]")];
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      for (const one of tabs) one.setAttribute("aria-pressed", String(one === tab));
      live.classList.toggle("is-previewing", tab.dataset.liveTab === "preview");
    });
  }
}

/** Brings the form of a paper to life. */
export function mount(host: HTMLElement): void {
  if (!(host instanceof HTMLFormElement)) throw new Error("a paper's form is a form");
  const live = host.closest<HTMLElement>("[data-paper-live]");
  if (live) followTabs(live);
  new PaperForm(host);
}
