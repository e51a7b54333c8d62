// The run is kept in this browser, so that a closed tab or a crash costs a few seconds at most. On the next visit it is
// offered, never forced; a link to something else is not answered with it.

import * as store from "idb-keyval";
import { effect, signal } from "@preact/signals";
import { beforeFirst, change, engine } from "./requests.js";
import { curves, engineState, isRecording, room, running, schema, trace, wanted } from "./state.js";

const NAME = "py_lstm run";
const VERSION = 1;
const EVERY_MS = 3000;

// Where a browser forbids its database, asking for it throws at once instead of refusing the promise.
const get = async () => store.get(NAME);
const set = async (kept) => store.set(NAME, kept);
const del = async () => store.del(NAME);

export const offered = signal(null);                    // a kept run of an earlier visit: {experiment, when, ...}
export const unkept = signal(false);                    // whether the browser refuses to keep anything
let latest = null;                                      // what was kept last in this visit
let trained = false;                                    // only what was trained here is worth keeping
let busy = false;
let again = false;                                      // whether it was asked for meanwhile: the moment being kept is not the last

/** A link that says what to compute is answered with that. */
const asksForMore = Object.keys(wanted.value).some((name) => JSON.stringify(wanted.value[name]) !== JSON.stringify(schema.defaults[name]));
if (!asksForMore) {
  get().then((kept) => { if (kept?.version === VERSION && !trained) offered.value = kept; }, () => {});
}

/** Keep the run as it is now, if there is anything new of it. */
async function keep() {
  if (!trained || engineState.value !== "live" || isRecording.value) return;
  if (busy) { again = true; return; }
  busy = true;
  again = false;
  try {
    const state = await engine.checkpoint();
    if (state?.data && !same(state, latest)) {
      latest = { version: VERSION, when: Date.now(), ...state };
      await set(latest).then(() => { unkept.value = false; }, () => { unkept.value = true; });
    }
  } finally {
    busy = false;
  }
  if (again) await keep();
}

const same = (one, other) => other !== null && JSON.stringify(one.experiment) === JSON.stringify(other.experiment);

/** Go on with the run of the earlier visit. */
export async function takeUp() {
  const kept = offered.value;
  offered.value = null;
  const refused = await engine.restore(kept);
  if (refused?.error) return del().catch(() => {});
  trained = true;
  latest = kept;
  return change(kept.experiment, kept.experiment);
}

export function discard() {
  offered.value = null;
  return del().catch(() => {});
}

// A Python that died is replaced by one that knows the run as it was kept last.
beforeFirst(async (remote) => { if (latest) await remote.restore(latest); });

effect(() => {
  if (!running.value) { if (trained) setTimeout(keep, 0); return; }
  trained = true;
  offered.value = null;
});
// One update at a time counts as training, too.
effect(() => { if (room.value === "train" && !isRecording.value && curves.value.main.count > trace.peek().experiment.updates) trained = true; });
setInterval(() => { if (running.value) keep(); }, EVERY_MS);
addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
