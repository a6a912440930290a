// The service worker of the capture page: keeps the page and its files, so that it opens without a
// network. Keeps no data: that is the page's own store. The server puts PHONE_FILES in front.

/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope & { PHONE_FILES: { version: string; files: string[] } };

const PAGE = "/phone/";
const cacheName = () => `liuhen-phone-${self.PHONE_FILES.version}`;
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(cacheName());
      await cache.addAll(self.PHONE_FILES.files);
      await keepPage(cache, await fetch(PAGE));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("liuhen-phone-") && name !== cacheName()) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

/** A page that sent on to the sign-in is not the capture page. */
async function keepPage(cache: Cache, response: Response): Promise<void> {
  if (response.ok && !response.redirected) await cache.put(PAGE, response.clone());
}

async function page(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName());
  const kept = await cache.match(PAGE);
  const fresh = fetch(request).then(async (response) => {
    await keepPage(cache, response);
    return response;
  });
  if (!kept) return fresh;
  const late = new Promise<Response>((done) => setTimeout(() => done(kept), PATIENCE_MS));
  return Promise.race([fresh.catch(() => kept), late]);
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && address.pathname === PAGE) {
    event.respondWith(page(event.request));
  } else if (address.pathname.startsWith("/static/") || address.pathname === "/phone/app.webmanifest") {
    event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept ?? fetch(event.request)));
  }
});

export {};
