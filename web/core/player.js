// The play head: how the page moves through a pass by itself.

import { computed, effect, signal } from "@preact/signals";
import { select } from "./selection.js";
import { isRecording, room, selection, trace } from "./state.js";

const STEP_MS = 320;
const EQUATION_MS = 900;
export const SPEEDS = [0.5, 1, 2];

export const playing = signal(false);
export const speed = signal(1);
export const byEquation = signal(false);                // the play head moves from equation to equation, not step to step

// The quantities of one time step, in the order they are computed. Not every trace has all of them: p is there where the answer
// is one of several classes.
export const ORDER = {
  forward: ["z_f", "f", "z_i", "i", "z_g", "g", "z_o", "o", "c", "tanh_c", "h", "y", "p"],
  backward: ["dy", "dh_via_y", "dh_via_z", "dh", "dc_via_h", "dc_via_c", "dc", "dz_o", "dz_f", "dz_i", "dz_g", "dx"],
};
let timer = null;
let restAt = null;

/** In which direction the pass runs: 1 to the right, -1 to the left. */
export const direction = () => (room.value === "backward" ? -1 : 1);

/** Move by one in the direction of time (1 right, -1 left): a step, or an equation of the pass. */
export function move(by) {
  if (!byEquation.value) return select({ t: selection.value.t + by });
  const order = ORDER[direction() > 0 ? "forward" : "backward"].filter((name) => name in trace.value.arrays);
  const { T } = trace.value.shape;
  const { t } = selection.value;
  const along = by * direction();                       // 1: onwards in the pass
  const now = order.indexOf(selection.value.quantity);
  const next = now < 0 ? 0 : now + along;
  if (next >= 0 && next < order.length) return select({ quantity: order[next] });
  const onwards = t + by;
  if (onwards >= 1 && onwards <= T) select({ t: onwards, quantity: order.at(along > 0 ? 0 : -1) });
}

/** Run the play head to the end of the pass, or until step `until`. At the end it starts over. */
export function play(until = null) {
  const { T } = trace.value.shape;
  const end = direction() > 0 ? T : 1;
  if (selection.value.t === end && until === null) select({ t: direction() > 0 ? 1 : T });
  restAt = until ?? end;
  playing.value = true;
  clearInterval(timer);
  let placed = selection.value;
  timer = setInterval(() => {
    if (selection.value !== placed) return pause();     // the visitor has moved on
    const before = selection.value;
    move(direction());
    placed = selection.value;
    const { t } = selection.value;
    if (selection.value === before || (!byEquation.value && (t === restAt || t <= 1 || t >= trace.value.shape.T))) pause();
  }, (byEquation.value ? EQUATION_MS : STEP_MS) / speed.value);
}

export function pause() {
  clearInterval(timer);
  playing.value = false;
}

export const toggle = () => (playing.value ? pause() : play());

// A change of direction or length under a running play head would make it run off.
// A new trace of the same length, such as the first one from Python, is no reason to stop.
const length = computed(() => trace.value.shape.T);
effect(() => { room.value; byEquation.value; speed.value; length.value; pause(); });

/** The opening: the pass plays once, up to the number the page opens on. */
export function opening() {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || !isRecording.value) return;
  const rest = selection.value.t;
  select({ t: 1 });
  play(rest);
}
