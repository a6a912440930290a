// Filming on a phone, with or without a network: films, records, photographs, lists things, marks
// moments; everything stays on the phone until the server has it.

import { button, html, icon, islandData } from "../../dom.ts";
import { cameraProblem, obstacle, openStream, photograph, Place } from "./camera.ts";
import { length, queueList } from "./queue-list.ts";
import { newTake, Recording, type About } from "./recording.ts";
import { Sender } from "./sender.ts";
import { ask, clockWords, type Line } from "./server.ts";
import * as store from "./store.ts";
import { thingForm } from "./thing-form.ts";
import type { KnownFacts, Take, TakeKind } from "./schema.ts";

type Mode = TakeKind | "things";
const MODES: { mode: Mode; words: string; icon: string }[] = [
  { mode: "video", words: "录像", icon: "video" },
  { mode: "audio", words: "录音", icon: "microphone" },
  { mode: "photo", words: "拍照", icon: "photo" },
  { mode: "things", words: "物品", icon: "list-details" },
];
const LINES: Record<Line, string> = {
  unknown: "正在连接",
  online: "已联网，拍完自动上传",
  offline: "没有网络，照常拍摄，联网后自动上传",
  signed_out: "登录已过期，照常拍摄，登录后自动上传",
};
const ASK_EVERY_MS = 20_000;
const LITTLE_ROOM = 300e6;
const NO_ROOM = 60e6;
const WAITS = "已存入手机，等待上传。";

class Capture {
  private mode: Mode = "video";
  private line: Line = "unknown";
  private facts: KnownFacts | null = null;
  private stream: MediaStream | null = null;
  private looking: Promise<boolean> = Promise.resolve(false);
  private recording: Recording | null = null;
  private awake: WakeLockSentinel | null = null;
  private readonly place = new Place();
  private readonly sender = new Sender(() => this.facts, () => void this.showQueue(), () => void this.connect());
  private readonly lamp = html("p", { class: "lh-cap-line", role: "status" });
  private readonly activity = html("select", { class: "form-select", id: "lh-cap-activity" });
  private readonly tabs = html("div", { class: "lh-cap-modes", role: "group", "aria-label": "拍什么" });
  private readonly seen = html("video", { class: "lh-cap-seen", muted: true, playsinline: true, "aria-label": "取景" });
  private readonly clock = html("span", { class: "lh-cap-clock" });
  private readonly where = html("span", { class: "lh-cap-where" });
  private readonly shutter = html("button", { type: "button", class: "lh-cap-shutter" });
  private readonly moments = html("div", { class: "lh-cap-moments", role: "group", "aria-label": "标记正在发生的事" });
  private readonly things = html("div", { hidden: true });
  private readonly words = html("p", { class: "lh-cap-words", role: "status", "aria-live": "polite" });
  private readonly stage = html("div", { class: "lh-cap-stage" }, this.seen, this.clock, this.where);
  private readonly queue = html("section", { class: "lh-cap-queue", "aria-labelledby": "lh-cap-queue-title" });

  constructor(host: HTMLElement) {
    this.seen.muted = true;
    this.shutter.addEventListener("click", () => void this.press());
    this.things.append(thingForm({
      person: () => this.facts?.person.id ?? null,
      activity: () => this.activity.value || null,
      photograph: () => this.takePhoto(),
      listed: () => void this.changed(),
      say: (words) => this.say(words),
    }));
    host.replaceChildren(
      this.lamp,
      html("div", { class: "lh-field" }, html("label", { class: "form-label", for: "lh-cap-activity" }, "执法活动"), this.activity),
      this.tabs, this.stage, this.words, this.moments,
      html("div", { class: "lh-cap-act" }, this.shutter), this.things, this.queue,
    );
  }

  async begin(): Promise<void> {
    await this.rescue();
    this.facts = await store.knownFacts();
    this.showFacts();
    this.choose("video");
    await this.connect();
    setInterval(() => void this.connect(), ASK_EVERY_MS);
    setInterval(() => this.tick(), 250);
    window.addEventListener("online", () => void this.connect());
    window.addEventListener("offline", () => void this.connect());
    window.addEventListener("beforeunload", (event) => {
      if (this.recording) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.keepAwake();
    });
  }

  /** What an earlier page was filming when it was closed: its seconds are on the disk. */
  private async rescue(): Promise<void> {
    for (const one of await store.takes()) {
      if (one.state === "sending") await store.putTake({ ...one, state: "waiting" });
      if (one.state !== "recording") continue;
      if (one.pieces) await store.putTake({ ...one, state: "waiting", broken: "page_closed" });
      else await store.forget(one);
    }
  }

