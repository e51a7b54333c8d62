// `window.lab`: the page for scripts, teachers' tools and tests. README documents it.

import { begin } from "./address.js";
import { check, engine, request } from "./requests.js";
import { select } from "./selection.js";
import { catchingUp, curves, running, trace, wanted } from "./state.js";
import { halt, PACES, train } from "./training.js";
import { verify } from "./verify.js";
import { version } from "./version.js";

export function openLab() {
  const ready = begin();
  window.lab = {
    ready,
    get experiment() { return structuredClone(trace.value.experiment); },
    get wanted() { return structuredClone(wanted.value); },
    set: (patch) => request(patch),
    select,
    trace() {
      return Object.fromEntries(Object.entries(trace.value.arrays).map(
        ([name, { shape, data }]) => [name, { shape: [...shape], data: Array.from(data) }]));
    },
    gradientCheck: check,
    verify: () => verify(),
    version: { ...version },
    /** Whether anything goes on, or was asked for and is not answered. */
    get busy() { return running.value || catchingUp.value || !trace.value.done || Boolean(engine.request || engine.current); },
    train: (options) => train({ each: PACES.full, stop: null, ...options }),
    halt,
    run(name = "main") {
      const { count, ended: _, ...series } = curves.value[name];
      const { seconds, rate } = trace.value;
      return { count, seconds, rate, ...Object.fromEntries(Object.entries(series).map(([kind, values]) => [kind, Array.from(values)])) };
    },
  };
}
