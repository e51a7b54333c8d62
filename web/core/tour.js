// The walk of a first visit: which step it stands at, and what it hides until its question is answered.

import { batch, computed, effect, signal } from "@preact/signals";
import { FIRST_VISIT } from "../lessons/first-visit.js";
import { pause } from "./player.js";
import { change } from "./requests.js";
import { enter, select } from "./selection.js";
import { schema, touched, trace } from "./state.js";

export const tourStep = signal(null);                   // index into FIRST_VISIT, or null
export const toured = signal(Boolean(location.hash));   // the invitation to it stays until it was taken; a link has something else to say
export const answer = signal(null);                     // "rise", "fall", or null while the question is open

export const lesson = computed(() => (tourStep.value === null ? null : FIRST_VISIT[tourStep.value]));
export const hiddenFrom = computed(() => (lesson.value?.hideFrom && !answer.value ? lesson.value.hideFrom : null));
export const LENGTH = FIRST_VISIT.length;

export async function startTour() {
  pause();
  touched.value = true;
  toured.value = true;
  await change({ ...schema.defaults });
  goTo(0);
}

export function goTo(step) {
  if (step < 0 || step >= LENGTH) return leaveTour();
  pause();
  batch(() => {
    tourStep.value = step;
    answer.value = null;
    enter(FIRST_VISIT[step].room);
    select(FIRST_VISIT[step].select);
  });
}

export function leaveTour() {
  tourStep.value = null;
  answer.value = null;
}

// What the walk says is true of the default experiment alone: whoever changes it has left the walk.
effect(() => {
  const { experiment } = trace.value;
  if (tourStep.value !== null && JSON.stringify(experiment) !== JSON.stringify(schema.defaults)) leaveTour();
});

/** Give the answer; the hidden steps appear, and the play head moves there. */
export function predict(what) {
  answer.value = what;
  const { quantity, unit, to } = lesson.value.question;
  select({ quantity, unit, t: to });
}
