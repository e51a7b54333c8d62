// What is seen at a glance, for those who hear the page: how a training ended.

import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { curves, room, running, trace } from "../core/state.js";

export function Spoken() {
  const said = useSignal("");
  const ran = useRef(false);
  useSignalEffect(() => {
    const { count, loss } = curves.value.main;
    const runs = running.value || (room.value === "train" && trace.value.done === false);
    if (runs) said.value = "";
    else if (ran.current && count > 0) said.value = t("announce.trained", { update: count, loss: short(loss.at(-1)) });
    ran.current = runs;
  });
  return <p class="visually-hidden" role="status" data-spoken="training">{said.value}</p>;
}
