// The fields of a paper's form: which were touched, what they send, and their exchange for what the
// server draws. A field is [data-paper-field=KEY]; its controls are named KEY, KEY.part, KEY.row.part.

export type Entries = [name: string, value: string][];

/** The field a control's name belongs to: of "evidence.0.name" and "_seen.evidence" it is evidence. */
export function fieldOf(name: string): string {
  const parts = name.split(".");
  return (parts[0] === "_seen" ? parts[1] : parts[0]) ?? "";
}

/** Of what a form sends, what belongs to one field. */
export function ofField(entries: Entries, key: string): Entries {
  return entries.filter(([name, value]) => (name === "_field" ? value : fieldOf(name)) === key);
}

/** What the form sends for some of its fields, in the order of the page. */
export function entriesOf(form: HTMLFormElement, keys: ReadonlySet<string>): Entries {
  const entries: Entries = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string") continue;
    const key = name === "_field" ? value : fieldOf(name);
    if (keys.has(key)) entries.push([name, value]);
  }
  return entries;
}

/** The fields somebody wrote in before this program had come. */
export function typedIn(form: HTMLFormElement): Set<string> {
  const named = [...form.elements].filter((one) => one.getAttribute("name"));
  return new Set(named.filter(isTyped).map((one) => fieldOf(one.getAttribute("name") ?? "")));
}

function isTyped(control: Element): boolean {
  if (control instanceof HTMLTextAreaElement) return control.value !== control.defaultValue;
  if (!(control instanceof HTMLInputElement) || control.type === "hidden") return false;
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  // As the browser writes it: an instant without its seconds of zero.
  const drawn = document.createElement("input");
  drawn.type = control.type;
  drawn.value = control.defaultValue;
  return control.value !== drawn.value;
}

/** The same entries, said to be taken from another version of one field. */
export function seenAt(entries: Entries, key: string, version: number): Entries {
  return entries.map(([name, value]) => (name === `_seen.${key}` ? [name, String(version)] : [name, value]));
}

/** The group of controls of a field. */
export function groupOf(form: HTMLFormElement, key: string): HTMLElement | null {
  return form.querySelector<HTMLElement>(`[data-paper-field="${CSS.escape(key)}"]`);
}

/** Notes the version a field's content was taken from. */
export function setSeen(form: HTMLFormElement, key: string, version: number): void {
  const seen = form.elements.namedItem(`_seen.${key}`);
  if (seen instanceof HTMLInputElement) seen.value = String(version);
}

/** Puts a field as the server draws it in the place of the one that stands there. */
export function exchange(form: HTMLFormElement, key: string, drawn: string): void {
  const group = groupOf(form, key);
  const fresh = new DOMParser().parseFromString(drawn, "text/html").querySelector("[data-paper-field]");
  if (!group || !fresh) return;
  const taken = document.importNode(fresh, true);
  taken.classList.add("is-fresh");
  group.replaceWith(taken);
}

/** Says under a field what is wrong with it; nothing at all takes the words away. */
export function tellWrong(form: HTMLFormElement, key: string, words: string): void {
  const group = groupOf(form, key);
  const place = group?.querySelector<HTMLElement>("[data-paper-error]");
  if (!group || !place) return;
  place.textContent = words;
  place.hidden = !words;
  group.classList.toggle("is-wrong", Boolean(words));
  for (const control of group.querySelectorAll("input, select, textarea")) control.toggleAttribute("aria-invalid", Boolean(words));
}
