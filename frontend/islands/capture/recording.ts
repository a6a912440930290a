// One take being made: every second of it is on the phone's disk before the next begins.

import { nameOf, recordedType } from "./camera.ts";
import { addPiece, putTake } from "./store.ts";
import type { PhoneClock, Position, Take, TakeKind } from "./schema.ts";

const PIECE_MS = 1000;
const VIDEO_BITS = 2_500_000;

export interface About {
  person: string;
  activity: string | null;
  activity_name: string;
  position: Position | null;
  clock: PhoneClock | null;
}

/** A take that begins now. */
export function newTake(kind: TakeKind, mime: string, about: About): Take {
  const started_at = Date.now();
  return {
    ...about,
    id: crypto.randomUUID(),
    kind,
    mime,
    name: nameOf(kind, started_at, mime),
    started_at,
    duration_ms: 0,
    moments: [],
    state: "recording",
    size: 0,
    pieces: 0,
    sent: 0,
    upload_url: null,
    broken: "",
    problem: null,
    sha256: "",
    recording: null,
  };
}

export class Recording {
  readonly take: Take;
  private readonly recorder: MediaRecorder;
  private readonly begun = performance.now();
  private writing: Promise<void> = Promise.resolve();

  /** Begins at once. `ended` hears of the end, also of one that nobody wanted. */
  constructor(stream: MediaStream, kind: "video" | "audio", about: About, ended: (take: Take) => void) {
    const mimeType = recordedType(kind);
    this.recorder = new MediaRecorder(stream, {
      ...(mimeType ? { mimeType } : {}),
      ...(kind === "video" ? { videoBitsPerSecond: VIDEO_BITS } : {}),
    });
    this.take = newTake(kind, (this.recorder.mimeType || mimeType).split(";")[0] || `${kind}/webm`, about);
    this.writing = putTake(this.take);
    this.recorder.ondataavailable = (event) => this.write(event.data);
    this.recorder.onerror = () => this.stop("device_fault");
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.stop("device_fault"));
    this.recorder.onstop = () => {
      this.writing = this.writing.then(async () => {
        this.take.state = "waiting";
        await putTake(this.take).catch(() => undefined); // full: found again at the next start
        ended(this.take);
      });
    };
    this.recorder.start(PIECE_MS);
  }

  get elapsed_ms(): number {
    return Math.round(performance.now() - this.begun);
  }

  /** Marks what is happening now. */
  mark(kind: string): void {
    this.take.moments.push({ kind, at_ms: this.elapsed_ms });
    this.writing = this.writing.then(() => putTake(this.take)).catch(() => this.stop("storage_full"));
  }

  /** The place, known only after the beginning: kept with the take like a mark. */
  isAt(position: Position): void {
    if (this.take.position) return;
    this.take.position = position;
    this.writing = this.writing.then(() => putTake(this.take)).catch(() => this.stop("storage_full"));
  }

  stop(why: Take["broken"] = ""): void {
    if (this.recorder.state === "inactive") return;
    this.take.duration_ms = this.elapsed_ms;
    this.take.broken = why;
    this.recorder.stop();
  }

  private write(piece: Blob): void {
    if (!piece.size) return;
    this.writing = this.writing
      .then(() => {
        this.take.duration_ms = Math.max(this.take.duration_ms, this.recorder.state === "recording" ? this.elapsed_ms : 0);
        return addPiece(this.take, piece);
      })
      .catch(() => {
        // The phone is full: what is written stays, and nobody films on in vain.
        this.stop("storage_full");
      });
  }
}
