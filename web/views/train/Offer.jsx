// A run kept by an earlier visit: one sentence and two buttons.

import { lang, t } from "../../core/i18n.js";
import { discard, offered, takeUp, unkept } from "../../core/keep.js";
import { engineState } from "../../core/state.js";

export function Offer() {
  const kept = offered.value;
  if (kept && engineState.value === "live") {
    const when = new Date(kept.when).toLocaleString(lang.value, { dateStyle: "medium", timeStyle: "short" });
    return (
      <p class="event"><span>{t("keep.offer", { task: t(`task.${kept.experiment.task}`), updates: kept.experiment.updates, when })}</span>
        <button type="button" onClick={takeUp}>{t("keep.goOn")}</button>
        <button type="button" onClick={discard}>{t("keep.discard")}</button></p>);
  }
  return unkept.value ? <p class="note kept-note">{t("keep.refused")}</p> : null;
}
