// A frame from Python as the page reads it: names to arrays, and a number by its place. Nothing is computed here.

import { colourOf } from "./colour.js";

/** Names to arrays, from where each begins in the one buffer that crossed the bridge. */
export function unpack(entries, data) {
  const arrays = {};
  for (const [name, { shape, start }] of Object.entries(entries)) {
    const size = shape.reduce((a, b) => a * b, 1);
    arrays[name] = { shape, data: data.subarray(start, start + size) };
  }
  return arrays;
}

/** `header` and `data` as they crossed the bridge. */
export function traceOf(header, data) {
  const arrays = unpack(header.arrays, data);
  const [T, H] = arrays.h.shape;
  return { ...header, arrays, more: unpack(header.more, data), shape: { T, H, I: arrays.x.shape[1], O: arrays.y.shape[1], ...header.symbols } };
}

/** One number: t and unit from 1; t = 0 is the state before the first step. */
export function numberIn(trace, { quantity, t, unit }) {
  if (t === 0) return trace.arrays[`${quantity}_0`].data[unit - 1];
  const { shape, data } = trace.arrays[quantity];
  return data[(t - 1) * shape[1] + unit - 1];
}

export const widthOf = (trace, quantity) => trace.arrays[quantity].shape[1];

/**
 * The ends of a quantity's colour scale: the largest size of its numbers, unless they are fixed. A cell state has the scale of
 * g and h, which it is made of and turns into, so that a colour means the same number in all three; where it outgrows that by
 * more than 1, its scale follows, and from 3 on it is its own.
 */
export function rangeOf(trace, quantity) {
  if (trace.isChange) return largest(trace, quantity);
  if (["g", "h", "n", "tanh_c"].includes(quantity)) return 1;
  const most = largest(trace, quantity);
  return quantity === "c" ? Math.max(1, Math.min(most, 2 * most - 3)) : most;
}

/** Whether a quantity has numbers beyond the ends of its scale. */
export const outgrows = (trace, quantity) => largest(trace, quantity) > rangeOf(trace, quantity);

/** What gives a quantity's numbers their colours, as colourOf does. */
export function colouring(trace, quantity, theme) {
  const range = Math.max(rangeOf(trace, quantity), 1e-300);
  return (value) => colourOf(value, range, theme);
}

/**
 * The largest size of any number of a quantity; of two traces side by side, which have one scale, in both of them. What stands
 * beside may for a moment be of a task that has other quantities.
 */
export const largest = (trace, quantity) => Math.max(ofOne(trace, quantity), trace.beside?.arrays[quantity] ? ofOne(trace.beside, quantity) : 0);

/** The same of one trace, found once. */
function ofOne(trace, quantity) {
  const { data } = trace.arrays[quantity];
  if (!sizes.has(data)) sizes.set(data, data.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  return sizes.get(data);
}
const sizes = new WeakMap();

/** Whether there is a number of it for every step, so that it can be selected; of a parameter there is not. */
const hasSteps = ({ arrays }, name) =>
  Object.hasOwn(arrays, name) && name !== "legal" && arrays[name].shape.length === 2 && !name.endsWith("_grad") && !(`${name}_grad` in arrays);

/** What a trace has a number of for every step, in the order of computation. */
export const quantitiesOf = (trace) => Object.keys(trace.arrays).filter((name) => hasSteps(trace, name));

/** The selection, moved to the nearest number this trace has. */
export function nearest(trace, { quantity, t, unit }) {
  const name = hasSteps(trace, quantity) ? quantity : "f";
  const whole = (value, most) => Math.min(most, Math.max(1, Math.round(Number.isFinite(value) ? value : 1)));
  return { quantity: name, t: whole(t, trace.shape.T), unit: whole(unit, widthOf(trace, name)) };
}
