// In the other rooms: that what is seen there is damaged, and the way back.

import { repair } from "../../core/damage.js";
import { t } from "../../core/i18n.js";
import { enter } from "../../core/selection.js";
import { room, trace } from "../../core/state.js";
import { withValue } from "./names.js";

export function DamageNote() {
  const { damage } = trace.value.experiment;
  const names = Object.keys(damage);
  if (names.length === 0 || room.value === "break") return null;
  return (
    <p class="damage-note" role="status">
      <span>{t("break.broken", { what: names.map((name) => withValue(name, damage[name])).join(t("puzzle.comma")) })}</span>
      <button type="button" class="plain" onClick={() => enter("break")}>{t("room.break")}</button>
      <button type="button" class="plain" onClick={repair}>{t("break.repair")}</button>
    </p>
  );
}
