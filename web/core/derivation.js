// A number's equations as rows to be read downwards, each a little further evaluated than the one above, with the digits
// chosen so that what is written in a row really gives what is written in the next. Everything in it was told by Python.

import { addingUp, fixed, multiplying, significant } from "./format.js";

const DIGITS = 4;

/**
 * @param lines  of an explanation; a line whose symbol is a factor of the last one is written inside it
 * @returns {rows, value, form}: the result's text is fixed(value, form). A row is {applied, terms, power}: `applied`, a
 *          function or "", of the sum of the terms, which are multiples of 10 ** power. A term is {value, line, atoms}, with
 *          the number of its line; its atoms are multiplied. An atom is {text, value} with, where it has one, the `operand`
 *          or the term (`sum`) it stands for and the number of the line it is the result of (`total`), or {inner: row}.
 */
export function derivation(lines) {
  const last = lines.at(-1);
  if (!last || last.terms.length === 0) return { rows: [], value: last?.value ?? 0, form: { decimals: 2, power: 0 } };
  const number = lines.length - 1;
  const uses = (line, { symbol }) => line.terms.some(({ factors }) => factors.some((factor) => factor.symbol === symbol));
  const inner = lines.slice(0, -1).find((line) => uses(last, line));
  const rows = [];
  const form = last.function ? addingUp([last.value], last.value, DIGITS) : formOf(last);
  const within = form.decimals - form.power + 1;        // places after the point that leave no doubt about a function's written value
  if (inner) rows.push(expression(last, number, { line: inner, number: lines.indexOf(inner), open: true }, within));
  rows.push(expression(last, number, inner && { line: inner, number: lines.indexOf(inner), open: false }, within));
  if (!last.function && last.terms.length > 1 && last.terms.some(({ factors }) => factors.length > 1)) rows.push(values(last, number));
  return { rows, value: last.value, form };
}

/** Digits with which a line's terms add up to what they are the terms of: its value, or its function's argument. */
function formOf({ terms, value, function: applied }, places = 0) {
  const summands = terms.map((term) => term.value);
  return addingUp(summands, applied ? summands.reduce((sum, term) => sum + term, 0) : value, DIGITS, places);
}

/** @param within  places after the point of what a function is applied to; `inFunction`: that is this line, whatever its own function */
function expression(line, number, inner, within, inFunction = Boolean(line.function)) {
  const form = formOf(line, inFunction ? within : 0);
  const isSum = line.terms.every(({ factors }) => factors.length <= 1);
  let { power } = isSum && !inner ? form : { power: 0 };
  const digits = multiplying(line.terms.filter(({ parts }) => parts.length === 0)
    .map(({ value, factors }) => ({ value, factors: factors.map((factor) => factor.value) })), form);
  const atomOf = (factor, alone) => {
    if (inner?.line.symbol !== factor.symbol) {
      return { value: factor.value, operand: factor, text: alone && isSum ? fixed(factor.value, form) : significant(factor.value, digits) };
    }
    if (inner.open) return { inner: expression(inner.line, inner.number, null, within, Boolean(line.function || inner.line.function)) };
    const own = alone && !inner.line.function ? formOf(inner.line, line.function ? within : 0) : null;
    if (own) power = own.power;
    return { value: factor.value, operand: factor, total: inner.number, text: own ? fixed(factor.value, own) : significant(factor.value, digits) };
  };
  const terms = line.terms.map((term) => {
    const { value, factors, parts } = term;
    if (parts.length > 0) return { value, line: number, atoms: [{ text: fixed(value, form), value, sum: term }] };
    return { value, line: number, atoms: factors.map((factor) => atomOf(factor, factors.length === 1)) };
  });
  return { applied: line.function, terms, power };
}

/** The terms' own values: what was multiplied is multiplied out. */
function values(line, number) {
  const form = formOf(line);
  return { applied: "", power: form.power,
    terms: line.terms.map(({ value }) => ({ value, line: number, atoms: [{ text: fixed(value, form), value }] })) };
}
