// One sentence on what is seen, one on what to try. After the first touch it leaves; what is true of a run it only says
// of runs for which it is.

import { t } from "../core/i18n.js";
import { isRecording, room, touched, trace } from "../core/store.js";

export function Caption() {
  const { experiment, right, counted } = trace.value;
  let seen = `task.${experiment.task}.note`;
  if (experiment.updates === 0) seen = "caption.untrained";
  else if (experiment.task === "latch" && right === counted && (room.value === "forward" || experiment.gradient_of === "output")) {
    seen = `caption.latch.${room.value}`;
  }
  return (
    <p class="caption">
      <span>{t(seen)}</span>{" "}
      {!touched.value && <span class="try">{t("caption.try")}{isRecording.value && ` ${t("caption.recording")}`}</span>}
    </p>
  );
}
