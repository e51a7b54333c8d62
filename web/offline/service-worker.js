// Keeps the page in the browser, for use without a network. The build writes the version and the list of files into it, so
// that a browser takes every new build for a new worker: it fills a store of its own and waits until the visitor says so, or
// until no tab shows the old page any more.

const VERSION = "{{version}}";
const FILES = new Map({{files}});                       // name -> SHA-256; the page itself has no name
const HOME = self.registration.scope;
const STORES = `py_lstm ${HOME} `;
const STORE = STORES + VERSION;
const isOther = (name) => name.startsWith(STORES) && name !== STORE;
// Such a name changes with the content, so whatever store has it has the right one.
const HASHED = /^(assets|pyodide-[0-9a-f]{12})\//;

/** All or nothing: what does not fit the list belongs to another build, which is on its way to the host or from it. */
async function fill() {
  const store = await caches.open(STORE);
  try {
    for (const [name, digest] of FILES) {
      const address = HOME + name;
      const kept = HASHED.test(name) ? await caches.match(address) : null;
      const fresh = () => fetch(address, { integrity: `sha256-${digest}`, cache: HASHED.test(name) ? "default" : "no-cache" });
      await store.put(address, kept ?? await fresh());
    }
  } catch (error) {
    await caches.delete(STORE);
    throw error;
  }
}

/** Older stores go, unless another tab still shows the old page and may come for more of it. */
async function clear() {
  const tabs = await self.clients.matchAll({ type: "window" });
  if (tabs.length < 2) {
    const names = await caches.keys();
    await Promise.all(names.filter(isOther).map((name) => caches.delete(name)));
  }
  await self.clients.claim();
}

/**
 * The visitor's word: whoever opens the page from now on gets this version of it. The old worker stays the active one until no tab
 * needs it: a browser may put off a change that is asked for before that, Chromium by five minutes, and it loses requests that come
 * in the middle of one. But the old worker, too, looks into every store for what its own has not; so the page is taken out of its
 * own. Its other files stay, for the tabs that go on with the old version.
 */
async function show(asking) {
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const names = (await caches.keys()).filter(isOther);
  const taken = await Promise.all(names.map(async (name) => (await caches.open(name)).delete(HOME)));
  // Asked a second time, it must not be said to tabs that show the new version already.
  const told = taken.some(Boolean) ? tabs.filter(({ url }) => url.startsWith(HOME)) : [asking];
  for (const tab of told) tab.postMessage("shown");
}

async function answer(request, address) {
  const store = await caches.open(STORE);
  return await store.match(address) ?? await caches.match(address) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("message", (event) => {
  if (event.data === "show") event.waitUntil(show(event.source));
  if (event.data === "take") self.skipWaiting();        // pages of earlier versions wait for that
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.cache === "no-store" || !request.url.startsWith(HOME)) return;
  const [name] = request.url.slice(HOME.length).split(/[?#]/);
  const wanted = request.mode === "navigate" && name === "index.html" ? "" : name;
  if (FILES.has(wanted) || HASHED.test(wanted)) event.respondWith(answer(request, HOME + wanted));
});
