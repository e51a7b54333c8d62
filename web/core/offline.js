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

/** Not in a frame, where it is another page's to say, nor in the page that is one file, which is kept by having it. */
export const keepable = window.top === window && "worker" in runtime && "serviceWorker" in navigator
  && (location.protocol === "https:" || new URLSearchParams(location.search).has("keep"));

export const kept = signal("no");                       // no, coming, yes, failed
export const newVersion = signal(null);                 // waiting: to be taken; taken: in another tab; failed: it cannot be kept
export const installer = signal(null);                  // the browser's own question whether to install the page as an app
let registration = null;

/** Keep the page from now on; it is there without a network when `kept` says yes. */
export async function keep() {
  kept.value = "coming";
  try {
    await caches.delete(UNWANTED);
    registration = await navigator.serviceWorker.register(WORKER, { updateViaCache: "none" });
    registration.addEventListener("updatefound", () => follow(registration.installing));
    follow(registration.installing ?? registration.waiting ?? registration.active);
    registration.update().catch(() => {});
  } catch {
    kept.value = "failed";                              // storage is denied or full, or the host does not send the worker
  }
}

function follow(worker) {
  if (!worker) return;
  const look = () => {
    if (registration.active) kept.value = "yes";
    if (registration.waiting && registration.active) newVersion.value = "waiting";
    if (worker.state === "redundant" && !registration.installing && !registration.waiting) {
      if (!registration.active) kept.value = "failed";
      else if (worker !== registration.active && newVersion.value !== "taken") newVersion.value = "failed";
    }
  };
  worker.addEventListener("statechange", look);
  look();
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
  if (newVersion.value === "failed") await forget();    // then the host's own is shown, and it is not kept
  else if (registration?.waiting) {
    const taken = new Promise((resolve) => { navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }); });
    newVersion.value = null;
    registration.waiting.postMessage("take");
    await taken;
  }
  location.reload();
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
  const before = navigator.serviceWorker.controller;    // null on the first visit, whose page the first worker takes over
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (before) newVersion.value = "taken"; });
  addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); installer.value = event; });
  // Python comes first; and a page whose Python does not start needs a new version more than any other.
  const stop = effect(() => {
    if (!["live", "failed"].includes(engineState.value)) return;
    setTimeout(() => { stop(); begin(); });
  });
}
