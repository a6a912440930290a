// Our clock in figures and as a code for each second. It shows no time that it doesn't know to a
// tenth of a second: a camera's clock is measured by what is filmed here.

import { html, islandData, svg } from "../../dom.ts";
import { measured } from "../capture/server.ts";
import type { ClockData, SecondCode, Told } from "./schema.ts";
import { due, path, systemNow, type Known } from "./showing.ts";

const ASK_MS = 15_000;
const AGAIN_MS = 2000;
const MARGIN = 4;

const steady = () => performance.timeOrigin + performance.now();

class Clock {
  private known: Known | null = null;
  private codes: SecondCode[] = [];
  private readonly day = html("p", { class: "lh-clock-day" });
  private readonly time = html("p", { class: "lh-clock-time" });
  private readonly code = html("div", { class: "lh-clock-code", role: "img", "aria-label": "系统此刻时间的二维码" });
  private readonly words = html("p", { class: "lh-clock-words", role: "status" }, "正在与服务器对时…");

  constructor(private readonly host: HTMLElement, private readonly address: string) {}

  start(): void {
    this.host.replaceChildren(this.code, html("div", { class: "lh-clock-told" }, this.day, this.time, this.words));
    void this.ask();
    this.tick();
  }

  private async ask(): Promise<void> {
    if (!this.host.isConnected) return;
    const asked = steady();
    try {
      const response = await fetch(this.address, { cache: "no-store", headers: { Accept: "application/json" } });
      const came = steady();
      if (!response.ok || response.redirected) throw new TypeError("no codes");
      const told = (await response.json()) as Told;
      this.known = { clock: measured(asked + told.taken_ms, came, told.now), apart: Date.now() - steady() };
      this.codes = told.codes;
    } catch {
      // What came before is shown until it runs out.
    }
    setTimeout(() => void this.ask(), this.now() === null ? AGAIN_MS : ASK_MS);
  }

  private now(): number | null {
    return systemNow(this.known, steady(), Date.now());
  }

  private tick(): void {
    if (!this.host.isConnected) return;
    const now = this.now();
    this.show(now === null ? null : due(this.codes, now));
    setTimeout(() => this.tick(), now === null ? 200 : 1000 - (now % 1000));
  }

  private show(code: SecondCode | null): void {
    this.host.dataset.shown = code?.at ?? "";
    this.day.textContent = code?.at.slice(0, 10) ?? "";
    this.time.textContent = code?.at.slice(11, 19) ?? "";
    const side = (code?.rows.length ?? 0) + 2 * MARGIN;
    this.code.replaceChildren(...(code ? [svg("svg", { viewBox: `${-MARGIN} ${-MARGIN} ${side} ${side}`, "shape-rendering": "crispEdges" }, svg("path", { d: path(code.rows) }))] : []));
    const words = code ? "与服务器时间相差不到 0.1 秒" : "与服务器的连接太慢或者中断，时间不够准，暂不显示";
    if (this.known && this.words.textContent !== words) this.words.textContent = words;
  }
}

/** Brings the island to life. */
export function mount(host: HTMLElement): void {
  const data = islandData<ClockData>(host);
  if (data) new Clock(host, data.codes).start();
}