  private async connect(): Promise<void> {
    const { line, facts } = await ask();
    this.line = line;
    this.facts = facts;
    this.showFacts();
    if (line === "online") await this.sender.run();
    else await this.showQueue();
  }

  private showFacts(): void {
    const { facts } = this;
    const isOut = this.line === "signed_out";
    this.lamp.dataset.line = this.line;
    this.lamp.replaceChildren(
      icon(this.line === "online" ? "circle-check" : "wifi-off"), html("span", {}, LINES[this.line]),
      ...(isOut ? [html("a", { href: "/accounts/login/?next=/phone/" }, "去登录")] : []),
      ...(facts ? [html("span", { class: "lh-quiet" }, facts.person.name), html("span", { class: "lh-quiet lh-cap-phone-clock" }, clockWords(facts.clock ?? null, Date.now()))] : []),
    );
    const chosen = this.activity.value;
    const options = (facts?.activities ?? []).map((one) =>
      html("option", { value: one.id }, `${one.case} ${one.name}${one.place ? ` ${one.place}` : ""}${one.ended_at ? "（已结束）" : ""}`));
    const wanted = chosen || new URLSearchParams(location.search).get("activity") || facts?.activities.find((one) => !one.ended_at)?.id || "";
    this.activity.replaceChildren(html("option", { value: "" }, "以后再关联"), ...options);
    this.activity.value = [...this.activity.options].some((one) => one.value === wanted) ? wanted : "";
    if (!this.moments.childElementCount) this.offerMoments();
  }

  private offerMoments(): void {
    const offered = this.facts?.moments ?? [];
    this.moments.replaceChildren(...offered.map(({ value, label }) => button(label, "bookmark", () => this.mark(value, label))));
    this.moments.hidden = this.recording === null;
  }

  private choose(mode: Mode): void {
    if (this.recording) return;
    this.mode = mode;
    this.tabs.replaceChildren(...MODES.map((one) => {
      const tab = button(one.words, one.icon, () => this.choose(one.mode));
      tab.setAttribute("aria-pressed", String(one.mode === mode));
      return tab;
    }));
    this.things.hidden = mode !== "things";
    this.stage.classList.toggle("is-audio", mode === "audio");
    this.showShutter();
    void this.look();
  }

  private showShutter(): void {
    const isOn = this.recording !== null;
    const words = this.mode === "photo" ? "拍照" : isOn ? "停止" : this.mode === "audio" ? "开始录音" : "开始录像";
    this.shutter.parentElement?.toggleAttribute("hidden", this.mode === "things");
    this.shutter.classList.toggle("is-on", isOn);
    this.shutter.replaceChildren(html("span", { class: "lh-cap-dot", "aria-hidden": "true" }), html("span", {}, words));
  }

  /** Shows what the camera sees, with the sound that the mode needs; one after the other. */
  private look(): Promise<boolean> {
    this.looking = this.looking.then(() => this.openCamera());
    return this.looking;
  }

  private async openCamera(): Promise<boolean> {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    try {
      this.stream = await openStream(this.mode === "things" ? "photo" : this.mode);
    } catch (error) {
      const { message, remedy } = cameraProblem(error);
      this.say(`${message}。${remedy}。`);
      return false;
    }
    this.seen.srcObject = this.stream;
    await this.seen.play().catch(() => undefined);
    this.place.follow(() => this.showPlace());
    return true;
  }

  private showPlace(): void {
    const { current, problem } = this.place;
    if (current) this.recording?.isAt(current);
    this.where.textContent = current ? `位置误差约 ${Math.round(current.accuracy_m)} 米` : problem;
  }

  private about(): About {
    const activity = this.activity.value || null;
    return {
      person: this.facts?.person.id ?? "",
      activity,
      activity_name: activity ? (this.activity.selectedOptions[0]?.textContent ?? "") : "",
      position: this.place.current,
      clock: this.facts?.clock ?? null,
    };
  }

  private async press(): Promise<void> {
    if (this.mode === "photo") {
      if (await this.takePhoto()) this.say("已拍下。");
    } else if (this.recording) this.recording.stop();
    else await this.film(this.mode === "audio" ? "audio" : "video");
  }

