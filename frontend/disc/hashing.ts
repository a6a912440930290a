// The digests of many files, by as many workers as are useful; each worker comes from a blob.
import type { HashTold } from "./hash-worker.ts";
import HashWorker from "./hash-worker.ts?worker&inline";

export interface Digests {
  /** SHA-256 in hexadecimal by path; null for a file that could not be read. */
  readonly byPath: Map<string, string | null>;
}

const MOST_WORKERS = 4;

export function digestAll(
  files: ReadonlyMap<string, File>,
  onRead: (bytes: number) => void,
): Promise<Digests> {
  const byPath = new Map<string, string | null>();
  // The largest first, so that no worker is left alone with one at the end.
  const waiting = [...files].sort(([, one], [, other]) => other.size - one.size);
  const count = Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 2, waiting.length);
  const work = Array.from({ length: count }, () => oneWorker(waiting, byPath, onRead));
  return Promise.all(work).then(() => ({ byPath }));
}

function oneWorker(
  waiting: [string, File][],
  byPath: Map<string, string | null>,
  onRead: (bytes: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new HashWorker();
    const next = () => {
      const one = waiting.shift();
      if (one) worker.postMessage({ path: one[0], file: one[1] });
      else {
        worker.terminate();
        resolve();
      }
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = (event: MessageEvent<HashTold>) => {
      const told = event.data;
      if (told.kind === "read") return onRead(told.bytes);
      byPath.set(told.path, told.kind === "done" ? told.sha256 : null);
      next();
    };
    next();
  });
}
