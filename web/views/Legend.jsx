// What ink and colour mean.

import { STOPS } from "../core/colour.js";
import { t } from "../core/i18n.js";
import { shownTheme } from "../core/state.js";

export function Legend() {
  return (
    <div class="legend">
      <span><i class="sluice" aria-hidden="true"><b style={{ height: "15%" }} /><b style={{ height: "50%" }} /><b style={{ height: "100%" }} /></i>
        {t("legend.opening")}</span>
      <span><i class="ramp" aria-hidden="true" style={{ background: `linear-gradient(90deg in oklab, ${STOPS[shownTheme.value].join(", ")})` }} />
        {t("legend.value")}</span>
      <span class="ends">{t("legend.ends")}</span>
      <span><i class="target" aria-hidden="true" />{t("picture.target")}</span>
      <span><i class="output" aria-hidden="true" />{t("picture.output")}</span>
    </div>
  );
}
