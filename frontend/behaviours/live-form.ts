// A form that saves itself and shows, beside it, the paper it makes. Marked up as
//   <form data-live data-save-url="…" data-preview-url="…" data-preview="id of the preview">
// with a hidden field `revision` (what the person last saw), an element [data-live-state] and,
// for what is still missing, [data-live-missing]. Both addresses take the form by POST:
//   save     200 {revision, saved_at}            409 {detail, remedy}: somebody else saved
//   preview  200 {pages: [{src, width, height}], missing: [{field, label}]}
// Not for deciding what is complete: the server says so.

import { html } from "../dom.ts";
import { clockTime, parse } from "../text/instants.ts";
import { csrfToken } from "./partial-pages.ts";

const PREVIEW_AFTER = 180;
const SAVE_AFTER = 1200;
const TRY_AGAIN_AFTER = 8000;

interface Saved {
  revision: string | number;
  saved_at: string;
}

interface Preview {
  pages: { src: string; width?: number; height?: number }[];
  missing?: { field: string; label: string }[];
}

interface Problem {
  detail?: string;
  remedy?: string;
}

/** Calls `act` once it has been quiet for `wait` ms; `now` calls it at once if it was waiting. */
export function debounced(act: () => void, wait: number): { call(): void; now(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    call() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = undefined;
        act();
      }, wait);
    },
    now() {
      if (timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      act();
    },
  };
}

class LiveForm {
  private readonly saver = debounced(() => void this.save(), SAVE_AFTER);
  private readonly drawer = debounced(() => void this.preview(), PREVIEW_AFTER);
  private drawing: AbortController | null = null;
  private isSaving = false;
  private isDirty = false;
  private isStopped = false;

  constructor(private readonly form: HTMLFormElement) {
    const changed = () => {
      this.isDirty = true;
      this.tell("尚未保存");
      this.saver.call();
      this.drawer.call();
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", () => (this.isDirty = false));
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.saver.now();
    });
    void this.preview();
  }

  private tell(words: string, state: "" | "is-saved" | "is-error" = ""): void {
    const place = this.form.querySelector("[data-live-state]") ?? document.querySelector("[data-live-state]");
    if (!place) return;
    place.textContent = words;
    place.classList.remove("is-saved", "is-error");
    if (state) place.classList.add(state);
  }

  private post(address: string, signal: AbortSignal | null = null): Promise<Response> {
    return fetch(address, {
      method: "POST",
      body: new FormData(this.form),
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
      ...(signal ? { signal } : {}),
    });
  }

  private async save(): Promise<void> {
    const address = this.form.dataset.saveUrl;
    if (!address || this.isStopped) return;
    if (this.isSaving) {
      this.saver.call();
      return;
    }
    this.isSaving = true;
    this.isDirty = false;
    this.tell("正在保存…");
    try {
      const response = await this.post(address);
      if (!response.ok) throw response;
      const saved = (await response.json()) as Saved;
      const revision = this.form.elements.namedItem("revision");
      if (revision instanceof HTMLInputElement) revision.value = String(saved.revision);
      if (!this.isDirty) this.tell(`已保存 ${clockTime(parse(saved.saved_at) ?? 0, false)}`, "is-saved");
    } catch (problem) {
      this.isDirty = true;
      await this.onSaveFailed(problem);
    } finally {
      this.isSaving = false;
    }
  }

  private async onSaveFailed(problem: unknown): Promise<void> {
    if (problem instanceof Response && problem.status === 409) {
      this.isStopped = true;
      const { detail, remedy } = (await problem.json().catch(() => ({}))) as Problem;
      this.tell(`${detail ?? "他人刚刚修改了同一文书，您的修改没有保存。"}${remedy ?? "请复制您的修改，刷新后再填。"}`, "is-error");
      return;
    }
    const isSignedOut = problem instanceof Response && [401, 403].includes(problem.status);
    this.tell(isSignedOut ? "登录已过期，修改没有保存。请在另一窗口登录后继续。" : "保存没有成功，稍后自动再试；请勿关闭本页。", "is-error");
    setTimeout(() => this.saver.call(), TRY_AGAIN_AFTER);
  }

  private async preview(): Promise<void> {
    const address = this.form.dataset.previewUrl;
    const place = document.getElementById(this.form.dataset.preview ?? "");
    if (!address || !place) return;
    this.drawing?.abort();
    this.drawing = new AbortController();
    place.classList.add("is-stale");
    try {
      const response = await this.post(address, this.drawing.signal);
      if (!response.ok) throw response;
      this.showPages(place, (await response.json()) as Preview);
    } catch (problem) {
      if (problem instanceof DOMException && problem.name === "AbortError") return;
      place.replaceChildren(html("p", { class: "lh-quiet" }, "预览暂时画不出来；不影响填写和保存。"));
    }
    place.classList.remove("is-stale");
  }

  private showPages(place: HTMLElement, { pages, missing = [] }: Preview): void {
    const { scrollTop } = place;
    place.replaceChildren(
      ...pages.map((page, index) =>
        html("img", { src: page.src, width: page.width ?? null, height: page.height ?? null, alt: `预览第 ${index + 1} 页，内容与左侧表单相同` }),
      ),
    );
    place.scrollTop = scrollTop;
    const list = document.querySelector("[data-live-missing]");
    list?.replaceChildren(...missing.map((one) => html("li", {}, html("a", { href: `#id_${one.field}` }, one.label))));
    list?.toggleAttribute("hidden", missing.length === 0);
  }
}

/** Brings every marked form to life, once. */
export function followLiveForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-live]:not([data-live-ready])")) {
    form.dataset.liveReady = "yes";
    new LiveForm(form);
  }
}
