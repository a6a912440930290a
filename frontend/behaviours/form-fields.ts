// Fields that depend on one another inside one form. Without scripts everything is shown and typed;
// what is right is decided by the server in any case.
//   <select data-fills='{"code": {"cause": "…", "basis": "…"}}'>   choosing fills other fields
//   <div data-when="penalty=fine">, data-when="form=oral,written"   shown while a field has a value

type Fills = Record<string, Record<string, string>>;

function fill(select: HTMLSelectElement): void {
  const fills = JSON.parse(select.dataset.fills ?? "{}") as Fills;
  for (const [name, text] of Object.entries(fills[select.value] ?? {})) {
    const field = select.form?.elements.namedItem(name);
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) continue;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** The values a form's fields of one name have: chosen boxes, or what stands in the field. */
export function valuesOf(form: HTMLFormElement, name: string): string[] {
  return new FormData(form).getAll(name).filter((value) => typeof value === "string");
}

/** Whether a condition such as "form=oral,written" holds for the values of its field. */
export function holds(condition: string, values: (name: string) => string[]): boolean {
  const [name = "", wanted = ""] = condition.split("=");
  return values(name).some((value) => wanted.split(",").includes(value));
}

function showWhatApplies(form: HTMLFormElement): void {
  for (const part of form.querySelectorAll<HTMLElement>("[data-when]")) {
    part.hidden = !holds(part.dataset.when ?? "", (name) => valuesOf(form, name));
  }
}

/** Shows and hides parts of every form on the page as its fields stand now. */
export function refreshForms(): void {
  for (const part of document.querySelectorAll<HTMLElement>("form [data-when]")) {
    const form = part.closest("form");
    if (form) showWhatApplies(form);
  }
}

/** Puts the behaviours in force. */
export function listenToFields(): void {
  refreshForms();
  document.addEventListener("change", (event) => {
    const target = event.target as HTMLElement;
    if (target instanceof HTMLSelectElement && target.dataset.fills) fill(target);
    const form = target.closest("form");
    if (form) showWhatApplies(form);
  });
}
