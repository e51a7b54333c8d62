// What ended a training before its time, or is wrong with one that goes on: said once, with what to do.

import { full, short } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { happened, running, stopWhen, trace } from "../../core/state.js";
import { doneNow, goTo, startOver, train } from "../../core/training.js";

export function Happened() {
  const event = happened.value;
  return <div role="status" aria-live="polite">{event ? EVENTS[event.how](event) : <Trouble />}</div>;
}

const EVENTS = {
  stopped: ({ kind, value, reached, update }) => (
    <p class="event"><span>{t(`train.stopped.${kind}`, { update, value: kind === "updates" ? value : short(value), reached: short(reached) })}</span>
      {/* A limit that was reached would stop it again at once. A task that is learnt does not. */}
      <button type="button" onClick={() => { if (stopWhen.value?.kind !== "learnt") stopWhen.value = null; train(); }}>{t("train.goOn")}</button></p>),
  diverged: ({ update, got, remedy, tensor, norm, of, stands }) => (
    <p class="event diverged"><span>{t(of === "gradient" ? "train.divergedGradient" : "train.diverged", { update, got, remedy, tensor: t(`tensor.${tensor}`), norm: short(Number(norm)), last: update - 1 })}</span>
      {stands < update - 1 && <span class="stands">{t("train.divergedStands", { update: stands })}</span>}
      <button type="button" onClick={() => startOver({ learning_rate: Number(remedy) })}>{t("train.again", { remedy })}</button>
      <button type="button" onClick={() => goTo(doneNow())}>{t("train.stay", { update: doneNow() })}</button></p>),
};

/** A loss that stays high without leaving the numbers. */
function Trouble() {
  const found = trace.value.trouble;
  if (!found) return null;
  const lower = Number((trace.value.experiment.learning_rate / 10).toPrecision(3));
  return (
    <p class="event diverged"><span>{t("train.trouble", { update: found.update, factor: short(Number(found.factor)), gradient_norm: short(Number(found.gradient_norm)), norm: short(Number(found.norm)), tensor: t(`tensor.${found.tensor}`) })}</span>
      {!running.value && <button type="button" onClick={() => startOver({ learning_rate: lower })}>{t("train.again", { remedy: full(lower) })}</button>}</p>);
}
