// The letter of a quantity as it stands at its row, and its full name and place in words.

import { t } from "../core/i18n.js";
import { Tex } from "./Tex.jsx";

const LETTERS = { target: "d", tanh_c: "\\tanh c" };

/** The scalar that is differentiated: L, or the last output. */
const scalar = (trace) => (trace.experiment.gradient_of === "loss" ? "L" : "y");

/** LaTeX of a quantity without its place; a derivative as a fraction, or, `small`, on one line. */
export function letter(quantity, trace, small = false) {
  if (!quantity.startsWith("d")) return LETTERS[quantity] ?? (quantity.startsWith("z_") ? `z^${quantity[2]}` : quantity);
  const [name] = quantity.slice(1).split("_via_");
  const below = name.startsWith("z_") ? `z^${name[2]}` : name;
  if (small) return `\\partial ${scalar(trace)}/\\partial ${below}`;
  return `\\dfrac{\\partial ${scalar(trace)}}{\\partial ${below}}`;
}

export function Letter({ quantity, trace, small }) {
  return <Tex>{letter(quantity, trace, small)}</Tex>;
}

/** "forget gate, unit 2, step 13" */
export function placeName(trace, { quantity, t: step, unit }) {
  const name = t(`quantity.${quantity}`);
  const width = trace.arrays[quantity].shape[1];
  const key = width === 1 ? "inspector.placeSingle" : ["x", "dx"].includes(quantity) ? "inspector.placeInput" : "inspector.place";
  return t(key, { name, unit, t: step });
}
