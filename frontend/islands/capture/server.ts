// Asking the server who is signed in, what is under way, and what time it is. Not for sending takes.

import { keepFacts, knownFacts } from "./store.ts";
import { spanWords } from "../../text/spans.ts";
import type { KnownFacts, PhoneClock, ServerFacts } from "./schema.ts";

const FRESH_MS = 5 * 60_000;
const FAR_MS = 3_600_000;

export type Line = "unknown" | "online" | "offline" | "signed_out";

/** What an answer that came at `came` to a question asked at `asked` tells of the phone's clock. */
export function measured(asked: number, came: number, serverNow: string): PhoneClock {
  // The server looked at its clock at some moment in between: half of the way is what isn't known.
  return { offset_ms: Math.round((asked + came) / 2 - Date.parse(serverNow)), within_ms: Math.ceil(Math.max(0, came - asked) / 2), measured_at: came };
}

/** A phone's instant on the system's clock, RFC 3339; on its own while nothing is known of it. */
export function corrected(phoneMs: number, clock: PhoneClock | null): string {
  return new Date(phoneMs - (clock?.offset_ms ?? 0)).toISOString();
}

/** 手机时钟快 1.5 秒（±0.1 秒），已校正。 With its age when that is more than a while. */
export function clockWords(clock: PhoneClock | null, now: number): string {
  if (!clock) return "手机时钟没有核对过";
  const seconds = (ms: number) => (Math.ceil(ms / 100) / 10).toFixed(1);
  const way = clock.offset_ms >= 0 ? "快" : "慢";
  const off = Math.abs(clock.offset_ms);
  // A clock that is off by hours isn't read in seconds.
  const far = off < FAR_MS ? `${seconds(off)} 秒` : spanWords(off / 1000);
  const told = `手机时钟${way} ${far}（±${seconds(clock.within_ms)} 秒）`;
  const age = now - clock.measured_at;
  return age >= 0 && age < FRESH_MS ? told : `${told}，${spanWords(age / 1000)}前核对`;
}

/** Asks anew; the facts of before when the line is down. */
export async function ask(): Promise<{ line: Line; facts: KnownFacts | null }> {
  const asked = Date.now();
  let response: Response;
  try {
    response = await fetch("/api/v1/capture/", { headers: { Accept: "application/json" }, cache: "no-store" });
  } catch {
    return { line: "offline", facts: await knownFacts() };
  }
  const came = Date.now();
  if (response.status === 401 || response.status === 403) return { line: "signed_out", facts: await knownFacts() };
  if (!response.ok) return { line: "offline", facts: await knownFacts() };
  const told = (await response.json()) as ServerFacts;
  const facts = { ...told, clock: measured(asked, came, told.now) };
  await keepFacts(facts);
  return { line: "online", facts };
}
