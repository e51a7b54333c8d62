// One sentence on what is seen, one on what to try, which leaves after the first touch; the way into the tour
// stays until it was taken. What is said of a run is measured of
// it: python/captions.py chooses.

import { t } from "../core/i18n.js";
import { startTour, toured } from "../core/tour.js";
import { byTouch } from "../core/window.js";
import { isRecording, room, touched, trace } from "../core/state.js";
import { byHand, momentNote, recordedNote } from "./notes.js";

export function Caption() {
  if (recordedNote()) return <p class="caption">{recordedNote()}</p>;
  return (
    <>
      <p class="caption">
        <span>{t(`caption.${trace.value.captions[room.value]}`, { ...trace.value, count: byHand() })}</span>{" "}
        {momentNote() && <span class="moment-note">{momentNote()} </span>}
        {!touched.value && <span class="try">{t(byTouch.value ? "caption.tryByTouch" : "caption.try")}{" "}</span>}
        {!toured.value && <span class="try"><button type="button" class="plain" onClick={startTour}>{t("tour.start")}</button>{" "}</span>}
        {!touched.value && <span class={isRecording.value ? "try" : "try gone"}>{t("caption.recording")}</span>}
      </p>
    </>
  );
}
