// Several cameras of one activity side by side. One clock, the wall's: every player follows it, and
// where a camera filmed nothing it says so. Time in which nobody filmed is passed over.

import { button, html, icon, islandData, svg } from "../../dom.ts";
import { clockTime, instantExact, parse } from "../../text/instants.ts";
import { keyHelp, STEERING } from "../player/keys.ts";
import { soundStrip } from "../player/strips.ts";
import { gapWords, nextSpeed, share, SPEEDS } from "../player/timing.ts";
import { watermark } from "../player/watermark.ts";
import type { CamerasData, CameraTrack } from "./schema.ts";
import { hasStrayed, nextShown, placeOf, stepped, wholeOf } from "./step.ts";

const percent = (value: number): string => `${value.toFixed(3)}%`;

class Camera {
  readonly from: number;
  readonly to: number;
  /** Pictures a second; none of a sound. */
  readonly frames: number | null;
  readonly media: HTMLVideoElement | HTMLAudioElement;
  readonly element: HTMLElement;
  private readonly away = html("p", { class: "lh-cams-away" }, "此时没有拍摄");

  constructor(readonly track: CameraTrack, data: CamerasData) {
    this.from = parse(track.started_at) ?? 0;
    this.to = parse(track.ended_at) ?? this.from;
    this.frames = track.kind === "video" ? track.frames_per_second : null;
    this.media = track.kind === "video"
      ? html("video", { playsinline: true, preload: "auto", disablepictureinpicture: true })
      : html("audio", { preload: "auto" });
    this.media.src = track.src;
    this.media.addEventListener("contextmenu", (event) => event.preventDefault());
    this.element = html(
      "figure",
      { class: "lh-cams-one" },
      html("div", { class: `lh-pl-stage is-${track.kind}` }, this.media, track.kind === "audio" && icon("microphone", "lh-pl-sound"), watermark(data.watermark.viewer, data.watermark.note), this.away),
      html("figcaption", {}, html("span", {}, track.name), html("span", { class: "lh-quiet" }, `${clockTime(this.from)} 至 ${clockTime(this.to)}`)),
    );
  }

  /** Follows the wall clock. */
  follow(wall: number, isPlaying: boolean, speed: number): void {
    const place = placeOf(wall, this.from, this.to);
    this.away.hidden = place !== null;
    if (place === null) {
      if (!this.media.paused) this.media.pause();
      return;
    }
    this.media.playbackRate = speed;
    if (!isPlaying || hasStrayed(this.media.currentTime, place, speed)) {
      if (Math.abs(this.media.currentTime - place) > 0.02) this.media.currentTime = place;
    }
    if (isPlaying && this.media.paused) void this.media.play().catch(() => undefined);
    if (!isPlaying && !this.media.paused) this.media.pause();
  }
}

class Cameras {
  private wall: number;
  private isPlaying = false;
  private speed = 1;
  private last = 0;
  private heard = 0;
  private readonly cameras: Camera[];
  private readonly whole: { from: number; to: number };
  private readonly clock = html("output", { class: "lh-pl-clock", "aria-label": "拍摄时刻" });
  private readonly slider = html("input", { type: "range", class: "lh-pl-slider", step: 40, "aria-label": "时刻" });
  private readonly play = button("播放", "player-play-filled", () => this.toggle(), { wordless: true, class: "btn btn-primary lh-pl-play" });
  private readonly speeds = html("select", { class: "form-select form-select-sm lh-pl-speed", "aria-label": "播放速度" });
  private readonly wave = html("div", {});
  private readonly sound = html("select", { class: "form-select form-select-sm", "aria-label": "听哪一路" });

  constructor(host: HTMLElement, private readonly data: CamerasData) {
    this.cameras = data.tracks.map((track) => new Camera(track, data));
    this.whole = wholeOf(this.cameras);
    this.wall = this.whole.from;
    this.slider.min = String(this.whole.from);
    this.slider.max = String(this.whole.to);
    for (const speed of SPEEDS) this.speeds.append(html("option", { value: speed, selected: speed === 1 }, `${speed} 倍`));
    this.cameras.forEach((one, number) => this.sound.append(html("option", { value: number }, `听 ${one.track.name}`)));
    this.sound.append(html("option", { value: -1 }, "静音"));
    const jump = (words: string, told: string, act: () => void) => {
      const element = html("button", { type: "button", class: "btn btn-sm", "aria-label": told, title: told }, words);
      element.addEventListener("click", act);
      return element;
    };
    const grid = html("div", { class: "lh-cams-grid", "data-count": this.cameras.length }, ...this.cameras.map((one) => one.element));
    host.replaceChildren(html(
      "div",
      { class: "lh-cams", tabindex: 0, role: "group", "aria-label": `${data.name}。空格播放，左右键跳 5 秒，逗号句号逐帧，方括号变速` },
      grid,
      html("div", { class: "lh-pl-controls" },
        html("div", { class: "lh-pl-track" }, this.strip(), this.wave, this.slider),
        html("div", { class: "lh-pl-buttons" }, this.play, jump("−5 秒", "后退 5 秒", () => this.seek(this.wall - 5000)), jump("+5 秒", "前进 5 秒", () => this.seek(this.wall + 5000)), jump("‹ 帧", "上一帧", () => this.step(-1)), jump("帧 ›", "下一帧", () => this.step(1)), this.clock, html("span", { class: "lh-tl-bar-gap" }), this.sound, this.speeds)),
      this.marks(),
      keyHelp(STEERING),
    ));
    this.listen(host);
    this.hear();
    this.tell();
    this.followAll();
  }

