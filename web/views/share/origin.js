// What is on the screen in a line, and where it comes from: for what is taken away, as a file or on paper.

import { link } from "../../core/address.js";
import { short } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { trace } from "../../core/state.js";

export function headline() {
  const { experiment, loss, shape } = trace.value;
  return t("take.headline", { task: t(`task.${experiment.task}`), units: shape.H, steps: shape.T, updates: experiment.updates, loss: short(loss) });
}

/** The page's address with what it shows; of a page on the own disk only what it shows, since nobody else has that disk. */
export function origin() {
  const hash = link();
  const base = /^https?:$/.test(location.protocol) ? location.origin + location.pathname : "lstm-lab.html";
  return hash ? `${base}#${hash}` : base;
}
