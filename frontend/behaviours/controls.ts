// Small behaviours of marked-up elements, all by delegation, so that they also hold for what htmx
// brings later: copying, stamping a moment, writing the present time, closing menus, asking before an act, sending once.

import { html, icon } from "../dom.ts";
import { now } from "../server-clock.ts";
import { clockTime, wallSecond } from "../text/instants.ts";

async function copy(button: HTMLElement): Promise<void> {
  const words = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.classList.add("is-done");
    if (words) words.textContent = "已复制";
  } catch {
    // No clipboard without a secure address: show the whole, so that it can be copied by hand.
    const shown = button.parentElement?.querySelector("code");
    if (shown) shown.textContent = button.dataset.copy ?? "";
    if (words) words.textContent = "请手动复制";
  }
}

/** Records the present moment (the system's clock) in the field named by the button. */
function stamp(button: HTMLElement): void {
  const form = button.closest("form");
  const field = form?.elements.namedItem(button.dataset.stamp ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  const moment = now();
  field.value = new Date(moment).toISOString();
  const words = button.parentElement?.querySelector("[data-stamp-words]");
  if (words) words.textContent = `已记 ${clockTime(moment)}`;
  button.classList.add("is-done");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Writes the present second into the date and time field named by the button. */
function writeNow(button: HTMLElement): void {
  const field = button.closest("form")?.elements.namedItem(button.dataset.now ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  field.value = wallSecond(now());
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function ask(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const { confirm = "", confirmTitle = "请确认", confirmAct = "确认办理" } = form.dataset;
  const dialog = html(
    "dialog",
    { class: "lh-dialog", "aria-labelledby": "lh-ask" },
    html("div", { class: "lh-dialog-body" }, html("h2", { id: "lh-ask" }, confirmTitle), html("p", {}, confirm)),
  );
  const back = html("button", { type: "button", class: "btn" }, "再想想");
  const go = html("button", { type: "button", class: "btn btn-primary" }, confirmAct);
  back.addEventListener("click", () => dialog.close());
  go.addEventListener("click", () => {
    form.dataset.confirmed = "yes";
    dialog.close();
    form.requestSubmit(submitter);
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(html("div", { class: "lh-dialog-foot" }, back, go));
  document.body.append(dialog);
  dialog.showModal();
  back.focus();
}

/** Asks first, before anything else of the page hears of the sending. */
function onAsking(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.dataset.confirm && form.dataset.confirmed !== "yes") {
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter);
    return;
  }
  delete form.dataset.confirmed;
}

/** Comes last: a form that something held back (an unsigned signature) was not sent. */
function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.method === "dialog" || event.defaultPrevented) return;
  // A second press must not do a thing twice; the server refuses it too, this only spares the wait.
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const pressed = event.submitter;
  pressed?.classList.add("is-busy");
  pressed?.setAttribute("aria-busy", "true");
  const release = () => {
    delete form.dataset.sent;
    pressed?.classList.remove("is-busy");
    pressed?.removeAttribute("aria-busy");
  };
  form.addEventListener("htmx:afterRequest", release, { once: true });
  // What answers with a file leaves the page as it is: it may be asked for again at once.
  setTimeout(release, "file" in form.dataset ? 2_000 : 20_000);
}

function onClick(event: MouseEvent): void {
  const target = event.target as Element;
  const copied = target.closest<HTMLElement>("[data-copy]");
  if (copied) void copy(copied);
  const stamped = target.closest<HTMLElement>("[data-stamp]");
  if (stamped) stamp(stamped);
  const present = target.closest<HTMLElement>("[data-now]");
  if (present) writeNow(present);
  const filled = target.closest<HTMLElement>("[data-fill-login]");
  if (filled) fillLogin(filled);
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}

function fillLogin(account: HTMLElement): void {
  const set = (id: string, value: string) => {
    const field = document.getElementById(id);
    if (field instanceof HTMLInputElement) field.value = value;
  };
  set("id_login", account.dataset.fillLogin ?? "");
  set("id_password", account.dataset.fillPassword ?? "");
  document.querySelector<HTMLElement>(".lh-login [type=submit]")?.focus();
}

/** Signing or refusing: shows the part that was chosen. */
function onSignMode(event: Event): void {
  const input = event.target as HTMLInputElement;
  if (!input.matches?.("[data-sign-mode]")) return;
  const frame = input.closest("[data-sign]");
  for (const part of frame?.querySelectorAll<HTMLElement>("[data-sign-part]") ?? []) {
    part.hidden = part.dataset.signPart !== input.value;
  }
}

/** A refusal or a list of errors takes the focus, so that nobody has to look for it. */
export function focusRefusal(within: ParentNode = document): void {
  const refusal = within.querySelector<HTMLElement>("[data-focus]");
  refusal?.focus({ preventScroll: true });
  refusal?.scrollIntoView({ block: "center" });
}

/** Brings the step under way into sight, past those that are done. */
function showCurrentStep(): void {
  const step = document.querySelector<HTMLElement>(".lh-step[aria-current]");
  if (!step || document.querySelector("[data-focus]") || location.hash) return;
  if (step.getBoundingClientRect().top > window.innerHeight * 0.6) step.scrollIntoView({ block: "start" });
}

/** A page kept by the browser is stale in its buttons: release them when it comes back. */
function onShow(event: PageTransitionEvent): void {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent;
  for (const pressed of document.querySelectorAll(".is-busy")) pressed.classList.remove("is-busy");
}

/** Puts the behaviours in force. */
export function listenToControls(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("change", onSignMode);
  document.addEventListener("submit", onAsking, { capture: true });
  document.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  window.addEventListener("pageshow", onShow);
  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll<HTMLDetailsElement>("details.lh-more, details.lh-duty-why")) folded.open = true;
  });
  focusRefusal();
  showCurrentStep();
}

/** A notice among the messages of the page, in words of ours. */
export function notice(words: string, tone: "error" | "warning" | "success" = "error"): void {
  const sign = { error: "alert-octagon-filled", warning: "alert-triangle-filled", success: "circle-check-filled" }[tone];
  const place = document.getElementById("notices");
  place?.replaceChildren(html("div", { class: `lh-notice is-${tone}`, role: tone === "error" ? "alert" : null }, icon(sign), html("div", {}, words)));
  place?.scrollIntoView({ block: "nearest" });
}
