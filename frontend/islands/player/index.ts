// Plays one recording: wall clock, speed, single pictures, bookmarks, its place in the activity, a
// watermark with the viewer. Bytes come in ranges from the server, which registers the viewing
// before the first of them; nothing here grants anything.

import { csrfToken } from "../../behaviours/partial-pages.ts";
import { notice } from "../../behaviours/controls.ts";
import { button, html, icon, islandData } from "../../dom.ts";
import { instantExact, parse } from "../../text/instants.ts";
import type { Bookmark, PagesData, PlayerData } from "./schema.ts";
import { excerptPart } from "./excerpts.ts";
import { keyHelp, SINGLE, STEERING } from "./keys.ts";
import { activityPart, bookmarkList, bookmarkStrip, soundStrip, stillWords } from "./strips.ts";
import { frameStep, nextSpeed, position, SPEEDS } from "./timing.ts";
import { watermark } from "./watermark.ts";

const ERRORS: Record<number, string> = {
  1: "播放被中止，请刷新页面再试。",
  2: "网络中断，录像没有载入完。恢复后点播放继续。",
  3: "这段文件有损坏，播放到这里不能继续；原始文件仍按原样保存。可拖动进度跳过。",
  4: "浏览器不能播放这种编码，或者没有查看权限。系统会另做可播放的副本，请稍后刷新；原始文件不变。",
};

function worded(shown: string, told: string, act: () => void): HTMLButtonElement {
  const element = html("button", { type: "button", class: "btn btn-sm", "aria-label": told, title: told }, shown);
  element.addEventListener("click", act);
  return element;
}

