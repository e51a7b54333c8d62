// One selection for every view: (time step, unit, quantity), and the room it is looked at in.

import { batch } from "@preact/signals";
import { counterpart } from "./layout.js";
import { explainSelection } from "./requests.js";
import { pointedAt, room, same, schema, selection, trace } from "./state.js";
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

// Where a play head that nobody has moved was set down by entering the backward pass; null: it was not.
let setDown = null;

/** The last step that a derivative comes to, which the backward pass begins with. */
function beginning() {
  const { arrays: { dc }, shape: { T, H } } = trace.value;
  for (let t = T; t > 1; t -= 1) if (dc.data.subarray((t - 1) * H, t * H).some((value) => value !== 0)) return t;
  return 1;
}

/**
 * Into another room, at the same place. But a play head that nobody has moved stands where the story of its room begins:
 * of the backward pass, where the derivative does; further left, where little of it arrives, the picture is pale.
 */
export function enter(name) {
  if (name === room.value) return;
  const at = selection.value;
  const place = { quantity: counterpart(at.quantity, name) };
  if (name === "backward" && same(at, schema.selection)) place.t = beginning();
  else if (setDown && same(at, setDown)) place.t = schema.selection.t;
  batch(() => {
    room.value = name;
    select(place);
  });
  setDown = name === "backward" && place.t ? selection.value : null;
  explainSelection();                                   // what is told differs from room to room
}
