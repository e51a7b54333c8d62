// A network that learns a text, at the moment on the screen: how it reads a passage, which units follow something in it, and
// what it writes. Asked anew with every moment; while the training goes on, now and then.

import { batch, computed, effect, signal } from "@preact/signals";
import { question } from "./questions.js";
import { engineState, isRecording, room, running, selection, trace } from "./state.js";
import { unpack } from "./trace.js";

const REST_MS = 1500;                                   // between two readings of a training that goes on
const LENGTH = 240;

export const prompt = signal("");
export const temperature = signal(0.7);
export const draw = signal(1);                          // the seed of what is drawn
export const asText = signal(true);                     // whether the text is shown, or the gates

// Texts with their states: {letters: [], h: [], c: [], updates}, a state (H,) for each letter.
export const passage = signal(null);                    // and {heldFrom, guess, p_guess, p_next}
export const written = signal(null);
export const found = signal(null);                      // {count, found: [{trait, quantity, unit, correlation, chance}]}
export const refusedWriting = signal(null);

export const isText = computed(() => room.value === "train" && Boolean(trace.value.about.text));
export const showsText = computed(() => isText.value && asText.value);

/** What the letters are coloured by: the selected unit's c or h; while something else is selected, the closest follower. */
export const colouredBy = computed(() => {
  const { quantity, unit } = selection.value;
  const [best] = found.value?.found ?? [];
  return quantity !== "c" && quantity !== "h" && best ? best : { quantity: quantity === "h" ? "h" : "c", unit: Math.min(unit, trace.value.shape.H) };
});

/** The rows of an array (T, H), one for each letter. */
const rowsOf = ({ shape: [count, width], data }) => Array.from({ length: count }, (_, k) => data.subarray(k * width, (k + 1) * width));

async function read(experiment, moving) {
  await question("passage", "read", [experiment, moving], (part, data) => {
    if (part.kind === "followers") { found.value = part; return; }
    const { h, c, p_guess: pGuess, p_next: pNext } = unpack(part.arrays, data);
    passage.value = { letters: [...part.text], guess: [...part.guess], h: rowsOf(h), c: rowsOf(c), pGuess: pGuess.data, pNext: pNext.data,
      heldFrom: part.heldFrom, updates: part.updates };
  });
}

async function write(experiment, moving) {
  const now = { letters: [], h: [], c: [] };
  const { error } = await question("written", "write", [experiment, moving, prompt.value, LENGTH, temperature.value, draw.value], (part, data) => {
    const { h, c } = unpack(part.arrays, data);
    now.letters.push(...part.text);
    now.h.push(...rowsOf(h));
    now.c.push(...rowsOf(c));
    written.value = { ...now, prompted: [...prompt.value].length, updates: part.updates };
  });
  refusedWriting.value = error;
}

let busy = false;
let readOf = null;
let writtenOf = null;
const wantedNow = () => (showsText.value && engineState.value === "live" && !isRecording.value && (running.value || trace.value.done)
  ? [trace.value, prompt.value, temperature.value, draw.value] : null);
const differs = (one, other) => !one || one.some((value, k) => value !== other[k]);

async function follow() {
  if (busy) return;
  busy = true;
  try {
    for (let now = wantedNow(); now && differs(writtenOf, now); now = wantedNow()) {
      const [moment] = now;
      if (readOf !== moment) await read(moment.experiment, running.value);
      readOf = moment;
      await write(moment.experiment, running.value);
      writtenOf = now;
      if (running.value) await new Promise((resolve) => { setTimeout(resolve, REST_MS); });
    }
  } finally {
    busy = false;
  }
}

// Another text is another passage, and its letters are no longer those of before.
let task = null;
effect(() => {
  const { experiment } = trace.value;
  const now = `${experiment.task} ${experiment.text ?? ""} ${experiment.hidden_size}`;
  if (now === task) return;
  task = now;
  batch(() => { passage.value = null; written.value = null; found.value = null; refusedWriting.value = null; });
});
effect(() => { if (wantedNow()) follow(); });
