// The Train room: a run as it happens, time of training from left to right, and under it what the network does with a
// sequence it has never been trained on.

import { t } from "../../core/i18n.js";
import { running, schema, trace } from "../../core/state.js";
import { Curves } from "./Curves.jsx";
import { Happened } from "./Happened.jsx";
import { Offer } from "./Offer.jsx";
import { Setup } from "./Setup.jsx";

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
      <h2 class="held-out">{t(trace.value.experiment.task === "own" ? "train.ownSequence" : "train.heldOut")}</h2>
    </>
  );
}

/** One sentence on what is to be learnt, and one on where the run stands. */
function Story() {
  const { task, updates } = trace.value.experiment;
  const known = Object.hasOwn(schema.tasks, task) || task === "own";
  return (
    <p class="caption">
      <span>{t(known ? `task.${task}.note` : "task.latch.note")}</span>{" "}
      {updates === 0 && !running.value && <span class="try">{t("train.storyStart")}</span>}
    </p>
  );
}
