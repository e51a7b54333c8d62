// What a rule, a suspect and a block of a tensor are called.

import { full } from "../../core/format.js";
import { apart, t } from "../../core/i18n.js";
import { RULES } from "../../core/damage.js";
import { schema } from "../../core/state.js";

export const ruleName = (name) => t(`break.rule.${name}`);

/** "forget gate held at 0.5" */
export const withValue = (name, value) => (RULES[name].switch ? ruleName(name) : t("break.withValue", { name: ruleName(name), value: full(value) }));

/** All of a damage: "forget gate held at 0.5; no path along the cell" */
export const allOf = (damage) => apart(Object.entries(damage).map(([name, value]) => withValue(name, value)));

export function suspectName(name) {
  const { rule, value } = schema.damage.suspects[name];
  return withValue(rule, value);
}

/** LaTeX of a block: "weight_ih[f]" is W^f. */
export function blockLetter(block) {
  const [, tensor, gate] = block.match(/^(\w+?)(?:\[(\w)\])?$/);
  const letter = { weight_ih: "W", weight_hh: "U", bias: "b", readout_weight: "V", readout_bias: "a", h_0: "h_0", c_0: "c_0", x: "x" }[tensor];
  return gate ? `${letter}^{${gate}}` : letter;
}

export function blockName(block) {
  const [, tensor, gate] = block.match(/^(\w+?)(?:\[(\w)\])?$/);
  return gate ? t("break.blockOf", { tensor: t(`tensor.${tensor}`), gate: t(`quantity.${gate}`) }) : t(`tensor.${tensor}`);
}
