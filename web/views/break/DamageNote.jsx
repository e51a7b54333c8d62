// In the other rooms: that what is seen there is damaged, and the way back.

import { repair } from "../../core/damage.js";
import { t } from "../../core/i18n.js";
import { enter } from "../../core/selection.js";
import { room, trace } from "../../core/state.js";
import { allOf } from "./names.js";

export function DamageNote() {
  const { damage } = trace.value.experiment;
  if (Object.keys(damage).length === 0 || room.value === "break") return null;
  return (
    <p class="damage-note" role="status">
      <span>{t("break.broken", { what: allOf(damage) })}</span>
      <button type="button" class="plain" onClick={() => enter("break")}>{t("room.break")}</button>
      <button type="button" class="plain" onClick={repair}>{t("break.repair")}</button>
    </p>
  );
}
