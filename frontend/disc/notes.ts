// C2SP signed-note and tlog-checkpoint: reading, and verifying Ed25519 signatures and cosignatures.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64Bytes, decimal, hexOf, isSame, joined, utf8, Wrong } from "./bytes.ts";

const PLAIN = 0x01;
const COSIGNATURE = 0x04;

export interface NoteKey {
  readonly vkey: string;
  readonly name: string;
  readonly id: Uint8Array;
  readonly kind: number;
  readonly key: Uint8Array;
}

export interface SignatureLine {
  readonly name: string;
  readonly id: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Note {
  readonly text: string;
  readonly lines: readonly SignatureLine[];
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** A witness's verified signature: its name, and when it says it signed. */
export interface Cosigned {
  readonly name: string;
  readonly at: Date;
}

export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly cosigned: readonly Cosigned[];
}

/** Read a verifier key (types 0x01 and 0x04), its id checked. */
export function parseVkey(vkey: string): NoteKey {
  const [name, identity, ...rest] = vkey.trim().split("+");
  const raw = base64Bytes(rest.join("+"), "key.malformed");
  const kind = raw[0] ?? 0;
  const key = raw.slice(1);
  if (!name || (kind !== PLAIN && kind !== COSIGNATURE) || key.length !== 32) {
    throw new Wrong("key.malformed", vkey.slice(0, 60));
  }
  const id = sha256(joined(utf8.encode(`${name}\n`), raw)).slice(0, 4);
  if (hexOf(id) !== identity) throw new Wrong("key.malformed", "key id");
  return { vkey: vkey.trim(), name, id, kind, key };
}

export function parseNote(whole: string): Note {
  const cut = whole.lastIndexOf("\n\n");
  if (cut < 0 || !whole.endsWith("\n")) throw new Wrong("note.malformed", "blank line");
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw new Wrong("note.malformed", "control");
  const lines = whole.slice(cut + 2, -1).split("\n");
  return { text: whole.slice(0, cut + 1), lines: lines.map(parseLine) };
}

function parseLine(line: string): SignatureLine {
  const found = /^— ([^\s+]+) (\S+)$/.exec(line);
  if (!found?.[1] || !found[2]) throw new Wrong("note.malformed", "signature line");
  const raw = base64Bytes(found[2], "note.malformed");
  if (raw.length <= 4) throw new Wrong("note.malformed", "signature");
  return { name: found[1], id: raw.slice(0, 4), signature: raw.slice(4) };
}

/** Verify a note against keys; lines of unknown keys are ignored, a wrong one is not. */
export function verifiedBy(note: Note, keys: readonly NoteKey[]): NoteKey[] {
  const found: NoteKey[] = [];
  for (const line of note.lines) {
    const key = keys.find((one) => one.name === line.name && isSame(one.id, line.id));
    if (key === undefined) continue;
    if (!isValid(key, note.text, line.signature)) throw new Wrong("note.signature_wrong", key.name);
    found.push(key);
  }
  return found;
}

function isValid(key: NoteKey, text: string, signature: Uint8Array): boolean {
  const plain = key.kind === PLAIN;
  const message = plain ? text : `cosignature/v1\ntime ${secondsOf(signature)}\n${text}`;
  const raw = plain ? signature : signature.slice(8);
  if (raw.length !== 64) return false;
  return ed25519.verify(raw, utf8.encode(message), key.key, { zip215: false });
}

function secondsOf(signature: Uint8Array): bigint {
  if (signature.length < 8) throw new Wrong("note.signature_wrong", "time");
  return new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
}

export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n");
  const [origin, size, root] = lines;
  if (lines.length < 4 || lines[lines.length - 1] !== "" || !origin || !size || !root) {
    throw new Wrong("checkpoint.malformed", "lines");
  }
  return {
    origin,
    size: decimal(size, "checkpoint.malformed"),
    root: base64Bytes(root, "checkpoint.malformed", 32),
  };
}

/** A checkpoint of the log `origin`, signed by one of its keys; which witnesses cosigned it. */
export function openCheckpoint(
  whole: string,
  origin: string,
  logs: readonly NoteKey[],
  witnesses: readonly NoteKey[],
): OpenedCheckpoint {
  const note = parseNote(whole);
  const signers = verifiedBy(note, [...logs, ...witnesses]);
  if (!signers.some((key) => logs.includes(key))) throw new Wrong("note.unsigned", origin);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== origin) throw new Wrong("checkpoint.foreign", checkpoint.origin);
  const cosigned = signers
    .filter((key) => witnesses.includes(key))
    .map((key) => {
      const line = note.lines.find((one) => one.name === key.name && isSame(one.id, key.id));
      const seconds = line ? Number(secondsOf(line.signature)) : 0;
      return { name: key.name, at: new Date(seconds * 1000) };
    });
  return { checkpoint, cosigned };
}
