// Training that goes on by itself: play, pause, one update, back to the start. The moment of a run is the experiment's
// `updates`; to train is to raise it, to go back is to lower it.

import { effect, signal } from "@preact/signals";
import { inForce } from "./moment.js";
import { change, present } from "./requests.js";
import { beside, curves, happened, refused, room, running, schema, stopAt, stopWhen, trace, wanted } from "./state.js";

/** How many updates follow each other without a picture, and how long each picture rests. */
export const PACES = {
  slow: { updates: 1, rest: 500 },
  steady: { updates: 1, rest: 0 },
  quick: { updates: 10, rest: 0 },
  full: { updates: Infinity, rest: 0 },
};
export const pace = signal("steady");
export const most = schema.limits.updates[1];

/** Another pace, also of a training that goes on, whose stretch under way may be as long as all that is left. */
export function setPace(name) {
  pace.value = name;
  if (!running.value || !playing) return;
  playing.turns = true;
  change({ updates: doneNow() });
}

/** After how many updates the page stands now. */
export const doneNow = () => trace.value.experiment.updates;

/** Whether a training can stop because the task is learnt: somebody can say when it is, and no other run is to be compared with it. */
export const stopsWhenLearnt = () => trace.value.about.goal !== null && beside.value.length === 0;

/** Whether the task is learnt at the moment that is seen. */
export function isLearnt() {
  const { goal, lower_is_better: lower } = trace.value.about;
  const done = Math.min(present().updates, doneNow());
  const recent = curves.value.main.score?.slice(Math.max(0, done - schema.recent), done) ?? [];
  const mean = recent.reduce((sum, score) => sum + score, 0) / schema.recent;
  return goal !== null && recent.length === schema.recent && (lower ? mean <= goal : mean >= goal);
}

/** When a training that begins here stops. If the task is learnt already, it does not stop for that. */
function condition() {
  if (stopWhen.value?.kind !== "learnt") return stopWhen.value;
  return stopsWhenLearnt() && !isLearnt() ? { kind: "score", value: trace.value.about.goal } : null;
}

/** Choose when a training stops; one that goes on is asked to stop then. */
export function chooseStop(choice) {
  stopWhen.value = choice;
  // What was refused of the condition before is not refused of this one.
  if (refused.value?.field === "stop") refused.value = null;
  if (!running.value) return;
  stopAt.value = condition();
  change({});
}

const MOST_BACK = 8;                                    // moments before a training ran away that may have no picture either
let playing = null;                                     // the training that goes on; `turns` when it is to take another pace

/**
 * Train until stopped, or to `until` updates. What the run had beyond the present moment is dropped and trained again.
 *
 * options : `each` is a pace of its own instead of the chosen one, `stop` a condition or null instead of the chosen one
 */
export async function train({ each = null, until = most, stop } = {}) {
  const mine = {};
  playing = mine;
  const going = () => running.value && playing === mine;
  running.value = true;
  happened.value = null;
  if (present().updates >= until) await change({ updates: 0 });
  stopAt.value = stop === undefined ? condition() : stop;
  let options = { from: Math.min(present().updates, doneNow()) };
  while (going()) {
    const { updates, rest } = each ?? PACES[pace.value];
    const next = Math.min(until, updates === Infinity ? until : Math.min(present().updates, doneNow()) + updates);
    await change({ updates: next }, undefined, options);
    options = {};
    if (!going()) break;
    if (mine.turns) { mine.turns = false; continue; }
    const at = wanted.value.updates;
    if (refused.value || happened.value || at >= until || ![next, 0].includes(at)) break;   // the end, or someone else took over
    if (rest) await new Promise((resolve) => { setTimeout(resolve, rest); });
  }
  if (playing !== mine) return;
  running.value = false;
  const event = happened.value;
  if (event?.how === "diverged" && event.update > 1) {
    // The last moment of which there is a picture, with all of the curve that led there.
    for (let back = 1; back <= Math.min(MOST_BACK, event.update); back += 1) {
      await change({ updates: event.update - back });
      if (playing !== mine) break;
      happened.value = event;                           // what is told meanwhile is what ended it, not what is met on the way back
      if (!refused.value) {
        // Where updates after it were made of which there is no picture, that is said with it.
        happened.value = { ...event, stands: doneNow() };
        break;
      }
    }
  }
}

/** Stop at the moment that is seen. What Python did beyond it meanwhile is forgotten: the run ends where the page stands. */
export async function halt() {
  if (!running.value) return;
  running.value = false;
  playing = null;
  await change({ updates: doneNow() }, undefined, { from: doneNow() });
}

// In Break it would leave everything to be asked for ever.
effect(() => { if (room.value === "break" && running.peek()) halt(); });

export const toggleTraining = (options) => (running.value ? halt() : train(options));

/** Go to the moment after so many updates. */
export function goTo(updates) {
  playing = null;
  running.value = false;
  happened.value = null;
  return change({ updates: Math.min(most, Math.max(0, Math.round(updates))) });
}

/** Watch the network learn from before its first update. */
export const learnAgain = () => startOver().then(() => train());

/** So many updates more. */
export const stepOn = (updates) => goTo(doneNow() + updates);

/** Back to the network before its first update; the settings stay as they are now. `others` are to be trained beside it from then on. */
export function startOver(patch = {}, others = undefined) {
  playing = null;
  running.value = false;
  happened.value = null;
  return change({ ...inForce(present(), doneNow()), changes: {}, updates: 0, ...patch }, undefined, { from: 0, ...(others && { beside: others }) });
}

/** Train these beside the first, as far as it. */
export const setBeside = (experiments) => change({}, undefined, { beside: experiments });

/** The run as it is, to be compared with what comes. */
export const keepBeside = () => setBeside([...beside.value.slice(-(MOST_KEPT - 1)), { ...trace.value.experiment, updates: curves.value.main.count }]);
const MOST_KEPT = 3;