  private async film(kind: "video" | "audio"): Promise<void> {
    if (!this.facts) return this.say("这台手机还没有登录过。请联网登录一次，以后没有网络也能拍摄。");
    const left = await store.room();
    if (left !== null && left < NO_ROOM) return this.say("手机存储已满，不能拍摄。请联网上传或清理后再拍。");
    await this.looking;
    if (!this.stream?.active && !(await this.look())) return;
    const resumed = (await store.takes()).filter((one) => one.activity === (this.activity.value || null)).at(-1);
    this.recording = new Recording(this.stream as MediaStream, kind, this.about(), (take) => void this.ended(take));
    const isBroken = Boolean(resumed?.broken);
    this.say(
      isBroken ? "上一段记录中断了。请对着手机说明中断的原因和时间，再点“说明中断原因”。"
        : left !== null && left < LITTLE_ROOM ? "手机存储快满了，请尽快上传。" : "正在记录，内容每秒存入手机。");
    this.offerMoments();
    this.activity.disabled = true;
    this.showShutter();
    await this.showQueue();
    await this.keepAwake();
  }

  private mark(kind: string, label: string): void {
    this.recording?.mark(kind);
    this.say(`已标记：${label}。`);
  }

  private async ended(take: Take): Promise<void> {
    this.recording = null;
    this.activity.disabled = false;
    this.moments.hidden = true;
    this.showShutter();
    this.clock.textContent = "";
    this.say(take.broken ? "拍摄中途停止，此前的内容已保住。" : WAITS);
    await this.awake?.release();
    if (take.broken === "device_fault") void this.look();
    await this.changed();
  }

  private async takePhoto(): Promise<Take | null> {
    if (!this.facts) {
      this.say("这台手机还没有登录过。请联网登录一次，以后没有网络也能拍摄。");
      return null;
    }
    try {
      await this.looking;
      if (!this.stream?.getVideoTracks().some((one) => one.readyState === "live")) await this.look();
      const picture = await photograph(this.seen);
      const take = newTake("photo", "image/jpeg", this.about());
      await store.addPiece(take, picture);
      await store.putTake({ ...take, state: "waiting" });
      void this.changed();
      return { ...take, state: "waiting" };
    } catch (error) {
      const { message, remedy } = cameraProblem(error);
      this.say(`${message}。${remedy}。`);
      return null;
    }
  }

  /** Something new waits: show it and send it. */
  private async changed(): Promise<void> {
    await this.showQueue();
    if (this.line === "online") void this.sender.run();
  }

  private async showQueue(): Promise<void> {
    const mine = this.facts?.person.id;
    const takes = (await store.takes()).filter((one) => one.person === mine && one.state !== "recording");
    const things = (await store.things()).filter((one) => one.person === mine);
    const waiting = takes.filter((one) => one.state !== "stored").length + things.filter((one) => one.state !== "stored").length;
    const stored = takes.filter((one) => one.state === "stored");
    for (const old of stored.slice(0, -20)) await store.forget(old);
    this.queue.dataset.waiting = String(waiting);
    if (!waiting && this.words.textContent === WAITS) this.say("");
    const none = this.recording ? "正在拍摄的还没有入库" : "手机上的记录都已入库";
    this.queue.replaceChildren(
      html("h2", { id: "lh-cap-queue-title" }, waiting ? `手机上还有 ${waiting} 件没有入库` : none),
      queueList(takes, things, this.facts?.clock ?? null),
    );
  }

  private tick(): void {
    if (this.recording) this.clock.textContent = length(this.recording.elapsed_ms);
  }

  private say(words: string): void {
    this.words.textContent = words;
  }

  /** A phone that falls asleep stops filming: keep its screen on. */
  private async keepAwake(): Promise<void> {
    if (!this.recording || !("wakeLock" in navigator)) return;
    this.awake = await navigator.wakeLock.request("screen").catch(() => null);
  }
}

async function install(host: HTMLElement, worker: string): Promise<void> {
  try {
    await navigator.serviceWorker.register(worker, { scope: "/phone/" });
  } catch {
    host.prepend(html("p", { class: "lh-cap-problem" },
      "这台手机还没有信任本单位的证书，离线后打不开本页。", html("a", { href: "/phone/trust/" }, "怎样信任证书")));
  }
}

/** Brings the capture page to life, or says why it can't film. */
export function mount(host: HTMLElement): void {
  const problem = obstacle();
  if (problem) {
    host.replaceChildren(html("div", { class: "lh-cap-problem", role: "alert" },
      html("b", {}, `${problem.message}。`), html("p", {}, `${problem.remedy}。`),
      html("a", { class: "btn btn-primary", href: "/phone/trust/" }, "怎样打开拍摄")));
    return;
  }
  const data = islandData<{ worker: string }>(host);
  const capture = new Capture(host);
  if (data && "serviceWorker" in navigator) void install(host, data.worker);
  void capture.begin();
}
