// Single numbers set by hand, going back and forth between experiments, and the picture of what a change did.

import { effect, signal } from "@preact/signals";
import { History } from "./history.js";
import { afterFrame, change, engine, present } from "./requests.js";
import { trace, wanted } from "./state.js";
import { unpack } from "./trace.js";

export const history = new History();
const before = signal(null);                            // the experiment that the picture of changes compares with
export const changes = signal(null);                    // arrays: now minus before; null: no such picture
export const showChanges = signal(true);

/** Set one number: "weight_hh[0,2]", "bias[3]", "c_0[1]", "x[4,0]" (step, input), indices from 0. */
export function edit(place, value) {
  before.value ??= trace.value.experiment;
  showChanges.value = true;
  return change({ edits: { ...present().edits, [place]: value } });
}

export function unedit(place) {
  const { [place]: _, ...rest } = present().edits;
  return change({ edits: rest });
}

export function dismissChanges() {
  before.value = null;
  changes.value = null;
}

export const undo = () => travel(history.back(wanted.value));
export const redo = () => travel(history.forth(wanted.value));

let travelling = false;
async function travel(experiment) {
  if (!experiment) return;
  travelling = true;
  try { await change(experiment, experiment); } finally { travelling = false; }
}

// Every change of what is wanted is remembered, whoever made it.
let last = wanted.value;
effect(() => {
  const now = wanted.value;
  const changed = Object.keys({ ...last, ...now }).filter((name) => JSON.stringify(now[name]) !== JSON.stringify(last[name]));
  if (changed.length && !travelling) history.push(last, changed.join());
  last = now;
});

afterFrame(async () => {
  const base = before.value;
  if (!base || !trace.value.done) return;
  const answer = await engine.compare(base);
  if (before.value !== base || !answer?.arrays) return;
  // Of another size there is nothing to subtract.
  changes.value = answer.arrays.h ? unpack(answer.arrays, answer.data) : null;
  if (!answer.arrays.h) dismissChanges();
});
