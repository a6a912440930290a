// Keeps every deadline on the page fresh, by the system's clock and not the reader's.

import { now } from "../server-clock.ts";
import { instant, parse } from "../text/instants.ts";
import { deadlineTone, deadlineWords } from "../text/spans.ts";

const TONES = ["is-green", "is-yellow", "is-red"];

function refresh(element: HTMLTimeElement, at: number): void {
  const due = parse(element.dateTime);
  const words = element.querySelector("[data-due-words]");
  if (due === null || !words) return;
  const fresh = deadlineWords(due, at);
  if (words.textContent !== fresh) words.textContent = fresh;
  const tone = `is-${deadlineTone(due, parse(element.dataset.warn) ?? due, at)}`;
  if (!element.classList.contains(tone)) {
    element.classList.remove(...TONES);
    element.classList.add(tone);
  }
}

function refreshAll(): void {
  const at = now();
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-due]")) refresh(element, at);
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-clock]")) {
    const words = instant(at);
    if (element.textContent !== words) element.textContent = words;
  }
}

/** Starts the one clock of the page. */
export function keepDeadlines(): void {
  refreshAll();
  setInterval(refreshAll, 10_000);
  document.addEventListener("visibilitychange", refreshAll);
  document.addEventListener("htmx:afterSettle", refreshAll);
}
