// How fast an upload goes and when it will be done. Pure: fed with (time, bytes) pairs.

export class Pace {
  private seen: { at: number; bytes: number }[] = [];

  /** Notes how many bytes had gone at a time in milliseconds. */
  note(at: number, bytes: number): void {
    this.seen.push({ at, bytes });
    this.seen = this.seen.filter((one) => at - one.at <= 8000);
  }

  /** Forgets; after a pause the old pace says nothing. */
  reset(): void {
    this.seen = [];
  }

  /** Bytes per second over the last eight seconds; null while too little is known. */
  get speed(): number | null {
    const first = this.seen[0];
    const last = this.seen.at(-1);
    if (!first || !last || last.at - first.at < 500) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  /** Seconds until `remaining` bytes have gone; null while unknown. */
  left(remaining: number): number | null {
    const { speed } = this;
    return speed && speed > 0 ? remaining / speed : null;
  }
}
