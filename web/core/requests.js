// What the page asks of Python, and what becomes of the answers.

import { batch } from "@preact/signals";
import { Engine } from "./engine.js";
import { reporting } from "./reporting.js";
import { grow } from "./curves.js";
import { atMoment, followed } from "./moment.js";
import { painted } from "./painted.js";
import { openWorker, recordedExplanations, runtime } from "./place.js";
import { beside, catchingUp, curves, engineState, happened, isRecording, pointedAt, refused, report, room, running, same, schema, selection,
  stopAt, told, trace, trouble, wanted } from "./state.js";
import { nearest, traceOf, unpack } from "./trace.js";
import { arrived } from "./waiting.js";

export const engine = new Engine({ files: runtime.files, open: openWorker }, {
  state(name, error = null) {
    batch(() => { engineState.value = name; trouble.value = error; });
  },
  again(does) { catchingUp.value = does; },
  progress: arrived,
  async born(remote) { for (const greet of midwives) await greet(remote); },
  async frame(header, isSeen) {
    // One view that cannot be drawn is no reason for the others not to be told.
    reporting(() => batch(() => {
      // A new Python tells once more what the old one told; what was found about it still holds.
      if (JSON.stringify(header.experiment) !== JSON.stringify(trace.value.experiment)) report.value = null;
      trace.value = traceOf(header, header.data);
      curves.value = grow(curves.value, header.curves, trace.value.more);
      if (header.stopped) {
        happened.value = { ...header.stopped, how: "stopped" };
        wanted.value = { ...wanted.value, updates: header.experiment.updates };
      }
      isRecording.value = false;
      told.value = withTensors(header);
      const place = nearest(trace.value, pointedAt.value ?? selection.value);
      if (!engine.request) pointedAt.value = null;           // else this is a frame of an experiment already given up
      if (!same(place, selection.value)) selection.value = place;
      if (!isSeen) refused.value = null;
    }))();
    if (!same(header.explanation, selection.value)) explainSelection();
    for (const follow of followers) reporting(follow)();
    await painted();
  },
});

/** What is said of a selection, with the gradients that came as plain numbers beside it. */
const withTensors = (answer) => (answer.growth
  ? { ...answer, growth: { t: answer.growth.t, tensors: unpack(answer.growth.arrays, answer.data) } } : answer);

const midwives = [];
/** Call `greet` with every new Python before it is asked for anything. */
export const beforeFirst = (greet) => midwives.push(greet);

const followers = [];
/** Call `follow` after every frame from Python. */
export const afterFrame = (follow) => followers.push(follow);

/** What changes apply to. What was refused is not asked for again: then it is the last good experiment. */
export function present() {
  if (!refused.value) return wanted.value;
  // Where a training ran away, it stays at its last good moment.
  return refused.value.code === "diverged" && room.value === "train" ? trace.value.experiment : { ...trace.value.experiment, updates: trace.value.wanted };
}

const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const unanswered = new Set();                           // fields that were changed by what has no answer yet

/**
 * Ask for an experiment; resolves when its picture is painted, rejects with the sentence if it is refused.
 *
 * options : what the run is given, see python/bridge.py; `beside` are the experiments to train beside it, where they do not simply
 *           follow it
 */
export async function request(patch, base = present(), { beside: others, ...options } = {}) {
  const before = wanted.value;
  const asked = { ...base, ...fitting(base, patch), ...JSON.parse(JSON.stringify(patch)) };     // plain values only
  wanted.value = asked;
  // A request that only repeats the one before must not set aside what is wrong with both.
  const changed = Object.keys(patch).filter((name) => !alike(patch[name], base[name]));
  const earlier = new Set(changed.length > 0 ? unanswered : []);
  for (const name of changed) unanswered.add(name);
  beside.value = others ?? followed(beside.value, before, wanted.value);
  refused.value = null;
  // What ended a run is not true of another one.
  if (Object.keys(patch).some((name) => name !== "updates")) happened.value = null;
  const { error } = await engine.run(wanted.value, here(pointedAt.value ? nearest(trace.value, pointedAt.value) : selection.value),
    { beside: beside.value, stop: running.value ? stopAt.value : null, ...options });
  if (wanted.value === asked) unanswered.clear();
  if (error) {
    const without = wanted.value === asked && earlier.has(error.field) && withoutEarlier(error, patch, base);
    if (without) return request(...without, { beside: others, ...options });
    refused.value = error;
    pointedAt.value = null;
    if (error.code === "diverged") happened.value = { ...error.details, how: "diverged" };
    throw new Error(error.message);
  }
}

