// The worker that holds Python. It boots Pyodide from the page's own origin, then answers one call at a time; a long
// run is cut into slices, and between two slices it looks whether a newer request has made this one pointless.

import * as Comlink from "comlink";
import { boot } from "./boot.js";
import { Missing } from "./download.js";

const SLICE_MS = 24;
const PICTURE_MS = 60;                                  // a picture more often than this would cost more training than it shows
let call = null;
let stop = false;
let questions = 0;
let looking = null;                                     // the selection that the next picture tells of

// Signs of life: now and then while Python starts or works, and whenever the page asks for one.
const BEAT_MS = 1000;
let pulse = null;
let lastBeat = -Infinity;
function beat() {
  if (performance.now() - lastBeat < BEAT_MS) return;
  lastBeat = performance.now();
  pulse.postMessage({});
}

// A turn of the event loop that, unlike a timer, is not slowed down in a background tab. Whoever works in slices waits for one, and
// the next is asked for when a slice is over: so a message from the page waits for one slice, however many are at work.
const turn = new MessageChannel();
const waiting = [];
let due = false;
const askForTurn = () => {
  if (due || waiting.length === 0) return;
  due = true;
  turn.port2.postMessage(0);
};
turn.port1.onmessage = () => {
  waiting.shift()();                                    // its slice is the next microtask,
  queueMicrotask(() => { due = false; askForTurn(); });                       // and this the one after it
};
const nextTurn = () => new Promise((resolve) => { waiting.push(resolve); askForTurn(); });

/** Call Python's `lab.method(...args)`: the header it answers, with `data` a copy of its numbers. */
const ask = (method, ...args) => send(method, args);

/** As `ask`, with a Float64Array as the last argument if one is given. */
function send(method, args, buffer) {
  const answer = buffer ? call(method, JSON.stringify(args), buffer) : call(method, JSON.stringify(args));
  let numbers = null;
  try {
    const header = JSON.parse(answer.get(0));
    numbers = answer.get(1);
    if (numbers) {
      const view = numbers.getBuffer("f64");
      try { header.data = view.data.slice(); } finally { view.release(); }
    }
    return header;
  } finally {
    numbers?.destroy();
    answer.destroy();
  }
}

const transferred = (answer) => (answer.data ? Comlink.transfer(answer, [answer.data.buffer]) : answer);

Comlink.expose({
  /** Give signs of life through this port from now on. */
  pulse(port) {
    pulse = port;
    pulse.onmessage = () => pulse.postMessage({});
    beat();
    // Held until the end, which so is known at once. Only pages that came a safe way have locks, and not all of them.
    const lock = `py_lstm ${Math.random()}`;
    navigator.locks?.request(lock, () => { pulse.postMessage({ lock }); return new Promise(() => {}); }).catch(() => {});
  },

  /** Start Python; see boot.js for the arguments. Answers {error}, as a refusal, where the runtime's files cannot be had. */
  async boot(runtime, onRecipe, onBytes, onSilent) {
    const beats = setInterval(beat, BEAT_MS);
    try {
      const python = await boot(runtime, { recipe: onRecipe, bytes: onBytes, silent: onSilent });
      call = python.pyimport("bridge").call;
      return {};
    } catch (error) {
      if (error instanceof Missing) return { error: { field: "runtime", code: error.code, details: error.details } };
      throw error;
    } finally {
      clearInterval(beats);
    }
  },

  /**
   * Run an experiment to its end. Frames come as they are painted: training does not wait for a picture, and no picture
   * is made while the one before is on its way. superseded() ends it after the present slice.
   */
  async run(experiment, selection, options, onFrame) {
    stop = false;
    looking = selection;
    const refused = ask("begin", experiment, options);
    if (refused.error) return refused;
    let [painted, last, lost] = [true, -Infinity, null];
    for (;;) {
      beat();
      const frame = ask("advance", SLICE_MS, looking, painted && performance.now() - last > PICTURE_MS);
      if (frame.error) return frame;
      if (frame.data) {
        painted = false;
        last = performance.now();
        const shown = onFrame(Comlink.transfer(frame, [frame.data.buffer])).then(() => { painted = true; }, (error) => { lost = error; });
        if (frame.finished) await shown;
      }
      if (lost) throw lost;
      if (frame.finished) return {};
      await nextTurn();
      if (stop) return { superseded: true };
    }
  },

  supersede() { stop = true; },

  /**
   * Answer a question of python/break_room.py, which takes long. onPart gets each part, or null where there is none yet, and
   * says whether anybody still waits.
   */
  async question(what, args, onPart) {
    questions += 1;
    const number = questions;
    const refused = ask("ask", number, what, ...args);
    if (refused.error) return refused;
    for (;;) {
      beat();
      const answer = ask("go_on", number, SLICE_MS);
      if (answer.error) return answer;
      if (answer.done) return {};
      const { part = null, data = null } = answer;
      const wanted = await onPart(data ? Comlink.transfer({ part, data }, [data.buffer]) : { part, data });
      if (!wanted) { ask("drop", number); return { superseded: true }; }
      await nextTurn();
    }
  },

  explain(selection) {
    looking = selection;
    return transferred(ask("explain", selection));
  },

  /** What is needed to go on with the run later. */
  checkpoint: () => transferred(ask("checkpoint")),
  restore: ({ data, ...kept }) => send("restore", [kept], data),

  source: (file) => ask("source", file),
  take: (kind, options) => ask("take", kind, options),
  opened: (text) => ask("opened", text),
});
