// What became of a file that was dropped on the page, until it is read.

import { useSignalEffect } from "@preact/signals";
import { t } from "../../core/i18n.js";
import { arrival } from "../../core/open_experiment.js";

const READ_MS = 8000;

export function Arrival() {
  useSignalEffect(() => {
    const mine = arrival.value;
    if (!mine?.good) return undefined;                  // a refusal stays until it is closed
    const timer = setTimeout(() => { if (arrival.value === mine) arrival.value = null; }, READ_MS);
    return () => clearTimeout(timer);
  });
  const said = arrival.value;
  return said && (
    <p class={said.good ? "arrival" : "arrival bad"} role={said.good ? "status" : "alert"}>{said.sentence}{" "}
      <button type="button" class="plain" onClick={() => { arrival.value = null; }}>{t("check.close")}</button></p>);
}
