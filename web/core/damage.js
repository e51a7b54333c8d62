// What is broken, and how that is changed: rules with their values, and from which update on they hold.

import { computed } from "@preact/signals";
import { change, present } from "./requests.js";
import { schema } from "./state.js";

export const RULES = schema.damage.rules;
// Of what changes apply to: a damage that was refused would be refused again with every other one.
export const damage = computed(() => present().damage ?? {});

/** Switch a rule on, with its value, or off. */
export function setRule(name, value) {
  const { [name]: _, ...rest } = damage.value;
  if (value === null) return change(Object.keys(rest).length ? { damage: rest } : { damage: {}, damage_from: null });
  // The rule that says something else about the same number gives way.
  const others = schema.damage.odds.filter((pair) => pair.includes(name)).flat();
  const kept = Object.fromEntries(Object.entries(rest).filter(([rule]) => !others.includes(rule)));
  return change({ damage: { ...kept, [name]: value } });
}

export const repair = () => change({ damage: {}, damage_from: null });

/** Train on with the damage from where the training stands; with it from the start; or damage the trained network only. */
export function trainOn(updates) {
  const base = present();
  const from = base.damage_from ?? Number(base.updates);
  return change({ damage_from: from, updates: Math.min(schema.limits.updates[1], Number(base.updates) + updates) });
}
