// Find the bug: the measurements made, and what was said of a guess. What is damaged is known to Python alone.

import { effect, signal } from "@preact/signals";
import { question } from "./breaking.js";
import { engineState, isRecording, puzzle, room, schema } from "./state.js";

export const standing = signal(null);                   // {seed, count, wrong: [], solved, answer}; null while the network is trained
export const preparing = signal(null);                  // {done, wanted} meanwhile
export const log = signal([]);                          // what was measured: {measurement, blocks or values}
export const verdict = signal(null);                    // what was said of the last guess
export const fewest = signal(null);                     // after it is solved: the shortest proof

const note = (part) => { standing.value = { seed: part.seed, count: part.count, wrong: part.wrong, solved: part.solved, answer: part.answer }; };

export const another = () => { puzzle.value = Math.floor(Math.random() * 10_000); };

export function measure(measurement) {
  return question("measure", "measure", [measurement], (part) => {
    note(part);
    const same = JSON.stringify(part.measurement);
    log.value = [...log.value.filter((entry) => JSON.stringify(entry.measurement) !== same), part];
  });
}

export function guess(name) {
  return question("guess", "guess", [name], (part) => {
    note(part);
    verdict.value = part;
    if (part.right) question("fewest", "fewest", [], (told) => { fewest.value = told; });
  });
}

let begun = null;
effect(() => {
  if (puzzle.value === null || room.value !== "break") return;
  if (begun !== puzzle.value) {
    standing.value = null;
    preparing.value = null;
    log.value = [];
    verdict.value = null;
    fewest.value = null;
  }
  if (engineState.value !== "live" || isRecording.value || begun === puzzle.value) return;
  begun = puzzle.value;
  question("puzzle", "begin_puzzle", [puzzle.value], (part) => {
    if (part.kind === "progress") preparing.value = part;
    else note(part);
  });
});
// A new Python knows nothing of the puzzle.
effect(() => { if (engineState.value !== "live") begun = null; });

export const { suspects, checked, watched, mostSteps } = schema.damage;
