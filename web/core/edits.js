// Single numbers set by hand, going back and forth between experiments, and the picture of what a change did.

import { computed, effect, signal } from "@preact/signals";
import { History } from "./history.js";
import { afterFrame, change, engine, present } from "./requests.js";
import { trace, wanted } from "./state.js";
import { unpack } from "./trace.js";

export const history = new History();
const before = signal(null);                            // the experiment that the picture of changes compares with
const found = signal(null);                             // arrays: now minus before, of the last edit that was answered
export const showChanges = signal(true);

/** Set one number: "weight_hh[0,2]", "bias[3]", "c_0[1]", "x[4,0]" (step, input), indices from 0. */
export function edit(place, value) {
  const base = before.value ?? trace.value.experiment;
  const answer = change({ edits: { ...present().edits, [place]: value } });
  before.value = base;
  showChanges.value = true;
  return answer;
}

export function unedit(place) {
  const { [place]: _, ...rest } = present().edits;
  return change({ edits: rest });
}

export function dismissChanges() {
  before.value = null;
  found.value = null;
}

const text = (experiment) => JSON.stringify(experiment);
const unedited = (experiment) => text({ ...experiment, edits: null });

/** Arrays: now minus before, which differ in edits alone; null: there is no such picture. */
export const changes = computed(() => {
  const [base, now] = [before.value, trace.value.experiment];
  return base && unedited(base) === unedited(now) && text(base.edits) !== text(now.edits) ? found.value : null;
});

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
  const changed = Object.keys({ ...last, ...now }).filter((name) => text(now[name]) !== text(last[name]));
  // What differs from then on is not what an edit changed.
  if (changed.some((name) => name !== "edits")) dismissChanges();
  if (changed.length && !travelling) history.push(last, changed.join());
  last = now;
});

afterFrame(async () => {
  const [base, { experiment, done }] = [before.value, trace.value];
  if (!base || !done || unedited(base) !== unedited(experiment)) return;
  const answer = await engine.compare(base);
  // Python may have been further than the screen, or the screen may have gone on since.
  const isOfThis = answer?.arrays && text(answer.experiment) === text(trace.value.experiment);
  if (before.value === base && isOfThis) found.value = unpack(answer.arrays, answer.data);
});
