// What a run beside the first is called: by what differs.

import { full } from "../../core/format.js";
import { inRow, t } from "../../core/i18n.js";
import { allOf } from "../break/names.js";

const UNSAID = ["updates", "version", "edits", "gradient_of", "output_step", "sequence_seed"];

const LONG = ["text", "values", "targets"];             // more than a name can hold
const NO_LIMIT = 1e6;                                   // of a norm: never reached by a training that learns

/** "Forget bias −2" */
export const setTo = (field, value) => t("train.setTo", { name: t(`field.${field}`), value: typeof value === "number" ? full(value) : value });

const written = (field, value) => {
  if (field === "cell") return t(`break.${value}`);
  if (field === "damage") return allOf(value) || t("break.whole");
  if (LONG.includes(field)) return t(`field.${field}`);
  const words = t(`${field}.${value}`);
  if (field === "changes") return "";
  if (field === "clip_norm" && (value === 0 || value >= NO_LIMIT)) return t("train.notClipped");
  return words === `${field}.${value}` ? setTo(field, value) : words;
};

/** "forget bias 0": the fields in which a run differs from the first, as short as can be. */
export function nameOf(experiment, first) {
  // Another cell is what tells runs apart that differ in much else.
  const differing = Object.keys(experiment).sort((one, other) => (other === "cell") - (one === "cell")).filter((name) => !UNSAID.includes(name) && JSON.stringify(experiment[name]) !== JSON.stringify(first[name]));
  if (differing.length === 0) return t("train.kept");
  return inRow(differing.slice(0, 2).map((name) => written(name, experiment[name]))) || t("train.kept");
}

/** The words for several runs that differ in nothing but their seed, or null. */
export function bandOf(first, experiments) {
  if (experiments.length < 2) return null;
  const bare = (experiment) => JSON.stringify({ ...experiment, seed: 0, updates: 0, changes: {} });
  return experiments.every((experiment) => bare(experiment) === bare(experiments[0])) ? t("train.seeds", { count: experiments.length }) : null;
}