class Player {
  private readonly media: HTMLVideoElement | HTMLAudioElement;
  private readonly clock = html("output", { class: "lh-pl-clock", "aria-label": "拍摄时刻" });
  private readonly place = html("span", { class: "lh-pl-position" });
  private readonly slider = html("input", { type: "range", class: "lh-pl-slider", min: 0, max: 1, step: 0.01, value: 0, "aria-label": "播放位置" });
  private readonly play = button("播放", "player-play-filled", () => this.toggle(), { wordless: true, class: "btn btn-primary lh-pl-play" });
  private readonly speed = html("select", { class: "form-select form-select-sm lh-pl-speed", "aria-label": "播放速度" });
  private readonly problem = html("p", { class: "lh-pl-problem", role: "alert", hidden: true });
  private readonly marksPlace = html("div", { class: "lh-pl-marks-place" });
  private readonly listPlace = html("div");
  private readonly stage: HTMLElement;
  private readonly startedAt: number | null;
  /** The moment a bookmark is being written for, in ms; null: the one that is shown when it is done. */
  private markedAt: number | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly data: PlayerData,
  ) {
    this.startedAt = parse(data.started_at);
    const isVideo = data.kind === "video";
    this.media = isVideo
      ? html("video", { playsinline: true, preload: "metadata", poster: data.poster ?? null, disablepictureinpicture: true })
      : html("audio", { preload: "metadata" });
    this.media.src = data.src;
    this.stage = html(
      "div",
      { class: `lh-pl-stage is-${data.kind}`, tabindex: 0, role: "group", "aria-label": `${data.name}。空格播放，左右键跳 5 秒，逗号句号逐帧，方括号变速，B 加标记，S 截取画面` },
      this.media,
      isVideo ? null : icon("microphone", "lh-pl-sound"),
      watermark(data.watermark.viewer, data.watermark.note),
      html("div", { class: "lh-pl-wall" }, this.clock),
    );
    host.replaceChildren(this.stage, this.problem, this.controls(), this.below());
    this.listen();
    this.redraw();
    this.tell();
  }

  private get durationMs(): number {
    return Number.isFinite(this.media.duration) ? this.media.duration * 1000 : (this.data.duration_ms ?? 0);
  }

  private controls(): HTMLElement {
    for (const speed of SPEEDS) this.speed.append(html("option", { value: speed, selected: speed === 1 }, `${speed} 倍`));
    this.speed.addEventListener("change", () => (this.media.playbackRate = Number(this.speed.value)));
    const isVideo = this.data.kind === "video";
    return html(
      "div",
      { class: "lh-pl-controls" },
      html("div", { class: "lh-pl-track" }, this.marksPlace, this.slider),
      html(
        "div",
        { class: "lh-pl-buttons" },
        this.play,
        worded("−5 秒", "后退 5 秒", () => this.jump(-5)),
        worded("+5 秒", "前进 5 秒", () => this.jump(5)),
        isVideo ? worded("‹ 帧", "上一帧", () => this.frame(-1)) : null,
        isVideo ? worded("帧 ›", "下一帧", () => this.frame(1)) : null,
        this.place,
        html("span", { class: "lh-tl-bar-gap" }),
        this.speed,
        button("静音", "volume", () => (this.media.muted = !this.media.muted), { wordless: true }),
        isVideo ? button("全屏", "maximize", () => void this.fullScreen(), { wordless: true }) : null,
      ),
    );
  }

  private below(): HTMLElement {
    const { data } = this;
    const add = data.bookmark_url ? this.bookmarkForm() : null;
    const still = stillWords(data);
    return html(
      "div",
      { class: "lh-pl-below" },
      data.proxy ? html("p", { class: "lh-pl-note" }, `浏览器不能直接播放原件，这里播放的是转码副本（SHA-256 ${data.proxy.sha256.slice(0, 12)}…，由原件 ${data.proxy.original.slice(0, 12)}… 生成）；原件未改动。`) : null,
      still.length ? html("p", { class: "lh-pl-note is-warning" }, icon("alert-triangle"), `${still.join("；")}，请核对当时是否在记录。`) : null,
      data.sheet ? html("details", { class: "lh-pl-sheet" }, html("summary", {}, "画面一览"), html("img", { src: data.sheet, alt: "按时间均匀截取的画面", loading: "lazy" })) : null,
      html("section", { class: "lh-pl-bookmarks" }, html("h3", {}, "标记"), this.listPlace, add),
      excerptPart(data, () => Math.round(this.media.currentTime * 1000)),
      activityPart(this.data, this.durationMs),
      keyHelp([...STEERING, ...SINGLE.filter(([key]) => this.has(key))]),
    );
  }

  /** Whether there is anything for a key to do. */
  private has(key: string): boolean {
    if (key === "B") return Boolean(this.data.bookmark_url);
    if (key === "S") return Boolean(this.data.still_url);
    return key !== "F" || this.data.kind === "video";
  }

  private bookmarkForm(): HTMLElement {
    const label = html("input", { class: "form-control form-control-sm", name: "label", maxlength: 200, placeholder: "说明，可不填", "aria-label": "标记内容" });
    const kinds = this.data.bookmark_kinds ?? [];
    const kind = html("select", { class: "form-select form-select-sm", name: "kind", "aria-label": "标记类别" }, ...kinds.map((one) => html("option", { value: one.value }, one.label)));
    label.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.stage.focus();
    });
    label.addEventListener("blur", () => {
      label.placeholder = "说明，可不填";
      if (!label.value && !form.contains(document.activeElement)) this.markedAt = null;
    });
    const form = html("form", { class: "lh-pl-add" }, kinds.length ? kind : null, label, html("button", { type: "submit", class: "btn btn-sm" }, icon("bookmark"), "加标记"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      void this.addBookmark(form);
    });
    return form;
  }

  private async addBookmark(form: HTMLFormElement): Promise<void> {
    const body = new FormData(form);
    body.set("at_ms", String(this.markedAt ?? Math.round(this.media.currentTime * 1000)));
    const response = await fetch(this.data.bookmark_url ?? "", { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" } }).catch(() => null);
    if (!response?.ok) {
      const told = (await response?.json().catch(() => null)) as { detail?: string } | null;
      notice(told?.detail ?? "标记没有保存，请稍后再试。");
      return;
    }
    this.data.bookmarks.push((await response.json()) as Bookmark);
    form.reset();
    this.markedAt = null;
    this.redraw();
    if (form.contains(document.activeElement)) this.stage.focus();
  }

  private async withdraw(mark: Bookmark): Promise<void> {
    const response = await fetch(mark.withdraw_url ?? "", { method: "POST", headers: { "X-CSRFToken": csrfToken() } }).catch(() => null);
    if (!response?.ok) return notice("标记没有撤回，请稍后再试。");
    this.data.bookmarks = this.data.bookmarks.filter((one) => one !== mark);
    this.redraw();
  }

  private redraw(): void {
    const seek = (seconds: number) => {
      this.media.currentTime = seconds;
    };
    const sound = soundStrip(this.data, this.durationMs);
    this.marksPlace.replaceChildren(bookmarkStrip(this.data.bookmarks, this.durationMs, seek), ...(sound ? [sound] : []));
    this.listPlace.replaceChildren(bookmarkList(this.data.bookmarks, this.startedAt, seek, (mark) => void this.withdraw(mark)));
  }

  private tell(): void {
    const at = this.media.currentTime;
    this.slider.max = String(this.durationMs / 1000 || 1);
    this.slider.value = String(at);
    this.slider.setAttribute("aria-valuetext", position(at));
    this.place.textContent = `${position(at)} / ${position(this.durationMs / 1000)}`;
    this.clock.textContent = this.startedAt === null ? "拍摄时刻未知" : instantExact(this.startedAt + at * 1000);
  }

  private toggle(): void {
    if (!this.media.paused) this.media.pause();
    else void this.media.play().catch(() => undefined); // told by the error event
  }

  private jump(seconds: number): void {
    this.media.currentTime = Math.max(0, Math.min(this.durationMs / 1000, this.media.currentTime + seconds));
  }

  private frame(direction: 1 | -1): void {
    this.media.pause();
    this.media.currentTime = frameStep(this.media.currentTime, direction, this.data.frames_per_second);
  }

  private setSpeed(direction: 1 | -1): void {
    this.media.playbackRate = nextSpeed(this.media.playbackRate, direction);
  }

  private async fullScreen(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.stage.requestFullscreen().catch(() => undefined); // refused by the device: stays as it is
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest("input:not([type=range]), select, textarea")) return;
    const acts: Record<string, () => void> = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.jump(-5),
      ArrowRight: () => this.jump(5),
      ",": () => this.frame(-1),
      ".": () => this.frame(1),
      "[": () => this.setSpeed(-1),
      "]": () => this.setSpeed(1),
      m: () => (this.media.muted = !this.media.muted),
      f: () => void this.fullScreen(),
      b: () => this.beginMark(),
      s: () => this.host.querySelector<HTMLButtonElement>("[data-key=s]")?.click(),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || (event.key === " " && (event.target as Element).closest("button"))) return;
    event.preventDefault();
    act();
  }

  /** The moment of the key counts, not the one at which the words are written. */
  private beginMark(): void {
    const label = this.host.querySelector<HTMLInputElement>(".lh-pl-add [name=label]");
    if (!label) return;
    this.markedAt = Math.round(this.media.currentTime * 1000);
    label.placeholder = `${position(this.markedAt / 1000)} 处的说明，可不填，回车保存`;
    label.focus();
  }

  private listen(): void {
    const { media } = this;
    for (const name of ["timeupdate", "seeked", "durationchange", "loadedmetadata"] as const) media.addEventListener(name, () => this.tell());
    media.addEventListener("loadedmetadata", () => this.redraw());
    const onPlaying = () => {
      const words = media.paused ? "播放" : "暂停";
      this.play.setAttribute("aria-label", words);
      this.play.title = words;
      this.play.replaceChildren(icon(media.paused ? "player-play-filled" : "player-pause-filled"));
      if (!media.paused) requestAnimationFrame(() => this.followPicture());
    };
    for (const name of ["play", "pause", "ended"] as const) media.addEventListener(name, onPlaying);
    media.addEventListener("ratechange", () => (this.speed.value = String(media.playbackRate)));
    media.addEventListener("error", () => {
      this.problem.textContent = ERRORS[media.error?.code ?? 4] ?? "播放出错，请刷新页面再试。";
      this.problem.hidden = false;
    });
    media.addEventListener("playing", () => (this.problem.hidden = true));
    media.addEventListener("contextmenu", (event) => event.preventDefault());
    media.addEventListener("click", () => this.toggle());
    this.slider.addEventListener("input", () => (media.currentTime = Number(this.slider.value)));
    this.host.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** The clock runs with the picture, not with the four times a second of timeupdate. */
  private followPicture(): void {
    this.tell();
    if (!this.media.paused) requestAnimationFrame(() => this.followPicture());
  }
}

