// Lists of rows inside a form: a row can be put in below another or taken out; one empty row always
// stands at the end. The server drops rows that are empty.

let next = 0;

function blankOf(list: HTMLElement): HTMLElement | null {
  const template = list.querySelector<HTMLTemplateElement>(":scope > template");
  const row = template?.content.querySelector<HTMLElement>("[data-row]");
  if (!row) return null;
  const fresh = document.importNode(row, true);
  next += 1;
  for (const control of fresh.querySelectorAll<HTMLInputElement>("[name]")) control.name = control.name.replace(".new.", `.n${next}.`);
  return fresh;
}

function isEmpty(row: Element): boolean {
  return [...row.querySelectorAll<HTMLInputElement>("input, select, textarea")].every((control) => !control.value.trim());
}

/** Sees to it that a list ends with an empty row. */
export function keepOpenEnd(list: HTMLElement): void {
  const body = list.querySelector("[data-rows-body]");
  const last = body?.lastElementChild;
  if (!body || (last && isEmpty(last))) return;
  const fresh = blankOf(list);
  if (fresh) body.append(fresh);
}

/** Does what a row's button says; true when the list is another than before. */
export function onRowAct(button: HTMLElement): boolean {
  const row = button.closest<HTMLElement>("[data-row]");
  const list = button.closest<HTMLElement>("[data-rows]");
  if (!row || !list) return false;
  if (button.dataset.rowAct === "insert") {
    const fresh = blankOf(list);
    if (!fresh) return false;
    row.after(fresh);
    fresh.querySelector<HTMLElement>("input, select, textarea")?.focus();
    return false; // an empty row says nothing yet
  }
  const beside = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector<HTMLElement>("input, textarea");
  const wasEmpty = isEmpty(row);
  row.remove();
  keepOpenEnd(list);
  (beside ?? list.querySelector<HTMLElement>("input, textarea"))?.focus();
  return !wasEmpty;
}
