// A plain RNN trained as the LSTM on the screen was, and how far the derivative reaches in it. Asked for, never by itself.

import { signal } from "@preact/signals";
import { question } from "./questions.js";
import { trace } from "./state.js";

export const rnn = signal(null);                        // {of: the experiment, done, wanted, failed: a refusal, reach: {dh, loss, lstm, size} or null}

/** What is known of the experiment on the screen. */
export const rnnNow = () => (rnn.value?.of === trace.value.experiment ? rnn.value : null);

export async function trainRnn() {
  const of = trace.value.experiment;
  const tell = (news) => { if (rnn.value?.of === of) rnn.value = { ...rnn.value, ...news }; };
  rnn.value = { of, done: 0, wanted: of.updates, reach: null };
  const { error } = await question("reach_rnn", "reach_rnn", [of], (part) => tell(part.kind === "reach" ? { reach: part } : { done: part.done }));
  if (rnn.value?.of === of && !rnn.value.reach) rnn.value = error ? { of, failed: error, reach: null } : null;
}
