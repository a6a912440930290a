// C2SP tlog-proof: an entry stands in the log under a signed checkpoint (RFC 6962, 2.1.1).
import { sha256 } from "@noble/hashes/sha2.js";
import { base64Bytes, decimal, isSame, joined, textOf, utf8, Wrong } from "./bytes.ts";
import { type NoteKey, type OpenedCheckpoint, openCheckpoint } from "./notes.ts";

const CODE = "proof.malformed";

export interface Proof {
  readonly index: number;
  readonly path: readonly Uint8Array[];
  readonly checkpoint: string;
  /** What our proofs carry besides: the entry as text, and time stamps in base64. */
  readonly extra: { readonly entry: string; readonly stamps: readonly string[] } | null;
}

export function parseProof(whole: string): Proof {
  const cut = whole.indexOf("\n\n");
  const lines = whole.slice(0, cut).split("\n");
  if (cut < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") throw new Wrong(CODE, "first line");
  let extra: Proof["extra"] = null;
  if (lines[0]?.startsWith("extra ")) {
    extra = extraOf(base64Bytes(lines.shift()?.slice(6) ?? "", CODE));
  }
  const index = lines.shift();
  if (!index?.startsWith("index ")) throw new Wrong(CODE, "index");
  const path = lines.map((line) => base64Bytes(line, CODE, 32));
  if (path.length > 63) throw new Wrong(CODE, "path length");
  return { index: decimal(index.slice(6), CODE), path, checkpoint: whole.slice(cut + 2), extra };
}

function extraOf(raw: Uint8Array): Proof["extra"] {
  let told: unknown;
  try {
    told = JSON.parse(textOf(raw));
  } catch {
    throw new Wrong(CODE, "extra");
  }
  const { entry, stamps } = told as { entry?: unknown; stamps?: unknown };
  if (typeof entry !== "string" || !Array.isArray(stamps)) throw new Wrong(CODE, "extra");
  return { entry, stamps: stamps.map(String) };
}

export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(joined(Uint8Array.of(0), entry));
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(joined(Uint8Array.of(1), left, right));
}

/** Root of the tree that has `leaf` at `index` of `size` leaves and this path beside it. */
export function rootOf(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array {
  if (index >= size) throw new Wrong("inclusion.wrong", "index");
  const rest = [...path];
  const climb = (place: number, count: number): Uint8Array => {
    if (count === 1) return leaf;
    let half = 1;
    while (half * 2 < count) half *= 2;
    const top = rest.pop();
    if (top === undefined) throw new Wrong("inclusion.wrong", "path length");
    return place < half
      ? nodeHash(climb(place, half), top)
      : nodeHash(top, climb(place - half, count - half));
  };
  const root = climb(index, size);
  if (rest.length > 0) throw new Wrong("inclusion.wrong", "path length");
  return root;
}

/** Check a proof over the bytes of an entry; what the checkpoint it rests on says. */
export function verifyProof(
  whole: string,
  entry: Uint8Array,
  origin: string,
  logs: readonly NoteKey[],
  witnesses: readonly NoteKey[],
): { readonly proof: Proof; readonly opened: OpenedCheckpoint } {
  const proof = parseProof(whole);
  if (proof.extra && !isSame(utf8.encode(proof.extra.entry), entry)) {
    throw new Wrong("proof.other_entry", String(proof.index));
  }
  const opened = openCheckpoint(proof.checkpoint, origin, logs, witnesses);
  const { size, root } = opened.checkpoint;
  if (!isSame(rootOf(leafHash(entry), proof.index, size, proof.path), root)) {
    throw new Wrong("inclusion.wrong", "root");
  }
  return { proof, opened };
}
