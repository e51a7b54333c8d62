// LaTeX from Python, which has no words in it, with those of the reader's language.

import { t } from "./i18n.js";

const WAYS = { c: "c_{t+1}", z: "z_{t+1}", p: "p_{t+1}" };     // what lies in the next step; h and y lie in the same

/** The way on which a derivative came, in words: f|_h says "with h held fixed" elsewhere. */
export const worded = (latex) => latex.replace(/\\big\|_\{?([a-z])\}?/g, (_, way) => {
  const [before, after] = t("through", { name: "|" }).split("|");
  return `\\;\\text{${before}}${WAYS[way] ?? way}${after && `\\text{${after}}`}`;
});

/** All LaTeX of an explanation. */
export const wordedAll = (told) => JSON.parse(JSON.stringify(told), (_, value) => (typeof value === "string" ? worded(value) : value));
