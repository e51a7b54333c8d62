// The Train room: a run as it happens, time of training from left to right, and under it what the network does with a
// sequence it has never been trained on.

import { short } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { isText, showsText } from "../../core/reading.js";
import { running, schema, trace } from "../../core/state.js";
import { Curves, scoreName } from "./Curves.jsx";
import { Example } from "./Example.jsx";
import { Happened } from "./Happened.jsx";
import { Offer } from "./Offer.jsx";
import { Setup } from "./Setup.jsx";
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
      <Setup />
      <div class="held-out">
        <h2>{t(trace.value.experiment.task === "own" ? "train.ownSequence" : showsText.value ? "text.title" : "train.heldOut")}</h2>
        {isText.value && <TextChoice />}
      </div>
      {showsText.value && <TextView />}
    </>
  );
}

/** What is to be learnt, in a sentence and an example; what counts as learnt; and at the start what to do. */
function Story() {
  const { task, updates } = trace.value.experiment;
  const known = Object.hasOwn(schema.tasks, task) || Object.hasOwn(schema.own, task);
  const { about } = trace.value;
  return (
    <div class="task">
      <p class="caption train-story">
        <span>{t(showsText.value ? "text.story" : known ? `task.${task}.note` : "task.latch.note")}</span>{" "}
        {/* It keeps its place, so that what is below does not move away from under the finger that has pressed ▶. */}
        <span class={updates === 0 && !running.value ? "try" : "try gone"}>{t("train.storyStart")}</span>
      </p>
      <Example />
      <p class="goal-note">{t("train.score", { metric: scoreName(), clueless: short(about.clueless) })}{" "}
        {about.goal !== null && t("train.scoreGoal", { goal: short(about.goal) })}{" "}
        {about.published && t(`published.${task}`)}</p>
    </div>
  );
}
