// The Break room's state: what Python says of the damage, part by part. What the damage is stands in damage.js.

import { batch, computed, effect, signal } from "@preact/signals";
import { forget, question as ask } from "./questions.js";
import { change } from "./requests.js";
import { engineState, isRecording, room, schema, trace } from "./state.js";
import { traceOf } from "./trace.js";

// Each belongs to the experiment `of` (its text); until it is that of the trace, it is what was before.
export const before = signal(null);                     // the undamaged trace, as traceOf gives one
export const scores = signal(null);                     // {share, clueless, before: {loss, score, ...}, after}
export const memories = signal({});                     // before, after, rnn, gru: {score: [], delay, trained}
export const rows = signal([]);                         // the gradient check, block by block
export const onsets = signal([]);                       // [{steps, right: {block: bool}}]
const checked = signal(null);                           // what the finished table belongs to
export const zeroStates = signal(true);                 // whether the sequence begins from states of 0
export const losses = signal(null);                     // {damaged, whole, from} of a damaged training
export const cosines = signal([]);                      // [{update, cosine}]
export const rivals = signal(null);                     // {progress: {cell, done, wanted}, rnn: {..., inside}, gru: {..., inside}}
export const failed = signal(null);                     // a refusal that belongs to no field

/** Ask Python; a refusal is shown in the room. Resolves to whether the answer was still wanted. */
export async function question(...given) {
  const { mine, error } = await ask(...given);
  if (mine) failed.value = error;
  return mine;
}

const text = (experiment) => JSON.stringify(experiment);
let asked = null;
let askedDirection = null;

function askAll(experiment) {
  const of = text([experiment, zeroStates.value]);
  if (of === asked) return;
  asked = of;
  const fresh = { rows: [], onsets: [] };
  question("before", "before", [experiment], (part, data) => {
    if (part.kind === "before") before.value = traceOf(part, data);
    else if (part.kind === "score") scores.value = { ...part, of };
    else if (part.kind === "memory") memories.value = { ...memories.value, [part.of]: part };
  });
  question("blocks", "blocks", [experiment, zeroStates.value], (part) => {
    if (part.kind === "block") fresh.rows.push(part.row);
    else fresh.onsets.push(part);
    // A whole column at a time: what is shown belongs together.
    if (fresh.rows.length === schema.damage.blocks.length) rows.value = fresh.rows;
    if (part.kind === "onset") onsets.value = [...fresh.onsets];
  }).then((isMine) => { if (isMine) checked.value = of; });
  if (experiment.damage_from === null || !Object.keys(experiment.damage).length) {
    forget("direction");                                // what still comes of it would be told of a training that is no more
    losses.value = null;
    cosines.value = [];
    askedDirection = null;
  } else if (of !== askedDirection) {
    askedDirection = of;
    const points = [];
    question("direction", "direction", [experiment], (part) => {
      if (part.kind === "losses") { losses.value = part; cosines.value = []; } else points.push(part);
      if (part.kind === "cosine") cosines.value = [...points];
    });
  }
}

/** Train an RNN and a GRU on the same task. They belong to the undamaged experiment, so they are kept while only damage changes. */
const rivalsKey = ({ damage: _, damage_from: __, edits: ___, ...rest }) => text(rest);
let rivalsOf = null;
export function compareCells() {
  const experiment = trace.value.experiment;
  rivalsOf = rivalsKey(experiment);
  rivals.value = {};
  question("rivals", "rivals", [experiment], (part, data) => batch(() => {
    if (part.kind === "progress") rivals.value = { ...rivals.value, progress: part };
    else if (part.kind === "inside") rivals.value = { ...rivals.value, [part.cell]: { ...rivals.value[part.cell], inside: traceOf(part, data) } };
    else {
      rivals.value = { ...rivals.value, [part.cell]: part, progress: null };
      memories.value = { ...memories.value, [part.cell]: { score: part.memory } };
    }
  }));
}

// A new Python was asked none of this.
effect(() => { if (engineState.value !== "live") { asked = null; askedDirection = null; } });

effect(() => {
  if (room.value !== "break" || engineState.value !== "live" || isRecording.value || !trace.value.done) return;
  const { experiment } = trace.value;
  zeroStates.value;
  if (rivalsOf !== null && rivalsOf !== rivalsKey(experiment)) {
    rivalsOf = null;
    rivals.value = null;
    const { before: whole, after } = memories.peek();
    memories.value = { before: whole, after };
    forget("rivals");
  }
  askAll(experiment);
});

/** Whether what is shown is still that of the experiment before. */
export const waiting = computed(() => scores.value?.of !== text([trace.value.experiment, zeroStates.value]));

export const checking = computed(() => checked.value !== text([trace.value.experiment, zeroStates.value]));

// What is often believed, or feared, each on one click.
export const SETUPS = {
  open: { damage: { clamp_f: 1 }, damage_from: null },
  shut: { damage: { clamp_f: 0 }, damage_from: null },
  half: { damage: { clamp_f: 0.5, clamp_i: 0.5, clamp_o: 0.5 }, damage_from: null },
  tutorial: { damage: { no_carry: 1, bias_i_from_f: 1, bias_o_from_f: 1, last_step_only: 1 }, damage_from: 0 },
  gap: { damage: { longer: 3 }, damage_from: null },
};
export function setUp(name) {
  return change(SETUPS[name]).then(() => { if (name === "gap") compareCells(); });
}
