// The letter of a quantity as it stands at its row, and its full name and place in words.

import { t } from "../core/i18n.js";
import { Tex } from "./Tex.jsx";

const LETTERS = { target: "d", tanh_c: "\\tanh c" };

/** The scalar that is differentiated: L, or the last output. */
const scalar = (trace) => (trace.experiment.gradient_of === "loss" ? "L" : "y");

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** The same with the step and the output, as it is written in a sentence: "y₂₄". */
export function differentiated({ experiment, output, shape: { T, O } }) {
  if (experiment.gradient_of === "loss") return "L";
  return `y${[experiment.output_step || T, ...(O > 1 ? [output] : [])].map((k) => [...String(k)].map((digit) => SUBSCRIPTS[digit]).join("")).join(",")}`;
}

/** LaTeX of a quantity without its place; a derivative as a fraction, or, `small`, on one line. */
export function letter(quantity, trace, small = false) {
  if (!quantity.startsWith("d")) return LETTERS[quantity] ?? (quantity.startsWith("z_") ? `z^${quantity[2]}` : quantity);
  const [name] = quantity.slice(1).split("_via_");
  const below = name.startsWith("z_") ? `z^${name[2]}` : name;
  if (small) return `\\partial ${scalar(trace)}/\\partial ${below}`;
  return `\\dfrac{\\partial ${scalar(trace)}}{\\partial ${below}}`;
}

export const GATES = ["i", "f", "g", "o"];                     // row blocks of the weights, as in PyTorch
const PARAMETERS = { weight_ih: "W", weight_hh: "U", bias: "b", readout_weight: "V", readout_bias: "a" };

/**
 * A number that can be set by hand, from 1 as on the page: {latex, words}, "W^{f}_{1,2}" and "gate f, unit 1, from input 2"; of what
 * names none, as a changed link may, only what it says.
 * @param place  "weight_ih[4,1]", "bias[3]", "c_0[1]" or "x[4,0]" (step, input), from 0
 */
export function placeOf(place, { shape: { H, O } }) {
  const [, name, inside] = place.match(/^(\w+)\[([\d,]+)\]$/) ?? [];
  if (!name) return { latex: null, words: place };
  const [first, second] = inside.split(",").map(Number);
  if (name.startsWith("readout")) {
    const below = [first + 1, second + 1].slice(O > 1 ? 0 : 1).filter((k) => k > 0).join(",");
    return { latex: `${PARAMETERS[name]}${below && `_{${below}}`}`, words: t(`place.${name}`, { output: first + 1, from: second + 1 }) };
  }
  if (PARAMETERS[name]) {
    const [gate, unit] = [GATES[Math.floor(first / H)], (first % H) + 1];
    return { latex: `${PARAMETERS[name]}^{${gate}}_{${unit}${second >= 0 ? `,${second + 1}` : ""}}`, words: t(`place.${name}`, { gate, unit, from: second + 1 }) };
  }
  if (name === "x") return { latex: `x_{${first + 1},${second + 1}}`, words: t("place.x", { input: second + 1, t: first + 1 }) };
  const state = name[0];
  return ["c_0", "h_0"].includes(name) ? { latex: `${state}_{0,${first + 1}}`, words: t("place.state", { state, unit: first + 1 }) } : { latex: null, words: place };
}

export function Letter({ quantity, trace, small }) {
  return <Tex>{letter(quantity, trace, small)}</Tex>;
}

const NUMBERED = ["x", "dx", "y", "dy", "p", "target"];

/** Whether a hidden unit has this quantity. Inputs and outputs are numbered, and have no units. */
export const ofUnits = (quantity) => !NUMBERED.includes(quantity);

/** "forget gate, unit 2, step 13" */
export function placeName(trace, { quantity, t: step, unit }) {
  const name = t(`quantity.${quantity}`);
  const width = trace.arrays[quantity].shape[1];
  const key = width === 1 ? "inspector.placeSingle" : ofUnits(quantity) ? "inspector.place" : "inspector.placeNumbered";
  return t(key, { name, unit, t: step });
}
