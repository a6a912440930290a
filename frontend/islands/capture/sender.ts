// Sends what waits on the phone, one after the other, and goes on where it broke off. A take leaves
// the phone only when the server says that it is stored.

import { DetailedError, Upload } from "tus-js-client";
import { problemOf, retryDelay, type Problem } from "../upload/problems.ts";
import type { UploadResult } from "../upload/schema.ts";
import { corrected } from "./server.ts";
import * as store from "./store.ts";
import type { KnownFacts, PhoneClock, Take, Thing } from "./schema.ts";

// Small, so that a line that breaks often still gets on.
const CHUNK = 4 * 1024 * 1024;
// Larger ones would have to be in memory whole to be hashed here.
const MOST_HASHED = 64 * 1024 * 1024;

async function sha256(bytes: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await bytes.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What goes with the bytes: who looks at it later knows when, where and what was marked. */
export function metadataOf(one: Take, now: PhoneClock | null, digest: string): Record<string, string> {
  // What was known when it began; a phone that knew nothing then may have learned it since.
  const clock = one.clock ?? now;
  const position = one.position && { ...one.position, at: corrected(Date.parse(one.position.at), clock) };
  return {
    filename: one.name,
    filetype: one.mime,
    source: "phone",
    started_at: corrected(one.started_at, clock),
    ended_at: corrected(one.started_at + one.duration_ms, clock),
    ...(clock ? { clock_offset_ms: String(clock.offset_ms), clock_within_ms: String(clock.within_ms), clock_age_ms: String(one.started_at - clock.measured_at) } : {}),
    moments: JSON.stringify(one.moments),
    ...(one.activity ? { activity: one.activity } : {}),
    ...(position ? { position: JSON.stringify(position) } : {}),
    ...(one.broken ? { break: one.broken } : {}),
    ...(digest ? { sha256: digest } : {}),
  };
}

export class Sender {
  private isBusy = false;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly facts: () => KnownFacts | null,
    private readonly changed: () => void,
    private readonly lost: () => void,
  ) {}

  /** Sends whatever waits; called whenever something new waits or the line is back. */
  async run(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    clearTimeout(this.timer);
    try {
      for (let next = await this.next(); next; next = await this.next()) {
        if (!(await this.send(next))) return;
      }
      await this.sendThings();
    } finally {
      this.isBusy = false;
      this.changed();
    }
  }

  private async next(): Promise<Take | undefined> {
    const mine = this.facts()?.person.id;
    const waiting = (await store.takes()).filter((one) => one.state === "waiting" || one.state === "sending");
    return waiting.find((one) => one.person === mine);
  }

  /** Whether to go on with the next one. */
  private async send(one: Take): Promise<boolean> {
    const bytes = await store.bytesOf(one);
    const digest = bytes.size <= MOST_HASHED ? await sha256(bytes) : "";
    await this.story(one, { state: "sending", problem: null });
    const problem = await this.transfer(one, bytes, digest);
    if (problem === null) {
      await this.settle(one);
      return true;
    }
    if (problem.isLost) {
      await this.story(one, { state: "waiting", upload_url: null, sent: 0 });
      return true;
    }
    const told = { message: problem.message, remedy: problem.remedy };
    await this.story(one, { state: "waiting", problem: told });
    if (problem.isPassing) this.later();
    else this.lost();
    return false;
  }

  private later(): void {
    this.lost();
    const delay = retryDelay(Math.min(this.attempt, 8), null) ?? 30;
    this.attempt += 1;
    this.timer = setTimeout(() => void this.run(), delay * 1000);
  }

  private transfer(one: Take, bytes: Blob, digest: string): Promise<Problem | null> {
    return new Promise((resolve) => {
      const upload = new Upload(bytes, {
        endpoint: "/api/v1/uploads/",
        uploadUrl: one.upload_url,
        metadata: metadataOf(one, this.facts()?.clock ?? null, digest),
        chunkSize: CHUNK,
        retryDelays: null,
        storeFingerprintForResuming: false,
        onBeforeRequest: (request) => request.setHeader("X-CSRFToken", this.facts()?.csrf ?? ""),
        onUploadUrlAvailable: () => void this.story(one, { upload_url: upload.url }),
        onChunkComplete: (_size, sent) => {
          this.attempt = 0;
          void this.story(one, { sent });
        },
        onSuccess: () => resolve(null),
        onError: (error) => {
          const response = error instanceof DetailedError ? error.originalResponse : null;
          // 422: the server looked at the whole file and won't have it; it is asked why.
          const status = response?.getStatus() ?? 0;
          resolve(status === 422 ? null : problemOf(status, response?.getBody() ?? ""));
        },
      });
      upload.start();
    });
  }

  /** The bytes are there; what became of them? Only then they leave the phone. */
  private async settle(one: Take): Promise<void> {
    const response = await fetch(one.upload_url ?? "", { headers: { Accept: "application/json" } }).catch(() => null);
    const result = response?.ok ? ((await response.json()) as UploadResult) : null;
    if (result?.state === "stored" || (result?.state === "refused" && result.is_duplicate)) {
      Object.assign(one, { state: "stored", sent: one.size, sha256: result.sha256 ?? "", problem: null });
      one.recording = result.recording_href?.split("/").at(-2) ?? null;
      await store.release(one);
    } else if (result?.state === "refused") {
      const { message = "服务器没有接受这段记录", remedy = "请保存到手机，告诉系统管理人员" } = result;
      await this.story(one, { state: "refused", problem: { message, remedy } });
    } else {
      await this.story(one, { state: "waiting" });
      this.later();
    }
    this.changed();
  }

  private async story(one: Take, more: Partial<Take>): Promise<void> {
    Object.assign(one, more);
    await store.putTake(one);
    this.changed();
  }

  private async sendThings(): Promise<void> {
    const facts = this.facts();
    if (!facts) return;
    for (const one of await store.things()) {
      if (one.state !== "waiting" || one.person !== facts.person.id) continue;
      const photo = one.photo ? await store.take(one.photo) : null;
      if (one.photo && photo?.state !== "stored") continue;
      if (!(await this.sendThing(one, photo?.recording ?? null, facts))) return;
    }
  }

  private async sendThing(one: Thing, photo: string | null, facts: KnownFacts): Promise<boolean> {
    const { id, activity, name, quantity, note } = one;
    const told = { id, activity, name, quantity, note, photo, listed_at: corrected(one.listed_at, facts.clock ?? null) };
    let response: Response;
    try {
      response = await fetch("/api/v1/capture/things", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": facts.csrf },
        body: JSON.stringify(told),
      });
    } catch {
      this.later();
      return false;
    }
    if (response.ok) Object.assign(one, { state: "stored", problem: null });
    else {
      const { message, remedy, isPassing } = problemOf(response.status, await response.text());
      Object.assign(one, { state: isPassing || response.status < 400 ? "waiting" : "refused", problem: { message, remedy } });
    }
    await store.putThing(one);
    this.changed();
    return true;
  }
}
