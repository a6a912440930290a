// A long form keeps itself while it is filled: in this browser, for this person, until it is sent
// and taken. What was left is offered when the form is opened again, and put back by the server, so
// that rows which are not on the page yet come back, too. Not for forms about people or cases.

import { html } from "../dom.ts";

export type Entries = [string, string][];
export interface Kept {
  version: string;
  at: string;
  entries: Entries;
}

const PAUSE = 400; // ms after the last keystroke
const OURS = new Set(["csrfmiddlewaretoken", "base", "act"]);

/**
 * What becomes of what was kept, when the form is opened with these entries at this version. A form
 * the server gave back holds what was sent, perhaps with more rows: that is kept in its place.
 */
export function fateOf(
  left: Kept | null,
  version: string,
  shown: Entries,
  isGivenBack = false,
): "none" | "drop" | "offer" | "keep" {
  if (isGivenBack) return "keep";
  if (!left) return "none";
  if (left.version !== version) return "drop";
  return JSON.stringify(left.entries) === JSON.stringify(shown) ? "none" : "offer";
}

/** What is sent to put it back: the server's own part as it stands now, and what was kept. */
export function backOf(kept: Entries, held: Entries): Entries {
  const ours = held.filter(([name]) => OURS.has(name) && name !== "act");
  return [...ours, ...kept, ["act", "more"]];
}

/** What a person put in: a form's entries without what the server put there, and without files. */
export function entriesOf(told: Iterable<[string, FormDataEntryValue]>): Entries {
  return [...told].filter(
    (one): one is [string, string] => typeof one[1] === "string" && !OURS.has(one[0]),
  );
}

function read(name: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? "null") as Kept | null;
    return kept && Array.isArray(kept.entries) ? kept : null;
  } catch {
    return null;
  }
}

function write(name: string, kept: Kept | null): boolean {
  try {
    if (kept) localStorage.setItem(name, JSON.stringify(kept));
    else localStorage.removeItem(name);
    return true;
  } catch {
    return false; // full or switched off: the form itself still holds everything
  }
}

function clock(): string {
  return new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
}

function putBack(form: HTMLFormElement, kept: Kept): void {
  const back = html("form", { method: "post", action: form.action, hidden: true });
  const held: Entries = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
  for (const [name, value] of backOf(kept.entries, held)) {
    back.append(html("input", { type: "hidden", name, value }));
  }
  document.body.append(back);
  back.submit();
}

function offer(form: HTMLFormElement, name: string, kept: Kept): void {
  const again = html("button", { type: "button", class: "btn btn-sm btn-primary" }, "恢复");
  const drop = html("button", { type: "button", class: "btn btn-sm" }, "放弃");
  const said = `上次填写的内容没有提交（自动保存于 ${kept.at}）。`;
  const bar = html("div", { class: "lh-hint-box lh-kept", role: "status" }, html("p", {}, said), again, drop);
  again.addEventListener("click", () => putBack(form, kept));
  drop.addEventListener("click", () => {
    write(name, null);
    bar.remove();
  });
  form.before(bar);
}

/** Keeps `form[data-keeps]` under that name; what was kept of another `data-keeps-version` goes. */
export function keepForms(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-keeps]");
  if (!form) return;
  const name = `liuhen-form-${form.dataset.keeps ?? ""}`;
  const version = form.dataset.keepsVersion ?? "";
  const told = form.querySelector<HTMLElement>("[data-kept]");
  const left = read(name);
  const shown = entriesOf(new FormData(form));
  const fate = fateOf(left, version, shown, form.dataset.keepsSent !== undefined);
  if (fate === "drop") write(name, null);
  else if (fate === "keep") write(name, { version, at: clock(), entries: shown });
  else if (left && fate === "offer") offer(form, name, left);

  let waiting = 0;
  const keep = (): void => {
    const isKept = write(name, { version, at: clock(), entries: entriesOf(new FormData(form)) });
    if (told) told.textContent = isKept ? `已自动保存在本机 ${clock()}` : "本机不能自动保存";
  };
  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", keep); // sent and lost on the way, it is still here
}
