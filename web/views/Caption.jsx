// One sentence on what is seen, one on what to try, which leaves after the first touch. What is said of a run is measured of
// it: python/captions.py chooses.

import { t } from "../core/i18n.js";
import { startTour } from "../core/tour.js";
import { isRecording, room, touched, trace } from "../core/state.js";

export function Caption() {
  return (
    <>
      <p class="caption">
        <span>{t(`caption.${trace.value.captions[room.value]}`, trace.value)}</span>{" "}
        {!touched.value && <span class="try">{t("caption.try")}{isRecording.value && ` ${t("caption.recording")}`}{" "}
          <button type="button" class="plain" onClick={startTour}>{t("tour.start")}</button></span>}
      </p>
    </>
  );
}
