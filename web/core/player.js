// The play head and the learning run: the only things on the page that move by themselves.

import { effect, signal } from "@preact/signals";
import { change, isRecording, present, room, schema, select, selection, trace, wanted } from "./store.js";

const STEP_MS = 320;
const UPDATES_PER_PICTURE = 2;

export const playing = signal(false);
export const learning = signal(false);
let timer = null;
let restAt = null;

/** In which direction the pass runs: 1 to the right, -1 to the left. */
export const direction = () => (room.value === "forward" ? 1 : -1);

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
    select({ t: selection.value.t + direction() });
    placed = selection.value;
    const { t } = selection.value;
    if (t === restAt || t <= 1 || t >= trace.value.shape.T) pause();
  }, STEP_MS);
}

export function pause() {
  clearInterval(timer);
  playing.value = false;
}

export const toggle = () => (playing.value ? pause() : play());

/** One update after the other, a picture after every few, until stopped or at the end of the slider. */
export async function learn() {
  const most = schema.limits.updates[1];
  if (learning.value) { learning.value = false; return; }
  learning.value = true;
  if (present().updates >= most) await change({ updates: 0 });
  while (learning.value && present().updates < most) {
    const next = Math.min(most, present().updates + UPDATES_PER_PICTURE);
    await change({ updates: next });
    if (wanted.value.updates !== next || trace.value.wanted !== next) break;    // refused, or someone else took over
  }
  learning.value = false;
}

// A change of direction or length under a running play head would make it run off.
effect(() => { room.value; trace.value.shape.T; pause(); });

/** The opening: the pass plays once, up to the number the page opens on. */
export function opening() {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || !isRecording.value) return;
  const rest = selection.value.t;
  select({ t: 1 });
  play(rest);
}
