// The controls of a training: back to the start, play, one update or several, how fast; and where it stands.

import { short } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { curves, engineState, isRecording, running, trace } from "../../core/state.js";
import { doneNow, isLearnt, learnAgain, most, pace, PACES, setPace, startOver, stepOn, toggleTraining } from "../../core/training.js";
import { Icon } from "../Icon.jsx";

const COUNTS = [1, 10, 100];

export function TrainBar() {
  const done = doneNow();
  const count = curves.value.main.count;
  return (
    <div class="playbar trainbar">
      <button type="button" class="icon" aria-label={t("train.startOver")} title={t("train.startOver")} disabled={done === 0 && count === 0}
        onClick={() => startOver()}><Icon name="first" /></button>
      <button type="button" class="icon primary" aria-label={t(running.value ? "train.halt" : "train.go")} title={t(running.value ? "train.halt" : "train.go")}
        onClick={() => toggleTraining()}><Icon name={running.value ? "pause" : "play"} /></button>
      <span class="steps">
        {COUNTS.map((count_) => {
          const name = t(count_ === 1 ? "train.oneMore" : "train.many", { count: count_ });
          return <button key={count_} type="button" aria-label={name} title={name} disabled={done >= most} onClick={() => stepOn(count_)}>+{count_}</button>;
        })}
      </span>
      <label class="by"><span class="visually-hidden">{t("play.speed")}</span>
        <select value={pace.value} onChange={(event) => setPace(event.currentTarget.value)}>
          {Object.keys(PACES).map((name) => <option key={name} value={name}>{t(`train.pace.${name}`)}</option>)}
        </select></label>
      <output class="now">{t("train.now", { update: done, count })}</output>
      {!running.value && !isRecording.value && isLearnt() && (
        <button type="button" class="plain again" title={t("train.learnAgainNote")} onClick={learnAgain}>{t("train.learnAgain")}</button>)}
      <Rate />
    </div>
  );
}

/** Updates per second, as Python counted them over the last second and a half. */
function Rate() {
  const { rate } = trace.value;
  const text = engineState.value === "live" && !isRecording.value && running.value && rate ? t("train.rate", { rate: short(rate) }) : "";
  return <span class="rate" data-rate={rate ?? ""}>{text}</span>;
}
