// The paper beside its form, drawn by the server with what stands in the form. One drawing is under
// way at a time: what is typed meanwhile is drawn right after it.

import { html } from "../../dom.ts";
import { csrfToken } from "../../behaviours/partial-pages.ts";
import type { Entries } from "./fields.ts";

/** Quiet for so long after a key, a drawing begins, ms. */
const AFTER = 60;

export interface Missing {
  field: string;
  label: string;
}

interface Drawn {
  pages: { digest: string; src: string | null }[];
  missing: Missing[];
  wrong: Record<string, string>;
}

/** Posts entries of a form; the answer is JSON. */
export function post(address: string, entries: Entries, options: RequestInit = {}): Promise<Response> {
  const body = new URLSearchParams(entries);
  const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
  return fetch(address, { method: "POST", body, headers, ...options });
}

export class PaperPreview {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isDrawing = false;
  private isOutdated = false;

  constructor(
    private readonly place: HTMLElement,
    private readonly address: string,
    private readonly entries: () => Entries,
    private readonly onDrawn: (drawn: { missing: Missing[]; wrong: Record<string, string> }) => void,
  ) {}

  /** The form has changed: draw soon. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.draw(), AFTER);
  }

  private async draw(): Promise<void> {
    if (this.isDrawing) {
      this.isOutdated = true;
      return;
    }
    this.isDrawing = true;
    this.isOutdated = false;
    this.place.classList.add("is-stale");
    try {
      const shown = [...this.place.querySelectorAll("img")].map((page) => page.dataset.digest ?? "");
      const response = await post(this.address, [...this.entries(), ["_pages", shown.join(",")]]);
      if (!response.ok) throw response;
      const drawn = (await response.json()) as Drawn;
      this.show(drawn.pages);
      this.onDrawn(drawn);
      this.place.classList.remove("is-stale");
    } catch {
      // The pages on show stay, marked as old; writing and saving go on.
    } finally {
      this.isDrawing = false;
      if (this.isOutdated) void this.draw();
    }
  }

  private show(pages: Drawn["pages"]): void {
    const old = [...this.place.querySelectorAll("img")];
    const shown = pages.map(({ digest, src }, index) => {
      const page = old[index] ?? html("img", { width: 794, height: 1123 });
      const same = src ?? old.find((one) => one.dataset.digest === digest)?.src;
      if (same && page.dataset.digest !== digest) page.src = same;
      page.alt = `预览第 ${index + 1} 页，内容与表单相同`;
      return { page, digest };
    });
    for (const { page, digest } of shown) page.dataset.digest = digest;
    for (const page of old.slice(pages.length)) page.remove();
    for (const { page } of shown) if (!page.isConnected) this.place.append(page);
  }
}
