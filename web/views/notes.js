// What several rooms say of the network on the screen, where it is not what one would take it for.

import { t } from "../core/i18n.js";
import { curves, defaultsOf, engineState, isRecording, trace, wanted } from "../core/state.js";

/** A task on which an LSTM holds what an RNN loses. */
export const GAP = (({ task, input_size, values, text }) => ({ task, input_size, values, text, length: 60 }))(defaultsOf("latch"));

/** How many numbers of the network on the screen are set by hand. */
export const byHand = () => Object.keys(trace.value.experiment.edits ?? {}).length;

/** "1 number is …" or "6 numbers are …". */
export const numbered = (one, several, count = byHand()) => t(count === 1 ? one : several, { count });

/** That the network is that of an earlier update than its run has come to; nothing where it is the last. */
export function momentNote() {
  const { updates } = trace.value.experiment;
  const { count } = curves.value.main;
  return !isRecording.value && trace.value.done !== false && updates < count ? t("note.moment", { update: updates, count }) : "";
}

/** What stands where Python's answer is to come. */
export const asking = () => t(engineState.value === "failed" ? "asking.failed" : isRecording.value ? "asking.later" : "asking.now");

/** That the recording shows another experiment than the one that was asked for; nothing where it is that one. */
export function recordedNote() {
  if (!isRecording.value || JSON.stringify(wanted.value) === JSON.stringify(trace.value.experiment)) return "";
  return t(engineState.value === "failed" ? "recorded.failed" : "recorded.later");
}
