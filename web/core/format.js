// How numbers are written. A real minus sign, so that it lines up and is read as one.

const minus = (text) => text.replace(/-/g, "−");

/** Whether numbers of this size are written with a power of ten, wherever they stand. */
const isFar = (size) => size >= 1e5 || size < 1e-4;

/** "−5.19 × 10⁻⁵", with so many digits after the point. */
function exponential(value, decimals) {
  const [digits, power] = value.toExponential(decimals).split("e");
  return minus(`${digits} × 10${superscript(Number(power))}`);
}

/** Three significant digits, for pictures and rows. */
export function short(value) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : minus(String(value).replace("Infinity", "∞"));
  const size = Math.abs(value);
  if (isFar(size)) return exponential(value, 2);
  return minus(size >= 1000 ? value.toFixed(0) : value.toPrecision(3));
}

/** No more than `most` characters, for the diagram: 7, or 5 where the next letter stands close by. */
export function brief(value, most = 7) {
  const size = Math.abs(value);
  if (value === 0 || !Number.isFinite(value)) return short(value);
  if (isFar(size)) return exponential(value, 0).replace(/\s/g, "");
  const text = size >= 0.1 ? short(value) : minus(value.toPrecision(2));
  if (text.length <= most) return text;
  if (size >= 100) return minus(value.toFixed(0));
  return minus(value.toPrecision(size >= 0.1 ? 2 : 1)); // 0.003 is easier to read than 3 × 10⁻³
}

const MOST_DECIMALS = 12;

/**
 * How to write `parts` and `total` so that the written parts really add up to the written total: {decimals, power}, each
 * as a multiple of 10 ** power. At least so many significant digits of the largest, and at least so many `places` after the
 * point; numbers far from 1 share a power of ten.
 */
export function addingUp(parts, total, digits = 4, places = 0) {
  const largest = Math.max(...parts.map(Math.abs), Math.abs(total));
  if (!(largest > 0) || !Number.isFinite(largest)) return { decimals: 2, power: 0 };
  const magnitude = Math.floor(Math.log10(largest));
  const power = isFar(largest) ? magnitude : 0;
  const least = Math.max(0, digits - 1 - magnitude + power, Math.min(places + power, MOST_DECIMALS));
  for (let decimals = least; decimals < MOST_DECIMALS; decimals += 1) {
    const units = (value) => Math.round(Number(scaled(value, power).toFixed(decimals)) * 10 ** decimals);
    if (parts.reduce((sum, part) => sum + units(part), 0) === units(total)) return { decimals, power };
  }
  return { decimals: Math.max(MOST_DECIMALS, least), power };
}

/** `value` as a multiple of 10 ** power; division by a power that is exact loses less than multiplying by its inverse. */
const scaled = (value, power) => (power < 0 ? value * 10 ** -power : value / 10 ** power);

/** `value` as `addingUp` says. The power itself is written once for all, by `timesPower`. */
export const fixed = (value, { decimals, power }) => minus(scaled(value, power).toFixed(decimals)).replace(/^−(0(\.0*)?)$/, "$1");

/** "" or " × 10⁻⁵" */
export const timesPower = (power) => (power === 0 ? "" : `\u00a0×\u00a010${superscript(power)}`);

/** The same number on its own, as `short` would write it: with a power of ten of its own where it is far from 1. */
export function alone(value, form) {
  const written = Number(scaled(value, form.power).toFixed(form.decimals));
  const size = Math.abs(written) * 10 ** form.power;
  if (!Number.isFinite(written) || written === 0 || (form.power === 0 && !isFar(size))) return fixed(value, form) + timesPower(form.power);
  const own = Number(written.toExponential().split("e")[1]);
  return exponential(written * 10 ** form.power, Math.max(0, form.decimals + own));
}

const FEWEST_DIGITS = 4;

/**
 * How many significant digits all factors of these products are written with, alike, so that each written product is the
 * written value: of {factors: numbers, value}.
 */
export function multiplying(products, form) {
  const units = (value) => Number(scaled(value, form.power).toFixed(form.decimals));
  const comes = (digits) => ({ factors, value }) => units(factors.reduce((sofar, factor) => sofar * Number(factor.toPrecision(digits)), 1)) === units(value);
  for (let digits = FEWEST_DIGITS; digits < 17; digits += 1) if (products.every(comes(digits))) return digits;
  return 17;
}

/** So many significant digits, or fewer where fewer are all it has: an input of 1 is written 1. */
export function significant(value, digits) {
  if (!Number.isFinite(value)) return short(value);
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (rounded === value && String(value).length <= digits + 1) return full(value);
  if (size !== 0 && isFar(size)) return exponential(value, digits - 1);
  return minus(rounded.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size || 1)))));
}

/** Every digit the number has. */
export const full = (value) => minus(String(value));

const superscript = (n) => [...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
