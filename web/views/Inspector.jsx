// The selected number, and where it comes from: equations, operands with their numbers, lines of Python. All of it was
// said by Python; this only sets it.

import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { decimalsThatAddUp, fixed, full, short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { change } from "../core/requests.js";
import { select } from "../core/selection.js";
import { engineState, explanation, room, selection, trace } from "../core/state.js";
import { widthOf } from "../core/trace.js";
import { EditableNumber } from "./EditableNumber.jsx";
import { openGlossary } from "./Glossary.jsx";
import { Icon } from "./Icon.jsx";
import { openSource } from "./SourceDialog.jsx";
import { placeName } from "./symbols.jsx";
import { Tex } from "./Tex.jsx";

export function Inspector() {
  const told = explanation.value;
  const place = selection.value;
  const current = told && told.quantity === place.quantity && told.t === place.t && told.unit === place.unit;
  return (
    <section class="inspector" aria-label={t("inspector.label")}>
      <Breadcrumb {...place} />
      <h2 class="visually-hidden">{placeName(trace.value, place)}</h2>
      {current ? <Told {...told} /> : <p class="note">{t("inspector.waiting")}</p>}
    </section>
  );
}

/** Where one is: direction, step, quantity, unit. The quantity's name goes to the glossary. */
function Breadcrumb({ quantity, t: step, unit }) {
  return (
    <nav class="breadcrumb" aria-label={t("breadcrumb.label")}>
      <span>{t(`room.${room.value}`)}</span>
      <span>{t("breadcrumb.step", { t: step })}</span>
      <button type="button" onClick={() => openGlossary(quantity)} title={t("glossary.title")}>{t(`quantity.${quantity}`)}</button>
      {widthOf(trace.value, quantity) > 1 && <span>{t("breadcrumb.unit", { unit })}</span>}
    </nav>
  );
}

function Told({ quantity, t: step, unit, value, lines }) {
  return (
    <>
      <p class="value"><data data-place={`${quantity},${step},${unit}`} value={value} title={full(value)}>{short(value)}</data><Copy text={String(value)} /></p>
      <p class="digits">{full(value)}</p>
      {lines.length === 0 && <p class="note">{t("inspector.given")}</p>}
      {["x", "h", "c"].includes(quantity) && editable({ quantity, t: step, unit }) && engineState.value === "live" && (
        <p class="note">{t("inspector.set")} <EditableNumber place={editable({ quantity, t: step, unit })} value={value} /></p>)}
      {["y", "dy"].includes(quantity) && (
        <p><button type="button" onClick={() => change({ gradient_of: "output", output_step: step })}>{t("inspector.differentiate", { t: step })}</button></p>)}
      {lines.map((line) => <Line key={line.symbol} {...line} />)}
    </>
  );
}

function Line({ symbol, equation, value, function: applied, terms, sources }) {
  // What is written adds up to what is written under it; a function's value is no sum.
  const decimals = decimalsThatAddUp(terms.map((term) => term.value), applied ? terms[0]?.value ?? 0 : value);
  return (
    <div class="line">
      <Tex block>{equation}</Tex>
      {terms.length === 0 ? <p class="note">{t("inspector.nothing")}</p> : (
        <table class="terms">
          <tbody>
            {terms.map((term) => <Term key={term.symbol} term={term} decimals={decimals} />)}
            {(terms.length > 1 || applied) && (
              <tr class="total"><th scope="row"><Tex>{applied ? `${applied}(\\,\\cdot\\,)` : symbol}</Tex></th>
                <td data-total={value}>{applied ? short(value) : fixed(value, decimals)}</td></tr>)}
          </tbody>
        </table>)}
      {sources.map(({ file, line, code }) => (
        <p class="source" key={line}>
          <button type="button" class="file" title={t("source.open")} onClick={() => openSource(file, line)}>{file}:{line}</button>
          <code>{code}</code></p>))}
    </div>
  );
}

/** A summand: what it is a product of, and, for a sum of many, those many on demand. */
function Term({ term, decimals }) {
  const open = useSignal(false);
  const { symbol, value, factors, parts } = term;
  const partDecimals = parts.length > 0 ? decimalsThatAddUp(parts.map((part) => part.value), value) : 0;
  const written = open.value ? Math.max(decimals, partDecimals) : decimals;
  return (
    <>
      <tr>
        <th scope="row">
          {parts.length > 0 && (
            <button type="button" class="fold" aria-expanded={open.value} aria-label={t(open.value ? "inspector.hide" : "inspector.show")}
              onClick={() => { open.value = !open.value; }}>{open.value ? "▾" : "▸"}</button>)}
          {factors.length > 0 ? <Factors factors={factors} /> : <Tex>{symbol}</Tex>}
          {factors.length > 1 && <Numbers factors={factors} />}
        </th>
        <td data-term={value}>{factors.length === 1 ? <Amount {...factors[0]} value={value} text={fixed(value, decimals)} /> : fixed(value, written)}</td>
      </tr>
      {open.value && parts.map((part) => (
        <tr key={part.symbol} class="part">
          <th scope="row"><Factors factors={part.factors} /><Numbers factors={part.factors} /></th>
          <td data-part={part.value}>{fixed(part.value, partDecimals)}</td>
        </tr>))}
    </>
  );
}

const Factors = ({ factors }) => <span class="factors">{factors.map((factor) => <Factor key={factor.symbol} {...factor} />)}</span>;

const Numbers = ({ factors }) => (
  <span class="numbers">
    {factors.map((factor, k) => (
      <Fragment key={factor.symbol}>{k > 0 && " · "}{factor.value < 0 && "("}<Amount {...factor} />{factor.value < 0 && ")"}</Fragment>))}
  </span>);

/** The name under which an operand can be edited: parameters, inputs and the states before the first step. */
function editable({ quantity, index, t: step, unit }) {
  if (index) return `${quantity}[${index.join(",")}]`;
  if (quantity === "x") return `x[${step - 1},${unit - 1}]`;
  return step === 0 ? `${quantity}_0[${unit - 1}]` : null;
}

function Amount(factor) {
  const place = engineState.value === "live" ? editable(factor) : null;
  const text = factor.text ?? short(factor.value);
  return place ? <EditableNumber place={place} value={factor.value} text={text} /> : text;
}

/** An operand. One that stands in the trace can be gone to. */
function Factor({ symbol, quantity, t: step, unit, index }) {
  if (index || step === 0 || !trace.value.arrays[quantity]) return <Tex>{symbol}</Tex>;
  const place = { quantity, t: step, unit };
  return (
    <button type="button" class="operand-link" aria-label={t("inspector.select", { name: placeName(trace.value, place) })} onClick={() => select(place)}>
      <Tex>{symbol}</Tex>
    </button>);
}

function Copy({ text }) {
  const copied = useSignal(false);
  const copy = async () => {
    try { await navigator.clipboard.writeText(text); copied.value = true; } catch { return; }
    setTimeout(() => { copied.value = false; }, 1500);
  };
  return (
    <button type="button" class="icon small" aria-label={t(copied.value ? "inspector.copied" : "inspector.copy")}
      title={t(copied.value ? "inspector.copied" : "inspector.copy")} onClick={copy}><Icon name={copied.value ? "check" : "copy"} /></button>);
}
