// Sliders over the moments of a case: each place is told in words, to the eye and to a screen reader,
// and buttons move the first slider by one. Without scripts the form is sent and the server does it.

function words(): readonly string[] {
  const told = document.getElementById("moment-words")?.textContent;
  return told ? (JSON.parse(told) as string[]) : [];
}

function tell(slider: HTMLInputElement, told: readonly string[]): void {
  const place = Number(slider.value);
  const text = place === 0 ? (slider.dataset.momentZero ?? "") : (told[place - 1] ?? "");
  slider.setAttribute("aria-valuetext", text);
  const output = document.querySelector<HTMLOutputElement>(`output[for="${slider.id}"]`);
  if (output) output.value = text;
}

/** Follows the sliders of `form[data-moments]`, when there is one. */
export function followMoments(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-moments]");
  if (!form) return;
  const told = words();
  // With scripts these move the slider; they send nothing of their own.
  for (const button of form.querySelectorAll<HTMLButtonElement>("[data-moment-step]")) {
    button.type = "button";
    button.removeAttribute("name");
  }
  const [first, second] = form.querySelectorAll<HTMLInputElement>("input[type=range]");
  form.addEventListener("input", (event) => {
    const slider = event.target;
    if (!(slider instanceof HTMLInputElement) || slider.type !== "range") return;
    // Until somebody chooses what to compare with, it is the moment before.
    if (slider === first && second && !second.dataset.isChosen) {
      second.value = String(Number(first.value) - 1);
      tell(second, told);
    } else if (slider === second) second.dataset.isChosen = "1";
    tell(slider, told);
  });
  form.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-moment-step]");
    if (!button || !first) return;
    event.preventDefault();
    first.value = String(Number(first.value) + Number(button.dataset.momentStep));
    first.dispatchEvent(new Event("input", { bubbles: true }));
    first.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
