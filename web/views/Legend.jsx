// What ink and colour mean, as far as the picture has them.

import { STOPS } from "../core/colour.js";
import { t } from "../core/i18n.js";
import { shownTheme } from "../core/state.js";
import { outgrows, rangeOf } from "../core/trace.js";
import { painted } from "./Score.jsx";

/** @param of  {picture: {groups}, shown}: of which picture, if not of the room's own */
export function Legend({ of }) {
  const { picture: { groups }, shown } = of ?? painted.value;
  const stands = (quantity) => groups.some((group) => group.quantity === quantity);
  const has = (...marks) => groups.some(({ mark }) => marks.includes(mark));
  return (
    <div class="legend">
      {has("opening", "share", "guess") && <span><i class="sluice" aria-hidden="true"><b style={{ height: "15%" }} /><b style={{ height: "50%" }} /><b style={{ height: "100%" }} /></i>
        {t("legend.opening")}</span>}
      <span><i class="ramp" aria-hidden="true" style={{ background: `linear-gradient(90deg in oklab, ${STOPS[shownTheme.value].join(", ")})` }} />
        {t("legend.value")}</span>
      <span class="ends">{t(stands("c") && outgrows(shown, "c") ? "legend.endsBeyond" : "legend.ends")}{stands("c") && stands("g") && !shown.isChange && rangeOf(shown, "c") === 1 && t("legend.oneScale")}</span>
      {has("line") && <span><i class="target" aria-hidden="true" />{t("picture.target")}</span>}
      {has("line") && <span><i class="output" aria-hidden="true" />{t("picture.output")}</span>}
    </div>
  );
}
