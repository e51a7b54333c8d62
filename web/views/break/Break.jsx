// The Break room: left what to break, in the middle what that does, right which gradients are wrong. A puzzle takes its place.

import { failed, losses } from "../../core/breaking.js";
import { damage } from "../../core/damage.js";
import { refusal, t } from "../../core/i18n.js";
import { puzzle, trace } from "../../core/state.js";
import { Inspector } from "../Inspector.jsx";
import { Memory } from "./Memory.jsx";
import { withValue } from "./names.js";
import { Numbers } from "./Numbers.jsx";
import { Onset } from "./Onset.jsx";
import { Pair } from "./Pair.jsx";
import { Puzzle, SuspectNotes, Suspects } from "./Puzzle.jsx";
import { Rules } from "./Rules.jsx";
import { TrainOn } from "./TrainOn.jsx";

export const BreakLeft = ({ onClose }) => (puzzle.value === null ? <Rules onClose={onClose} /> : <Suspects onClose={onClose} />);

export const BreakCentre = () => (puzzle.value === null ? <Broken /> : <Puzzle />);

export const BreakRight = () => (puzzle.value === null ? <><Onset /><Inspector /></> : <SuspectNotes />);

function Broken() {
  return (
    <>
      <p class="caption break-caption" role="status">{sentence()}</p>
      {failed.value && <p class="refusal" role="alert">{refusal(failed.value)}</p>}
      <Numbers />
      <Pair />
      <Memory />
      <TrainOn />
    </>
  );
}

/** What is broken, in a sentence; with nothing broken, what to do. */
function sentence() {
  const { damage: done, damage_from: from } = trace.value.experiment;
  const names = Object.keys(done);
  if (names.length === 0) return t(Object.keys(damage.value).length ? "inspector.waiting" : "break.nothing");
  const what = names.map((name) => withValue(name, done[name])).join(t("puzzle.comma"));
  return t(losses.value && from !== null ? "break.brokenTraining" : "break.broken", { what });
}
