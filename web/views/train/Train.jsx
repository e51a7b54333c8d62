// The Train room: a run as it happens, time of training from left to right, and under it what the network does with a
// sequence it has never been trained on.

import { short } from "../../core/format.js";
import { lang, t } from "../../core/i18n.js";
import { isText, showsText } from "../../core/reading.js";
import { schema, trace } from "../../core/state.js";
import { byHand, numbered, recordedNote } from "../notes.js";
import { countsRight, Curves, scoreName } from "./Curves.jsx";
import { Example } from "./Example.jsx";
import { Happened } from "./Happened.jsx";
import { Offer } from "./Offer.jsx";
import { TextChoice, TextView } from "./TextView.jsx";

/** @param bar  the controls of the run, as the page places them */
export function Train({ bar }) {
  return (
    <>
      <Story />
      <Offer />
      {bar}
      <Happened />
      <Curves />
      <div class="held-out">
        <h2>{t(trace.value.experiment.task === "own" ? "train.ownSequence" : showsText.value ? "text.title" : "train.heldOut")}</h2>
        {isText.value && <TextChoice />}
      </div>
      {byHand() > 0 && <p class="note by-hand">{numbered("train.byHandOne", "train.byHand")}</p>}
      {showsText.value && <TextView />}
    </>
  );
}

/** What is to be learnt, in a sentence and an example, and what counts as learnt. */
function Story() {
  const { task } = trace.value.experiment;
  const known = Object.hasOwn(schema.tasks, task) || Object.hasOwn(schema.own, task);
  const { about } = trace.value;
  const score = [t("train.score", { metric: scoreName(), clueless: short(about.clueless) }),
    about.goal !== null && t(countsRight() ? "train.scoreGoal" : "train.scoreGoalLower", { goal: short(about.goal) }), about.published && t(`published.${task}`)];
  return (
    <div class="task">
      <p class="caption train-story">{recordedNote() || t(showsText.value ? "text.story" : known ? `task.${task}.note` : "task.latch.note")}</p>
      <Example />
      <p class="goal-note">{score.filter(Boolean).join(lang.value === "en" ? " " : "")}</p>
    </div>
  );
}
