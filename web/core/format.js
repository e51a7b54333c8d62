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

/** Every digit the number has. */
export const full = (value) => minus(String(value));

const superscript = (n) => [...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