function showPhoto(host: HTMLElement, data: PlayerData): void {
  const startedAt = parse(data.started_at);
  host.replaceChildren(
    html(
      "div",
      { class: "lh-pl-stage is-photo" },
      html("img", { src: data.src, alt: data.name }),
      watermark(data.watermark.viewer, data.watermark.note),
      html("div", { class: "lh-pl-wall" }, startedAt === null ? "拍摄时刻未知" : instantExact(startedAt)),
    ),
  );
}

function showPages(host: HTMLElement, data: PagesData): void {
  const pages = data.pages.map((src, place) =>
    html(
      "figure",
      { class: "lh-pl-page" },
      html(
        "div",
        { class: "lh-pl-stage is-photo" },
        src === null
          ? html("p", { class: "lh-pl-note is-warning" }, "这一页的图像还没有生成，或者这一页已损坏。请稍后刷新；原始文件不变。")
          : html("img", { src, alt: `${data.name}，第 ${place + 1} 页`, loading: place < 2 ? "eager" : "lazy" }),
        watermark(data.watermark.viewer, data.watermark.note),
      ),
      html("figcaption", {}, `第 ${place + 1} 页，共 ${data.pages.length} 页`),
    ),
  );
  host.replaceChildren(...pages);
}

/** Brings a player to life. */
export function mount(host: HTMLElement): void {
  const data = islandData<PlayerData | PagesData>(host);
  if (!data) return;
  if (data.kind === "scan") showPages(host, data);
  else if (data.kind === "photo") showPhoto(host, data);
  else new Player(host, data);
}
