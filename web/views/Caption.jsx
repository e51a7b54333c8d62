// One sentence on what is seen, one on what to try. After the first touch it leaves; what is true of a run it only says
// of runs for which it is.

import { refusal, t } from "../core/i18n.js";
import { startTour } from "../core/tour.js";
import { isRecording, refused, room, touched, trace } from "../core/state.js";

export function Caption() {
  const { experiment, right, counted, arrays } = trace.value;
  const forward = room.value === "forward";
  // A learnt latch that was marked at least once tells the whole story.
  const story = experiment.task === "latch" && experiment.input_size >= 2 && counted > 0 && right === counted
    && (forward || (experiment.gradient_of === "output" && experiment.output_step === 0));
  let seen = `caption.any.${room.value}`;
  if (experiment.updates === 0 && forward) seen = "caption.untrained";
  else if (story && arrays.x.shape[0] > 1) seen = `caption.latch.${room.value}`;
  return (
    <>
      {refused.value && <p class="refused-note" role="alert">{refusal(refused.value)}</p>}
      <p class="caption">
        <span>{t(seen)}</span>{" "}
        {!touched.value && <span class="try">{t("caption.try")}{isRecording.value && ` ${t("caption.recording")}`}{" "}
          <button type="button" class="plain" onClick={startTour}>{t("tour.start")}</button></span>}
      </p>
    </>
  );
}
