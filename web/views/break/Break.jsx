// The Break room: left what to break, in the middle what that does, right which gradients are wrong. A puzzle takes its place.

import { failed, rivals } from "../../core/breaking.js";
import { damage, RULES } from "../../core/damage.js";
import { short } from "../../core/format.js";
import { lang, t } from "../../core/i18n.js";
import { refusal } from "../../core/refusal.js";
import { puzzle, trace } from "../../core/state.js";
import { Inspector } from "../Inspector.jsx";
import { asking, momentNote, recordedNote } from "../notes.js";
import { Inside } from "./Inside.jsx";
import { Memory } from "./Memory.jsx";
import { allOf } from "./names.js";
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
      <p class="caption break-caption" role="status">{sentence()}{momentNote() && <span class="moment-note"> {momentNote()}</span>}</p>
      {failed.value && <p class="refusal" role="alert">{refusal(failed.value)}</p>}
      {rivals.value && <Memory />}
      <Numbers />
      <Pair />
      {!rivals.value && <Memory />}
      <Inside />
      <TrainOn />
    </>
  );
}

/** What is broken, in a sentence; with nothing broken, what to do. */
function sentence() {
  if (recordedNote()) return recordedNote();
  const { damage: done, damage_from: from, updates } = trace.value.experiment;
  const names = Object.keys(done);
  if (names.length === 0) return Object.keys(damage.value).length ? asking() : t("break.nothing");
  if (names.join() === "longer") return t("break.onlyLonger", { times: short(done.longer) });
  const trained = from !== null && updates > from;
  return [t(trained ? "break.brokenTraining" : "break.broken", { what: allOf(done) }), lookAt(names, trained)].filter(Boolean).join(lang.value === "en" ? " " : "");
}

/** Where the damage shows, and where it does not. */
function lookAt(names, trained) {
  if (trained) return t("break.look.trained");
  if (names.every((name) => STARTS_AT_ZERO.includes(name))) return t("break.look.zero");
  const kinds = new Set(names.map((name) => RULES[name].kind));
  return kinds.size === 1 ? t(`break.look.${[...kinds][0]}`) : "";
}

// Their weights are 0 until they are trained.
const STARTS_AT_ZERO = ["peepholes", "full_recurrence"];
