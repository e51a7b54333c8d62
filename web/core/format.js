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

/** No more than seven characters, for the diagram. */
export function brief(value) {
  const size = Math.abs(value);
  if (value === 0 || !Number.isFinite(value) || (size >= 0.1 && size < 1000)) return short(value);
  return minus(size >= 0.001 && size < 1 ? value.toPrecision(2) : value.toExponential(0));
}

const MOST_DECIMALS = 12;

/**
 * How many decimals to write `parts` and `total` with so that the written parts really add up to the written total;
 * at least four significant digits of the largest.
 */
export function decimalsThatAddUp(parts, total) {
  const largest = Math.max(...parts.map(Math.abs), Math.abs(total));
  if (!(largest > 0) || !Number.isFinite(largest)) return 2;
  const least = Math.max(0, Math.min(MOST_DECIMALS, 3 - Math.floor(Math.log10(largest))));
  for (let decimals = least; decimals < MOST_DECIMALS; decimals += 1) {
    const units = (value) => Math.round(Number(value.toFixed(decimals)) * 10 ** decimals);
    if (parts.reduce((sum, part) => sum + units(part), 0) === units(total)) return decimals;
  }
  return MOST_DECIMALS;
}

/** `value` with so many decimals; a number far too large for that as `short` writes it. */
export const fixed = (value, decimals) => (Math.abs(value) < 1e9 ? minus(value.toFixed(decimals)).replace(/^−(0(\.0*)?)$/, "$1") : short(value));

/** Every digit the number has. */
export const full = (value) => minus(String(value));

const superscript = (n) => [...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
