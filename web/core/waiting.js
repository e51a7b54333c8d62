// How far Python's files have come, and how much longer they take if they go on coming as fast.

import { computed, signal } from "@preact/signals";
import { progress, runtimeFiles } from "./state.js";

const TELLING_MS = 1500;                                // before that, a guess would jump about

export const silent = signal(false);                    // the line has fallen silent and is tried again
const begun = { got: 0, at: 0 };
const speed = signal(null);                             // bytes per millisecond

/** @param bytes  what came of each file so far */
export function arrived(bytes, isSilent = false) {
  const got = sum(bytes);
  const now = performance.now();
  if (got <= begun.got) Object.assign(begun, { got, at: now });
  progress.value = bytes;
  silent.value = isSilent;
  speed.value = now - begun.at > TELLING_MS ? (got - begun.got) / (now - begun.at) : null;
}

/** {got, total}: bytes; seconds: what is left, or null while that cannot be told. */
export const waiting = computed(() => {
  const total = runtimeFiles.reduce((all, { bytes }) => all + bytes, 0);
  const got = sum(progress.value);
  return { got, total, seconds: speed.value > 0 ? Math.ceil((total - got) / speed.value / 1000) : null };
});

const sum = (received) => runtimeFiles.reduce((all, { name, bytes }) => all + Math.min(bytes, received[name] ?? 0), 0);
