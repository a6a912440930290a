// What the phone keeps until the server has it: IndexedDB, so that neither a closed page nor a dead
// battery loses more than the last second. Not for sending.

import type { KnownFacts, Take, Thing } from "./schema.ts";

const NAME = "liuhen-capture";
const STORES = ["takes", "pieces", "things", "facts"] as const;
type Store = (typeof STORES)[number];

let opened: Promise<IDBDatabase> | null = null;

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
}

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) {
        if (store === "pieces") request.result.createObjectStore(store);
        else request.result.createObjectStore(store, { keyPath: store === "facts" ? "key" : "id" });
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
  return opened;
}

/** Runs in one transaction that is on the disk when the promise resolves. */
async function inOne(stores: Store[], mode: IDBTransactionMode, work: (t: IDBTransaction) => void): Promise<void> {
  const transaction = (await database()).transaction(stores, mode, { durability: "strict" });
  const over = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB"));
  });
  work(transaction);
  await over;
}

async function all<T>(store: Store): Promise<T[]> {
  return done((await database()).transaction(store).objectStore(store).getAll() as IDBRequest<T[]>);
}

/** Every take on this phone, oldest first. */
export async function takes(): Promise<Take[]> {
  return (await all<Take>("takes")).sort((a, b) => a.started_at - b.started_at);
}

export async function take(id: string): Promise<Take | null> {
  const found = (await database()).transaction("takes").objectStore("takes").get(id) as IDBRequest<Take | undefined>;
  return (await done(found)) ?? null;
}

/** Stores a take's story. */
export async function putTake(one: Take): Promise<void> {
  await inOne(["takes"], "readwrite", (t) => t.objectStore("takes").put(one));
}

/** Adds the next piece of a take and its new story together. Rejects when the phone is full. */
export async function addPiece(one: Take, piece: Blob): Promise<void> {
  await inOne(["takes", "pieces"], "readwrite", (t) => {
    t.objectStore("pieces").put(piece, [one.id, one.pieces]);
    t.objectStore("takes").put({ ...one, pieces: one.pieces + 1, size: one.size + piece.size });
  });
  one.pieces += 1;
  one.size += piece.size;
}

/** The bytes of a take as one. */
export async function bytesOf(one: Take): Promise<Blob> {
  const store = (await database()).transaction("pieces").objectStore("pieces");
  const range = IDBKeyRange.bound([one.id, 0], [one.id, Number.MAX_SAFE_INTEGER]);
  const pieces = await done(store.getAll(range) as IDBRequest<Blob[]>);
  return new Blob(pieces, { type: one.mime });
}

/** The server has a take: its bytes go, its story stays. */
export async function release(one: Take): Promise<void> {
  await inOne(["takes", "pieces"], "readwrite", (t) => {
    t.objectStore("pieces").delete(IDBKeyRange.bound([one.id, 0], [one.id, Number.MAX_SAFE_INTEGER]));
    t.objectStore("takes").put(one);
  });
}

/** Forgets the story of a take that is stored or holds nothing; anything else stays. */
export async function forget(one: Take): Promise<void> {
  if (one.state === "stored" || one.pieces === 0) await inOne(["takes"], "readwrite", (t) => t.objectStore("takes").delete(one.id));
}

export async function things(): Promise<Thing[]> {
  return (await all<Thing>("things")).sort((a, b) => a.listed_at - b.listed_at);
}

export async function putThing(one: Thing): Promise<void> {
  await inOne(["things"], "readwrite", (t) => t.objectStore("things").put(one));
}

/** What the server told last; null when this phone never spoke with it. */
export async function knownFacts(): Promise<KnownFacts | null> {
  const found = await all<KnownFacts & { key: string }>("facts");
  return found[0] ?? null;
}

export async function keepFacts(facts: KnownFacts): Promise<void> {
  await inOne(["facts"], "readwrite", (t) => t.objectStore("facts").put({ ...facts, key: "server" }));
}

/** Bytes left for this page, null when the browser doesn't tell; asks to be kept from clean-up. */
export async function room(): Promise<number | null> {
  await navigator.storage?.persist?.().catch(() => false);
  const told = await navigator.storage?.estimate?.().catch(() => null);
  return told?.quota === undefined || told.usage === undefined ? null : told.quota - told.usage;
}
