// One selection for every view: (time step, unit, quantity), and the room it is looked at in.

import { batch } from "@preact/signals";
import { counterpart } from "./layout.js";
import { explainSelection } from "./requests.js";
import { pointedAt, room, same, selection, trace } from "./state.js";
import { nearest } from "./trace.js";

export function select(place) {
  pointedAt.value = null;
  const next = nearest(trace.value, { ...selection.value, ...place });
  if (same(next, selection.value)) return;
  selection.value = next;
  explainSelection();
}

export function step(by) {
  select({ t: selection.value.t + by });
}

export function enter(name) {
  if (name === room.value) return;
  batch(() => {
    room.value = name;
    select({ quantity: counterpart(selection.value.quantity, name) });
  });
  explainSelection();                                   // what is told differs from room to room
}
