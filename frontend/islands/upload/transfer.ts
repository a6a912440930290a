// One file on its way: tus with our own patience (retries that grow, the server's Retry-After, no end
// of tries while the line is down), resuming after a reload by the fingerprint in localStorage, and
// the server's answer about what it stored.

import { DetailedError, Upload } from "tus-js-client";
import { csrfToken } from "../../behaviours/partial-pages.ts";
import { Pace } from "./pace.ts";
import { type Problem, problemOf, retryDelay } from "./problems.ts";
import { Row } from "./row.ts";
import type { UploadData, UploadResult } from "./schema.ts";

// Long enough to be fast, short enough that other people's requests get their turn between two.
const CHUNK = 64 * 1024 * 1024;
/** The bytes came whole and can't be a recording, or are one already: the upload's address says which. */
const REFUSED = 422;
const ASK_FOR_RESULT = { first: 300, most: 4000, tries: 400 };

export type TransferState = "waiting" | "active" | "paused" | "done" | "failed" | "removed";

/** Name under which an unfinished upload is found again: the same file for the same purpose. */
export function fingerprint(file: File, data: UploadData): string {
  const purpose = Object.entries(data.metadata ?? {}).sort().map((pair) => pair.join("=")).join("&");
  return ["liuhen", file.name, file.size, file.lastModified, purpose].join("|");
}

export class Transfer {
  state: TransferState = "waiting";
  readonly row: Row;
  private readonly upload: Upload;
  private readonly pace = new Pace();
  private attempt = 0;
  /** Bytes the server is known to hold. */
  private held = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly file: File,
    data: UploadData,
    private readonly changed: () => void,
  ) {
    this.row = new Row(file.name, file.size, {
      pause: () => void this.pause(),
      resume: () => this.queue(),
      restart: () => this.restart(),
      remove: () => void this.remove(),
    });
    this.upload = new Upload(file, {
      endpoint: data.endpoint ?? "/api/v1/uploads/",
      metadata: {
        filename: file.name,
        filetype: file.type,
        modified: new Date(file.lastModified).toISOString(),
        ...data.metadata,
      },
      fingerprint: () => Promise.resolve(fingerprint(file, data)),
      chunkSize: CHUNK,
      retryDelays: null,
      removeFingerprintOnSuccess: true,
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrfToken()),
      onAfterResponse: (_request, response) => this.onHeld(Number(response.getHeader("Upload-Offset") ?? 0)),
      onProgress: (sent, total) => this.onProgress(sent, total),
      onSuccess: () => void this.settle(),
      onError: (error) => this.onError(error),
    });
    this.row.show("waiting");
  }

  /** Puts it (back) in the queue. */
  queue(): void {
    clearTimeout(this.timer);
    this.attempt = 0;
    this.become("waiting");
    this.row.show("waiting");
    this.changed();
  }

  /** Begins, or goes on from where the server is. */
  async start(): Promise<void> {
    this.become("active");
    this.row.show("sending");
    this.pace.reset();
    if (!this.upload.url) {
      const earlier = await this.upload.findPreviousUploads();
      const newest = earlier.sort((a, b) => b.creationTime.localeCompare(a.creationTime))[0];
      if (newest) this.upload.resumeFromPreviousUpload(newest);
    }
    if (this.state === "active") this.upload.start();
  }

  async pause(): Promise<void> {
    clearTimeout(this.timer);
    this.become("paused");
    this.row.show("paused");
    await this.upload.abort();
    this.changed();
  }

  /** Takes it off the list; what the server has of it is given up too. */
  async remove(): Promise<void> {
    clearTimeout(this.timer);
    const wasDone = this.state === "done";
    this.become("removed");
    this.row.element.remove();
    this.changed();
    await this.upload.abort(!wasDone && this.upload.url !== null).catch(() => undefined);
  }

  /** Fails it before anything was sent. */
  refuse(problem: Problem): void {
    this.become("failed");
    this.row.show("failed", problem);
  }

  private restart(): void {
    this.upload.url = null;
    this.queue();
  }

  private become(state: TransferState): void {
    this.state = state;
  }

  /** Patience starts anew only when the server holds more than before. */
  private onHeld(bytes: number): void {
    if (bytes <= this.held) return;
    this.held = bytes;
    this.attempt = 0;
  }

  private onProgress(told: number, total: number): void {
    const sent = Math.min(told, total);
    this.pace.note(performance.now(), sent);
    this.row.progress(sent, total, this.pace.speed, this.pace.left(total - sent));
  }

  private onError(error: Error): void {
    if (this.state !== "active") return;
    const response = error instanceof DetailedError ? error.originalResponse : null;
    if (response?.getStatus() === REFUSED && this.upload.url) {
      void this.settle();
      return;
    }
    const problem = problemOf(response?.getStatus() ?? 0, response?.getBody() ?? "");
    const delay = problem.isPassing ? retryDelay(this.attempt, Number(response?.getHeader("Retry-After")) || null) : null;
    if (delay === null) {
      this.become("failed");
      this.row.show("failed", problem);
      this.changed();
      return;
    }
    this.attempt += 1;
    this.row.show("retrying", problem);
    this.timer = setTimeout(() => {
      if (this.state === "active") {
        this.row.show("sending");
        this.upload.start();
      }
    }, delay * 1000);
  }

  /** The line is back: don't wait for the next try. */
  wake(): void {
    if (this.state !== "active" || this.row.element.dataset.state !== "retrying") return;
    clearTimeout(this.timer);
    this.row.show("sending");
    this.upload.start();
  }

  /** All bytes are there: shows what the server made of them. */
  private async settle(): Promise<void> {
    this.row.progress(this.file.size, this.file.size, null, null);
    this.row.show("checking");
    const result = await this.result();
    if (result?.state === "refused" && result.is_duplicate) {
      this.become("done");
      this.row.stored(result);
    } else if (result?.state === "refused") {
      this.become("failed");
      this.row.show("failed", {
        message: result.message ?? "服务器校验后没有接受这个文件",
        remedy: result.remedy ?? "原始文件请勿删除，告诉系统管理人员",
        isPassing: false,
        isLost: true,
        isHopeless: true,
      });
    } else if (result) {
      this.become("done");
      this.row.stored(result);
    } else {
      this.become("failed");
      this.row.show("failed", problemOf(504));
    }
    this.changed();
  }

  /** What became of the bytes: asked until the server has hashed and stored them. */
  private async result(): Promise<UploadResult | null> {
    let wait = ASK_FOR_RESULT.first;
    for (let tries = 0; tries < ASK_FOR_RESULT.tries && this.upload.url; tries += 1) {
      try {
        const response = await fetch(this.upload.url, { headers: { Accept: "application/json" } });
        if (response.ok && response.headers.get("Content-Type")?.includes("json")) {
          const result = (await response.json()) as UploadResult;
          if (result.state === "stored" || result.state === "refused") return result;
          if (result.state === "receiving") return null;
        } else if (response.status < 500) return null;
      } catch {
        // The line is down: the bytes are safe, only the answer is still to come.
      }
      await new Promise((done) => setTimeout(done, wait));
      wait = Math.min(ASK_FOR_RESULT.most, wait * 1.5);
    }
    return null;
  }
}
