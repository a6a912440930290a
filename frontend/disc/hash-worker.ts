// Hashes one file after the other, in streams, away from the page. Built into the page as a blob.
import { createSHA256 } from "hash-wasm";

export interface HashAsked {
  readonly path: string;
  readonly file: File;
}

export type HashTold =
  | { readonly kind: "read"; readonly path: string; readonly bytes: number }
  | { readonly kind: "done"; readonly path: string; readonly sha256: string }
  | { readonly kind: "failed"; readonly path: string; readonly why: string };

const PIECE = 4 << 20;
const TELL_EVERY = 32 << 20;

async function digest({ path, file }: HashAsked): Promise<string> {
  const hasher = await createSHA256();
  let told = 0;
  for (let at = 0; at < file.size; at += PIECE) {
    hasher.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
    const read = Math.min(file.size, at + PIECE);
    if (read - told >= TELL_EVERY || read === file.size) {
      postMessage({ kind: "read", path, bytes: read - told } satisfies HashTold);
      told = read;
    }
  }
  return hasher.digest("hex");
}

onmessage = async (event: MessageEvent<HashAsked>) => {
  const { path } = event.data;
  try {
    postMessage({ kind: "done", path, sha256: await digest(event.data) } satisfies HashTold);
  } catch (error) {
    postMessage({ kind: "failed", path, why: String(error) } satisfies HashTold);
  }
};
