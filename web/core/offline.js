// The page kept in this browser, for use without a network: an extra. It begins by itself on https alone, and elsewhere where
// `?keep` in the address asks for it, so that a server at a desk leaves nothing behind. web/offline/service-worker.js is
// what keeps it; here is when that begins, the word that a new version has come, and the way to be rid of it.

import { effect, signal } from "@preact/signals";
import { runtime } from "./place.js";
import { engineState } from "./state.js";

const WORKER = "service-worker.js";
const HOME = new URL("./", document.baseURI).href;
const STORES = `py_lstm ${HOME} `;
const UNWANTED = "py_lstm, not to be kept";             // an empty store: the visitor has said so
const LOOK_AGAIN_MS = 60 * 60 * 1000;
const LATE_MS = 10 * 1000;                              // a worker answers in less than one second, but not on every machine

/** Not in a frame, where it is another page's to say, nor in the page that is one file, which is kept by having it. */
export const keepable = window.top === window && "worker" in runtime && "serviceWorker" in navigator
  && (location.protocol === "https:" || new URLSearchParams(location.search).has("keep"));

export const kept = signal("no");                       // no, coming, yes, failed
// waiting: to be taken; coming: it was taken here; late: and still is not here; taken: in another tab; failed: it cannot be kept
export const newVersion = signal(null);
export const installer = signal(null);                  // the browser's own question whether to install the page as an app
let registration = null;

/** Keep the page from now on; it is there without a network when `kept` says yes. */
export async function keep() {
  kept.value = "coming";
  try {
    await caches.delete(UNWANTED);
    registration = await navigator.serviceWorker.register(WORKER, { updateViaCache: "none" });
    const mine = registration;
    mine.addEventListener("updatefound", () => follow(mine.installing, mine));
    follow(mine.installing ?? mine.waiting ?? mine.active, mine);
    mine.update().catch(() => {});
  } catch {
    kept.value = "failed";                              // storage is denied or full, or the host does not send the worker
  }
}

function follow(worker, mine) {
  if (!worker) return;
  let served = false;                                   // a worker that was in use gives way to a newer one: no failure
  const look = () => {
    if (mine !== registration) return;                  // the visitor wants it kept no more
    served ||= ["activating", "activated"].includes(worker.state);
    if (mine.active) kept.value = "yes";
    if (mine.waiting && mine.active) announce(mine.waiting);
    if (worker.state === "redundant" && !served && !mine.installing && !mine.waiting) {
      if (!mine.active) kept.value = "failed";
      else if (!isDecided()) newVersion.value = "failed";
    }
  };
  worker.addEventListener("statechange", look);
  look();
}

const isDecided = () => ["coming", "late", "taken"].includes(newVersion.value);

/** A waiting worker is news unless its version was taken already, and what is seen here is that: see show() of the worker. */
async function announce(worker) {
  const names = (await caches.keys()).filter((name) => name.startsWith(STORES));
  const pages = await Promise.all(names.map(async (name) => (await caches.open(name)).match(HOME)));
  const isNews = pages.filter(Boolean).length > 1;
  if (isNews && !isDecided() && worker === registration?.waiting) newVersion.value = "waiting";
}

/** Keep it no more, now and on later visits. */
export async function forget() {
  const all = await navigator.serviceWorker.getRegistrations();
  await Promise.all(all.filter(({ scope }) => scope === HOME).map((one) => one.unregister()));
  await Promise.all((await caches.keys()).filter((name) => name.startsWith(STORES)).map((name) => caches.delete(name)));
  await caches.open(UNWANTED).catch(() => {});
  registration = null;
  newVersion.value = null;
  kept.value = "no";
}

/** Show the new version instead of this one. */
export async function takeNewVersion() {
  const worker = registration?.waiting;
  if (newVersion.value === "failed") await forget();    // then the host's own is shown, and it is not kept
  else if (worker) {
    newVersion.value = "coming";
    worker.addEventListener("statechange", () => location.reload(), { once: true });      // a still newer one came instead
    worker.postMessage("show");                         // hear() has its answer
    setTimeout(() => { newVersion.value = "late"; }, LATE_MS);
    return;
  }
  location.reload();
}

function hear({ data }) {
  if (data !== "shown") return;
  if (["coming", "late"].includes(newVersion.value)) location.reload();
  else newVersion.value = "taken";
}

/** A host that has the worker no more does not want it anywhere. */
async function look() {
  const { status } = await fetch(WORKER, { method: "HEAD", cache: "no-store" });
  if (status === 404 || status === 410) await forget();
  else await registration.update();
}

async function begin() {
  if (await caches.has(UNWANTED).catch(() => false)) return;
  await keep();
  const again = () => { if (registration && !document.hidden) look().catch(() => {}); };
  again();
  setInterval(again, LOOK_AGAIN_MS);
  addEventListener("visibilitychange", again);
}

if (keepable) {
  navigator.serviceWorker.addEventListener("message", hear);
  addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); installer.value = event; });
  // Python comes first; and a page whose Python does not start needs a new version more than any other.
  let begun = false;
  effect(() => {
    if (begun || !["live", "failed"].includes(engineState.value)) return;
    begun = true;
    setTimeout(begin);
  });
}
