// Where the selected number comes from, with the numbers filled in: rows that are read downwards, each operand under its
// symbol, and every sum of many products to be unfolded down to the single ones.

import { signal } from "@preact/signals";
import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { colourOf, css } from "../core/colour.js";
import { derivation } from "../core/derivation.js";
import { carryOperands } from "../core/flight.js";
import { addingUp, alone, fixed, multiplying, significant, timesPower } from "../core/format.js";
import { t } from "../core/i18n.js";
import { byEquation } from "../core/player.js";
import { shownTheme } from "../core/state.js";
import { openSource } from "./SourceDialog.jsx";
import { Amount, Symbol_ } from "./Operand.jsx";
import { Tex } from "./Tex.jsx";

const APPLIED = { "\\sigma": "σ", "\\tanh": "tanh", "\\exp": "exp", "\\log": "log" };
const STREAMS = { dc_via_c: "via-c", dc_via_h: "via-h" };
const unfolded = signal(new Set());                     // names of sums; walking on, they stay as they are

const nameOf = ({ symbol }) => symbol.replace(/_\{[^}]*\}/g, "");
const isGate = (place) => ["i", "f", "g", "o"].includes(place.split(",")[0]);
const fold = (term) => {
  const next = new Set(unfolded.value);
  if (!next.delete(nameOf(term))) next.add(nameOf(term));
  unfolded.value = next;
};

/** @param place  "f,13,2": which number it is, so that its operands move in once */
export function Equation({ lines, place }) {
  const { rows, value, form } = derivation(lines);
  const step = Number(place.split(",")[1]);
  const box = useRef(null);
  useLayoutEffect(() => (byEquation.value ? carryOperands(box.current) : undefined), [place]);
  const sums = lines.flatMap(({ terms }) => terms).filter((term) => term.parts.length > 0 && unfolded.value.has(nameOf(term)));
  return (
    <div class="equation" ref={box}>
      {lines.filter(({ equation }) => lines.length === 1 || equation.includes("=")).map(({ equation }) => <Tex block key={equation}>{equation}</Tex>)}
      {rows.length === 0 ? <p class="note">{t(value === 0 && !isGate(place) ? "inspector.nothing" : "inspector.held")}</p> : (
        <div class="rows">
          {rows.map((row, k) => <p class="row" key={k}><b class="sign">=</b>{chunksOf(row, k === 0).map((chunk, at) => <span class="chunk" key={at}>{chunk}</span>)}</p>)}
          <p class="row result"><b class="sign">=</b><b class="term" data-total={value} data-line={lines.length - 1}>{alone(value, form)}</b></p>
        </div>)}
      {sums.map((term) => <Products key={term.symbol} {...term} />)}
      {lines.flatMap(({ sources }) => sources).map(({ file, line, code, later }) => (
        <p class="source" key={line}>
          {later > 0 && rows.length > 0 && <span class="later">{t("source.shifted", { at: step + later, t: step })}</span>}
          <button type="button" class="file" title={t("source.open")} onClick={() => openSource(file, line)}>{file}:{line}</button>
          <code>{code}</code></p>))}
    </div>
  );
}

/**
 * A sum of products, with the function that is applied to it, as what stands together on a line: a new line begins before a
 * +, never within a product, and a bracket stays with what it holds.
 */
function chunksOf({ applied, terms, power }, first) {
  const sizes = terms.length > 1 && terms.every(({ atoms }) => atoms.length === 1 && !atoms[0].inner)
    ? Math.max(...terms.map(({ value }) => Math.abs(value))) : 0;
  const together = power !== 0 && terms.length > 1;     // the power of ten is of the whole sum, and within what is applied
  const chunks = terms.flatMap(({ value, line, atoms }, k) => {
    const own = [k > 0 ? [<b class="sign" key="plus">+</b>] : []];
    atoms.forEach((atom, place) => {
      if (place > 0) own.at(-1).push(<b class="sign" key={`times${place}`}>·</b>);
      if (atom.inner) {
        const [opens, ...more] = chunksOf(atom.inner, first);
        own.at(-1).push(...opens);
        own.push(...more);
      } else own.at(-1).push(<Atom key={place} atom={atom} labelled={first} carried={first} bracketed={atom.value < 0 && (place > 0 || k > 0)} largest={sizes} />);
    });
    own[0] = [<span class="term" key={k} data-term={value} data-line={line}>{own[0]}</span>];
    return own;
  });
  chunks[0] = [applied && <b class="sign opens" key="function">{APPLIED[applied]}(</b>, together && <b class="sign opens" key="opens">(</b>, ...chunks[0]];
  chunks.at(-1).push(together && <b class="sign closes" key="closes">)</b>, power !== 0 && <span class="sign" key="power">{timesPower(power)}</span>,
    applied && <b class="sign closes" key="applied">)</b>);
  return chunks;
}

/** A number under its symbol; where it is a summand, over a bar as long as it is large beside the largest of them. */
function Atom({ atom: { text, value, operand, sum, total }, labelled, carried, bracketed, largest }) {
  const from = carried && (operand ? [operand] : sum ? sum.parts.flatMap(({ factors }) => factors) : [])
    .filter(({ index }) => !index).map(({ quantity, t: step, unit }) => `${quantity},${step},${unit}`).join(" ");
  const number = operand ? <Amount operand={operand} text={text} /> : text;
  return (
    <span class={`slot ${STREAMS[operand?.quantity] ?? ""}`} data-from={from || undefined} data-total={total === undefined ? undefined : value} data-line={total}>
      {labelled && <span class="symbol">{operand ? <Symbol_ operand={operand} /> : sum && <Fold {...sum} />}</span>}
      <span class="amount">{bracketed ? <>({number})</> : number}</span>
      {largest > 0 && <i class="size" aria-hidden="true" style={{ width: `${(100 * Math.abs(value)) / largest}%`, background: css(colourOf(value, largest, shownTheme.value) ?? [128, 128, 128]) }} />}
    </span>
  );
}

function Fold(term) {
  const open = unfolded.value.has(nameOf(term));
  return (
    <button type="button" class="fold" aria-expanded={open} aria-label={t(open ? "inspector.hide" : "inspector.show")} onClick={() => fold(term)}>
      <i aria-hidden="true">{open ? "▾" : "▸"}</i><Tex>{term.symbol}</Tex></button>);
}

/** A sum of many products, one under the other. */
function Products({ symbol, value, parts }) {
  const form = addingUp(parts.map((part) => part.value), value);
  const digits = multiplying(parts.map((part) => ({ value: part.value, factors: part.factors.map((factor) => factor.value) })), form);
  return (
    <div class="scroll">
      <table class="terms" data-sum={value}>
        <tbody>
          {parts.map((part) => (
            <tr key={part.symbol} class="part">
              <th scope="row"><span class="factors">{part.factors.map((factor) => <Symbol_ key={factor.symbol} operand={factor} />)}</span></th>
              <td class="numbers">
                {part.factors.map((factor, k) => (
                  <Fragment key={factor.symbol}>{k > 0 && " · "}{factor.value < 0 && k > 0 && "("}
                    <Amount operand={factor} text={significant(factor.value, digits)} />{factor.value < 0 && k > 0 && ")"}</Fragment>))}
              </td>
              <td data-part={part.value}>{fixed(part.value, form)}</td>
            </tr>))}
          <tr class="total"><th scope="row"><Tex>{symbol}</Tex></th><td class="numbers">{timesPower(form.power)}</td><td>{fixed(value, form)}</td></tr>
        </tbody>
      </table>
    </div>
  );
}