/**
 * What to ask for instead where the fault is in a field that this patch left as it was: it was asked for before, and is refused
 * only now, since no answer had come in between. What is asked for here is not to be lost with it. Null if the fault is the patch's own.
 */
function withoutEarlier({ field, code }, patch, base) {
  const good = trace.value.experiment;
  const mine = field in patch && !alike(patch[field], base[field]);
  if (code === "diverged" || mine || !Object.hasOwn(good, field) || alike(base[field], good[field])) return null;
  return [field in patch ? { ...patch, [field]: good[field] } : patch, { ...base, [field]: good[field] }];
}

/** Edits belong to the network and the sequence they were made in, and a chosen output to its length. */
function fitting(base, patch) {
  const changes = (...names) => names.some((name) => name in patch && !alike(patch[name], base[name]));
  const kept = Object.entries(base.edits ?? {}).filter(([place]) => (place.startsWith("x[")
    ? !changes("task", "values", "length", "input_size", "sequence_seed") : !changes("hidden_size", "input_size")));
  return { edits: Object.fromEntries(kept), ...(changes("length", "values", "task") ? { output_step: 0 } : {}) };
}

/** As `request`, for controls: a refusal is shown at the field, so nobody needs to catch it. */
export const change = (patch, base = filledIn(), options) => request(inRoom(patch, base), base, options).catch(() => { atField = refused.value; });

let atField = null;                                     // the refusal of what somebody filled in here; that of a link is none
const TYPED = ["text", "values", "targets"];

/** As `present`, but where a task was chosen or an own sequence typed it is not lost by being refused. */
function filledIn() {
  const { task } = wanted.value;
  const chosen = task !== trace.value.experiment.task && [schema.tasks, schema.own].some((known) => Object.hasOwn(known, task));
  return refused.value && refused.value === atField && (chosen || TYPED.includes(refused.value.field)) ? wanted.value : present();
}

/** In the Train room a change is one of the run at its moment. */
function inRoom(patch, base) {
  if (room.value !== "train") return patch;
  return atMoment(patch, base, { done: trace.value.experiment.updates, running: running.value, ...schema });
}

export const here = (place) => ({ ...place, room: room.value });

const recorded = {};                                    // by quantity
let asking = false;
/**
 * Ask what is to be said of the selected number; while Python is away, of the recorded one. A selection that moves on
 * meanwhile is asked about when the answer is there, and no other in between.
 */
export async function explainSelection() {
  if (asking) return;
  const asked = [selection.value, room.value, trace.value];
  asking = true;
  try {
    await explain(selection.value);
  } finally {
    asking = false;
  }
  const now = [selection.value, room.value, trace.value];
  if (asked.some((thing, k) => thing !== now[k])) await explainSelection();
}

async function explain(place) {
  let answer = null;
  if (engine.state === "live") {
    answer = await engine.explain(here(place));
  } else if (isRecording.value) {
    recorded[place.quantity] ??= recordedExplanations(place.quantity);
    const found = (await recorded[place.quantity])?.[place.t - 1][place.unit - 1];
    if (found) answer = { explanation: found };
  }
  if (answer?.explanation && same(place, selection.value)) told.value = withTensors(answer);
}

/** Check every tensor's gradient; `report` grows meanwhile. Resolves to all rows. */
export async function check() {
  const mine = { rows: [], running: true };
  report.value = mine;
  const isMine = () => report.value?.rows === mine.rows;
  try {
    const { error } = await engine.check(schema.tensors, (part) => {
      if (part && isMine()) {
        mine.rows.push(part.tensor);
        report.value = { rows: mine.rows, running: true, method: part.method, eps: part.eps };
      }
      return isMine();
    });
    if (error) throw new Error(error.message);
    if (!isMine()) throw new Error("The experiment changed while its gradients were checked.");
  } catch (error) {
    if (isMine()) report.value = null;
    throw error;
  }
  report.value = { ...report.value, running: false };
  return mine.rows;
}
