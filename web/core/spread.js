// How the weights and gradients of the network on the screen are spread. In the Train room a picture brings it along; a picture
// that was made for another room does not, and then it is asked for.

import { computed, effect, signal } from "@preact/signals";
import { question } from "./questions.js";
import { engineState, isRecording, room, trace } from "./state.js";
import { unpack } from "./trace.js";

const found = signal(null);                             // {of: the trace, spread, more}
let asked = null;

/** {spread, more} of the trace on the screen, or null while Python is asked. */
export const spreadNow = computed(() => (trace.value.spread ? trace.value : found.value?.of === trace.value ? found.value : null));

effect(() => {
  if (engineState.value !== "live") { asked = null; return; }      // a new Python was asked nothing
  const of = trace.value;
  if (room.value !== "train" || isRecording.value || spreadNow.value || asked === of) return;
  asked = of;
  question("spread", "spread", [], ({ updates, spread, arrays }, data) => {
    if (updates === of.experiment.updates) found.value = { of, spread, more: unpack(arrays, data) };
  });
});
