// Find the bug: the measurements made, and what was said of a guess. What is damaged is known to Python alone, which also
// writes and reads the path of measurements in a link.

import { batch, effect, signal } from "@preact/signals";
import { question } from "./breaking.js";
import { forget } from "./questions.js";
import { engineState, isRecording, measured, puzzle, room, schema } from "./state.js";

export const standing = signal(null);                   // {seed, count, wrong: [], solved, answer}; null while the network is trained
export const preparing = signal(null);                  // {done, wanted} meanwhile
export const log = signal([]);                          // what was measured: {measurement, blocks or values}
export const verdict = signal(null);                    // what was said of the last guess
export const fewest = signal(null);                     // after it is solved: the shortest proof

export const unreadable = signal(null);                 // why the link's path could not be gone to its end

// The puzzle and the path that Python has, or is going: another one begins anew.
let begun = null;

const note = (part) => batch(() => {
  standing.value = { seed: part.seed, count: part.count, wrong: part.wrong, solved: part.solved, answer: part.answer };
  begun = { seed: part.seed, path: part.path || null };
  measured.value = begun.path;
});

const enter = ({ measurement, blocks, values }) => {
  const same = JSON.stringify(measurement);
  log.value = [...log.value.filter((entry) => JSON.stringify(entry.measurement) !== same), { measurement, blocks, values }];
};

export const another = () => batch(() => { measured.value = null; puzzle.value = Math.floor(Math.random() * 10_000); });
export const startOver = () => { measured.value = null; };
export const leave = () => batch(() => { measured.value = null; puzzle.value = null; });

// Measurements and guesses are told one after the other, however quickly they are asked for: none takes another's place. Those
// that still wait when the puzzle begins anew belong to one that is gone.
let round = 0;
let turn = Promise.resolve();
function inTurn(...asked) {
  const mine = round;
  turn = turn.then(() => (mine === round ? question(...asked) : undefined));
  return turn;
}

export function measure(measurement) {
  return inTurn("measure", "measure", [measurement], (part) => { enter(part); note(part); });
}

export function guess(name) {
  return inTurn("guess", "guess", [name], (part) => {
    note(part);
    verdict.value = part;
    if (part.right) question("fewest", "fewest", [], (told) => { fewest.value = told; });
  });
}

effect(() => {
  const [seed, path] = [puzzle.value, measured.value];
  if (seed === null || room.value !== "break") return;
  const isBegun = begun !== null && begun.seed === seed && begun.path === path;
  if (!isBegun) {
    round += 1;
    standing.value = null;
    preparing.value = null;
    log.value = [];
    verdict.value = null;
    fewest.value = null;
    unreadable.value = null;
    for (const place of ["measure", "guess", "fewest"]) forget(place);      // of the puzzle before
  }
  if (engineState.value !== "live" || isRecording.value || isBegun) return;
  begun = { seed, path };
  question("puzzle", "begin_puzzle", [seed, path ?? ""], (part) => {
    if (part.kind === "progress") preparing.value = part;
    else if (part.kind === "measured") enter(part);
    else batch(() => { unreadable.value = part.refused; note(part); });
  });
});
// A new Python knows nothing of the puzzle.
effect(() => { if (engineState.value !== "live") begun = null; });

export const { suspects, checked, watched, mostSteps } = schema.damage;