  /** Who filmed when, and what nobody filmed. */
  private strip(): SVGSVGElement {
    const high = this.cameras.length * 8 + 4;
    const strip = svg("svg", { class: "lh-pl-activity-strip", width: "100%", height: high, "aria-hidden": "true" });
    this.cameras.forEach((one, number) => {
      const place = share(one.from, one.to, this.whole);
      if (place) strip.append(svg("rect", { class: one.track.kind === "video" ? "lh-track-video" : "lh-track-audio", x: percent(place.x), width: percent(Math.max(0.3, place.width)), y: number * 8 + 2, height: 6 }, svg("title", {}, one.track.name)));
    });
    for (const gap of this.data.gaps) {
      const [from, to] = [parse(gap.started_at) ?? 0, parse(gap.ended_at) ?? 0];
      const place = share(from, to, this.whole);
      if (place) strip.append(svg("rect", { class: "lh-track-gap", x: percent(place.x), width: percent(Math.max(0.3, place.width)), y: 0, height: high }, svg("title", {}, gapWords(from, to, gap.words))));
    }
    return strip;
  }

  private marks(): HTMLElement {
    const lines = this.data.bookmarks.map((mark) => {
      const at = parse(mark.at) ?? this.whole.from;
      const go = html("button", { type: "button", class: "lh-pl-go" }, html("time", {}, clockTime(at)), html("span", {}, mark.label));
      go.addEventListener("click", () => this.seek(at));
      return html("li", {}, go, html("span", { class: "lh-quiet" }, this.cameras[mark.track]?.track.name ?? ""));
    });
    const gaps = this.data.gaps.map((gap) => {
      const [from, to] = [parse(gap.started_at) ?? 0, parse(gap.ended_at) ?? 0];
      return html("li", { class: "lh-red" }, `${clockTime(from)} 至 ${clockTime(to)}　${gapWords(from, to, gap.words)}`);
    });
    return html("ul", { class: "lh-pl-list" }, ...lines, ...gaps);
  }

  private seek(wall: number): void {
    this.wall = Math.max(this.whole.from, Math.min(this.whole.to - 1, wall));
    this.followAll();
    this.tell();
  }

  private step(direction: 1 | -1): void {
    this.seek(stepped(this.wall, direction, this.cameras));
  }

  /** The sound of the camera that is heard, where it stands in the whole. */
  private hear(): void {
    const one = this.cameras[this.heard];
    const strip = one && soundStrip(one.track, one.to - one.from);
    const place = strip && share(one.from, one.to, this.whole);
    if (!strip || !place) {
      this.wave.replaceChildren();
      return;
    }
    strip.setAttribute("x", percent(place.x));
    strip.setAttribute("width", percent(place.width));
    this.wave.replaceChildren(svg("svg", { class: "lh-pl-sound-strip", width: "100%", height: 40, "aria-hidden": "true" }, strip));
  }

  private toggle(): void {
    this.isPlaying = !this.isPlaying;
    this.last = performance.now();
    const words = this.isPlaying ? "暂停" : "播放";
    this.play.setAttribute("aria-label", words);
    this.play.replaceChildren(icon(this.isPlaying ? "player-pause-filled" : "player-play-filled"));
    this.followAll();
    if (this.isPlaying) requestAnimationFrame((at) => this.tick(at));
  }

  private tick(at: number): void {
    if (!this.isPlaying) return;
    // Whoever waits for bytes holds the clock for all, so that none falls behind.
    const isWaiting = this.cameras.some((one) => placeOf(this.wall, one.from, one.to) !== null && one.media.readyState < 2 && !one.media.error);
    if (!isWaiting) this.wall += Math.max(0, at - this.last) * this.speed;
    this.last = at;
    const next = nextShown(this.wall, this.cameras);
    if (next === null) {
      this.toggle();
      return;
    }
    this.wall = next;
    this.followAll();
    this.tell();
    requestAnimationFrame((later) => this.tick(later));
  }

  private followAll(): void {
    this.cameras.forEach((one, number) => {
      one.media.muted = number !== this.heard;
      one.follow(this.wall, this.isPlaying, this.speed);
    });
  }

  private tell(): void {
    this.slider.value = String(this.wall);
    this.clock.textContent = instantExact(this.wall);
    this.slider.setAttribute("aria-valuetext", instantExact(this.wall));
  }

  private setSpeed(speed: number): void {
    this.speed = speed;
    this.speeds.value = String(speed);
    this.followAll();
  }

  private listen(host: HTMLElement): void {
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
    this.speeds.addEventListener("change", () => this.setSpeed(Number(this.speeds.value)));
    this.sound.addEventListener("change", () => {
      this.heard = Number(this.sound.value);
      this.hear();
      this.followAll();
    });
    host.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest("select, input:not([type=range])")) return;
      const acts: Record<string, () => void> = {
        " ": () => this.toggle(),
        ArrowLeft: () => this.seek(this.wall - 5000),
        ArrowRight: () => this.seek(this.wall + 5000),
        ",": () => this.step(-1),
        ".": () => this.step(1),
        "[": () => this.setSpeed(nextSpeed(this.speed, -1)),
        "]": () => this.setSpeed(nextSpeed(this.speed, 1)),
      };
      const act = acts[event.key];
      if (!act || (event.key === " " && (event.target as Element).closest("button"))) return;
      event.preventDefault();
      act();
    });
  }
}

/** Brings the cameras of an activity to life. */
export function mount(host: HTMLElement): void {
  const data = islandData<CamerasData>(host);
  if (data?.tracks.length) new Cameras(host, data);
}
