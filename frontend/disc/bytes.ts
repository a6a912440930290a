// Bytes, hexadecimal and base64 where one value has one spelling only, as the formats demand.

export const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A format is not what its specification lays down, or a signature or path does not hold. */
export class Wrong extends Error {
  constructor(
    readonly code: string,
    readonly what: string,
  ) {
    super(`${code}: ${what}`);
  }
}

export function textOf(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new Wrong("text.malformed", "UTF-8");
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Standard base64 in its one canonical spelling, `size` bytes if given. */
export function base64Bytes(text: string, code: string, size?: number): Uint8Array {
  let decoded: string;
  try {
    decoded = atob(text);
  } catch {
    throw new Wrong(code, "base64");
  }
  const bytes = Uint8Array.from(decoded, (character) => character.charCodeAt(0));
  if (btoa(decoded) !== text || (size !== undefined && bytes.length !== size)) {
    throw new Wrong(code, "base64");
  }
  return bytes;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

/** A decimal without sign or leading zeroes. */
export function decimal(text: string, code: string): number {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) throw new Wrong(code, "number");
  return Number(text);
}
