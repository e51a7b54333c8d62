// How numbers are written. A real minus sign, so that it lines up and is read as one.

const minus = (text) => text.replace(/-/g, "−");

/** Three significant digits, for pictures and rows. */
export function short(value) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : minus(String(value).replace("Infinity", "∞"));
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-4) {
    const [digits, power] = value.toExponential(2).split("e");
    return minus(`${digits} × 10${superscript(Number(power))}`);
  }
  return minus(size >= 1000 ? value.toFixed(0) : value.toPrecision(3));
}

/** No more than `most` characters, for the diagram: 7, or 5 where the next letter stands close by. */
export function brief(value, most = 7) {
  const size = Math.abs(value);
  if (value === 0 || !Number.isFinite(value)) return short(value);
  const text = size >= 0.1 && size < 1000 ? short(value) : minus(size >= 0.001 && size < 1 ? value.toPrecision(2) : value.toExponential(0));
  if (text.length <= most) return text;
  if (size >= 0.1) return minus(value.toPrecision(2));
  const plain = minus(value.toPrecision(1));            // 0.003 says as much as 3e−3 and is read at once
  return size < 1 && plain.length <= most ? plain : minus(value.toExponential(0));
}

const MOST_DECIMALS = 12;

/**
 * How to write `parts` and `total` so that the written parts really add up to the written total: {decimals, power}, each
 * as a multiple of 10 ** power. At least so many significant digits of the largest; numbers far from 1 share a power of ten.
 */
export function addingUp(parts, total, digits = 4) {
  const largest = Math.max(...parts.map(Math.abs), Math.abs(total));
  if (!(largest > 0) || !Number.isFinite(largest)) return { decimals: 2, power: 0 };
  const magnitude = Math.floor(Math.log10(largest));
  const power = magnitude < -3 || magnitude > 5 ? magnitude : 0;
  const least = Math.max(0, digits - 1 - magnitude + power);
  for (let decimals = least; decimals < MOST_DECIMALS; decimals += 1) {
    const units = (value) => Math.round(Number(scaled(value, power).toFixed(decimals)) * 10 ** decimals);
    if (parts.reduce((sum, part) => sum + units(part), 0) === units(total)) return { decimals, power };
  }
  return { decimals: MOST_DECIMALS, power };
}

/** `value` as a multiple of 10 ** power; division by a power that is exact loses less than multiplying by its inverse. */
const scaled = (value, power) => (power < 0 ? value * 10 ** -power : value / 10 ** power);

/** `value` as `addingUp` says. The power itself is written once for all, by `timesPower`. */
export const fixed = (value, { decimals, power }) => minus(scaled(value, power).toFixed(decimals)).replace(/^−(0(\.0*)?)$/, "$1");

/** "" or " × 10⁻⁵" */
export const timesPower = (power) => (power === 0 ? "" : `\u00a0×\u00a010${superscript(power)}`);

/** How many significant digits to write `factors` with so that their written product is the written `product`. */
export function multiplying(factors, product, form) {
  const units = (value) => Number(scaled(value, form.power).toFixed(form.decimals));
  for (let digits = 3; digits < 17; digits += 1) {
    if (units(factors.reduce((sofar, factor) => sofar * Number(factor.toPrecision(digits)), 1)) === units(product)) return digits;
  }
  return 17;
}

/** So many significant digits, or fewer where fewer are all it has: an input of 1 is written 1. */
export function significant(value, digits) {
  if (!Number.isFinite(value)) return short(value);
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (rounded === value && String(value).length <= digits + 1) return full(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) {
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    return minus(`${mantissa} × 10${superscript(Number(power))}`);
  }
  return minus(rounded.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size || 1)))));
}

/** Every digit the number has. */
export const full = (value) => minus(String(value));

const superscript = (n) => [...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
