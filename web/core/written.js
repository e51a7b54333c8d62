// A number with the equation it comes from, written to be pasted elsewhere: as text, or as LaTeX. The rows, and the digits in
// them, are those of the inspector.

import { derivation } from "./derivation.js";
import { alone, full, timesPower } from "./format.js";

const TEXT = {
  symbol: plain,
  number: (text) => text,
  applied: (name, inside) => `${name ? plain(name) : ""}(${inside})`,
  times: " · ",
};
const LATEX = {
  symbol: (latex) => latex,
  number: latexNumber,
  applied: (name, inside) => `${name}\\left(${inside}\\right)`,
  times: " \\cdot ",
};

/**
 * @param told  what Python says of a number
 * @param name  the number in words
 * @returns one line for each row, the left side on the first of each equation
 */
export function asText(told, name) {
  const lines = rowsOf(told, TEXT).map(([left, right]) => (left ? `${left} = ${right}` : `    = ${right}`));
  const digits = full(told.value);
  if (lines.length === 0) return `${name}\n= ${digits}`;
  return [name, ...lines.slice(0, -1), lines.at(-1).endsWith(`= ${digits}`) ? lines.at(-1) : `${lines.at(-1)}   (${digits})`].join("\n");
}

/** The same as LaTeX: an `aligned` block for mathematical mode, with all digits in a comment before it. */
export function asLatex(told, name) {
  const lines = rowsOf(told, LATEX).map(([left, right]) => `${left} &= ${right}`.trim());
  return `% ${name.replace(/\s+/g, " ")}: ${String(told.value)}\n\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}`;
}

/** [left side or "", right side] of the equations as they are, of the last one with its operands, and with their numbers. */
function rowsOf({ quantity, t, unit, value, lines }, style) {
  if (lines.length === 0) return style === TEXT ? [] : [[`${quantity === "target" ? "d" : quantity}_{${t},${unit}}`, latexNumber(full(value))]];
  const { rows, value: result, form } = derivation(lines);
  const found = lines.map(({ equation }) => sidesOf(equation)).filter(Boolean).map((sides) => sides.map(style.symbol));
  const named = style.symbol(lines.at(-1).symbol);
  if (rows.length > 0) found.push([named, sum(rows[0], style, true)]);
  for (const row of rows) found.push(["", sum(row, style, false)]);
  return [...found, [rows.length > 0 ? "" : named, result === 0 || rows.length === 0 ? style.number(full(result)) : style.number(alone(result, form))]];
}

/** What stands left and right of an equation's first sign of equality that no brace encloses; null if there is none. */
function sidesOf(equation) {
  for (let k = 0, depth = 0; k < equation.length; k += 1) {
    depth += { "{": 1, "}": -1 }[equation[k]] ?? 0;
    if (depth === 0 && equation.startsWith(" = ", k)) return [equation.slice(0, k), equation.slice(k + 3)];
  }
  return null;
}

function sum({ applied, terms, power }, style, asSymbols) {
  const inside = terms.map(({ atoms }, k) => atoms.map((atom, place) => {
    if (atom.inner) return sum(atom.inner, style, asSymbols);
    const symbol = (atom.operand ?? atom.sum)?.symbol;
    if (asSymbols && symbol) return style.symbol(symbol);
    return atom.value < 0 && (place > 0 || k > 0) ? `(${style.number(atom.text)})` : style.number(atom.text);
  }).join(asSymbols ? style.times.replace("\\cdot", "\\,") : style.times)).join(" + ");
  const scale = asSymbols ? "" : style.number(timesPower(power));
  return applied || (scale && terms.length > 1) ? style.applied(applied, inside) + scale : inside + scale;
}

/** A number as it is written on the page, for LaTeX: "−1.2 × 10⁻⁵" as "-1.2 \times 10^{-5}". */
function latexNumber(text) {
  return text.replace(/−/g, "-").replace(/\u00a0/g, " ").replace(/×/g, "\\times").replace(/∞/g, "\\infty").replace("NaN", "\\mathrm{NaN}")
    .replace(/10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, power) => `10^{${[...power].map((digit) => (digit === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(digit))).join("")}}`)
    .replace(/(\d)e([-+]?)(\d+)/g, (_, digit, sign, power) => `${digit} \\times 10^{${sign === "-" ? "-" : ""}${power}}`);
}

const WORDS = { odot: "⊙", partial: "∂", sigma: "σ", sum: "Σ", top: "ᵀ", in: " ∈ ", quad: " ", tanh: "tanh", ne: "≠", cancel: "no ", cdot: "·",
  big: "", left: "", right: "", mathrm: "", operatorname: "" };

/** LaTeX of an explanation as text. */
export function plain(latex) {
  const cases = latex.replace(/\\begin\{cases\}(.*?)\\end\{cases\}/gs, (_, inside) => inside.split("\\\\").map((one) => one.trim().replace(/\s*&\s*/, " if ")).join(", "));
  return cases.replace(/\\[td]?frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}/g, "$1/$2")
    .replace(/\\text\{([^{}]*)\}/g, "$1").replace(/\\partial\s+/g, "∂").replace(/\\[,;: ]/g, " ")
    .replace(/\\([a-zA-Z]+)/g, (whole, word) => WORDS[word] ?? word)
    .replace(/([_^])\{([^{}]*)\}/g, (_, sign, inside) => sign + (/^\w+ᵀ?$/.test(inside) ? inside : `(${inside})`))
    .replace(/[{}]/g, "").replace(/ +/g, " ").trim();
}
