// Asking the server who is signed in, what is under way, and what time it is. Not for sending takes.

import { keepFacts, knownFacts } from "./store.ts";
import type { KnownFacts, ServerFacts } from "./schema.ts";

export type Line = "unknown" | "online" | "offline" | "signed_out";

/** How far the phone's clock is ahead, when the answer to a question asked at `asked` came at `came`. */
export function clockOffset(asked: number, came: number, serverNow: string): number {
  return Math.round((asked + came) / 2 - Date.parse(serverNow));
}

/** A phone's instant on the system's clock, RFC 3339. */
export function corrected(phoneMs: number, offsetMs: number): string {
  return new Date(phoneMs - offsetMs).toISOString();
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
  if (response.status === 401 || response.status === 403) return { line: "signed_out", facts: await knownFacts() };
  if (!response.ok) return { line: "offline", facts: await knownFacts() };
  const told = (await response.json()) as ServerFacts;
  const facts = { ...told, clock_offset_ms: clockOffset(asked, Date.now(), told.now) };
  await keepFacts(facts);
  return { line: "online", facts };
}
