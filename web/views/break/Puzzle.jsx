// Find the bug: measure, rule out, name it.

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { full, short } from "../../core/format.js";
import { apart, inRow, percent, t } from "../../core/i18n.js";
import { another, checked, fewest, guess, leave, log, measure, mostSteps, preparing, standing, startOver, suspects, unreadable, verdict, watched } from "../../core/puzzle.js";
import { refusal } from "../../core/refusal.js";
import { puzzle } from "../../core/state.js";
import { focusNext } from "../focus.js";
import { Tex } from "../Tex.jsx";
import { blockLetter, blockName, suspectName } from "./names.js";
import { asking } from "../notes.js";

const TITLE = ".puzzle h2";
/** A control that may go when it is used. */
const then = (act, place = TITLE) => () => { focusNext(place); act(); };

const list = (names) => inRow(names.map(suspectName));

export function Puzzle() {
  const stands = standing.value;
  const begun = stands?.count > 0 || stands?.wrong.length > 0;
  return (
    <section class="puzzle" aria-label={t("puzzle.title")}>
      <header>
        <h2 tabIndex={-1}>{t("puzzle.title")} <small>{t("puzzle.number", { seed: puzzle.value })}</small></h2>
        <button type="button" class="plain" onClick={another}>{t("puzzle.another")}</button>
        {begun && <button type="button" class="plain" onClick={then(startOver)}>{t("puzzle.startOver")}</button>}
        <button type="button" class="plain" onClick={then(leave, "main")}>{t("puzzle.leave")}</button>
      </header>
      <p>{t("puzzle.task")}</p>
      <p class="note">{t(begun ? "puzzle.linkOver" : "puzzle.link")}</p>
      {!stands ? (
        <Preparing />
      ) : (
        <>
          <p class="tally" role="status"><b data-puzzle="count">{t(stands.count === 1 ? "puzzle.countOne" : "puzzle.count", { count: stands.count })}</b>
            {stands.wrong.length > 0 && <span> · {t(stands.wrong.length === 1 ? "puzzle.wrongOne" : "puzzle.wrong", { count: stands.wrong.length })}</span>}</p>
          <div role="status"><Wrong /><Solved /></div>
          {unreadable.value && <p class="refusal" role="alert">{refusal(unreadable.value)}</p>}
          {!stands.solved && <Instruments />}
          <Log />
        </>)}
    </section>
  );
}

/** How far the training is; not announced at every step of it. */
function Preparing() {
  const { done, wanted } = preparing.value ?? {};
  if (!wanted) return <p class="note" role="status">{asking()}</p>;
  const text = t("puzzle.preparing", { done, wanted });
  return <p class="note" role="progressbar" aria-valuenow={done} aria-valuemax={wanted} aria-label={text}>{text}</p>;
}

function Instruments() {
  const tensor = useSignal("weight_ih");
  const steps = useSignal(4);
  const given = useSignal(true);
  const tiny = useSignal(false);
  const quantity = useSignal("f");
  const id = useId();
  return (
    <div class="instruments">
      <fieldset>
        <legend>{t("puzzle.check")}</legend>
        <label>{t("puzzle.tensor")} <select value={tensor.value} data-puzzle="tensor" onChange={(event) => { tensor.value = event.currentTarget.value; }}>
          {checked.map((name) => <option key={name} value={name}>{t(`puzzle.tensor.${name}`)}</option>)}</select></label>
        <label for={`${id}-steps`}>{t("puzzle.steps")} <input id={`${id}-steps`} type="range" min="1" max={mostSteps} value={steps.value} data-puzzle="steps"
          onInput={(event) => { steps.value = Number(event.currentTarget.value); }} /> <output>{steps.value}</output></label>
        <label><input type="checkbox" checked={given.value} data-puzzle="given" onChange={() => { given.value = !given.value; }} /> {t("puzzle.given")}</label>
        <label><input type="checkbox" checked={tiny.value} data-puzzle="tiny" onChange={() => { tiny.value = !tiny.value; }} /> {t("puzzle.tiny")}</label>
        <button type="button" data-puzzle="check" aria-label={measuring("puzzle.check")} onClick={() => measure({ kind: "check", what: tensor.value, steps: steps.value, zero_states: !given.value, scale: tiny.value ? 1e-4 : 1 })}>{t("puzzle.measure")}</button>
      </fieldset>
      <fieldset>
        <legend>{t("puzzle.watch")}</legend>
        <label>{t("puzzle.quantity")} <select value={quantity.value} data-puzzle="quantity" onChange={(event) => { quantity.value = event.currentTarget.value; }}>
          {watched.map((name) => <option key={name} value={name}>{watchedName(name)}</option>)}</select></label>
        <button type="button" data-puzzle="watch" aria-label={measuring("puzzle.watch")} onClick={() => measure({ kind: "watch", what: quantity.value })}>{t("puzzle.measure")}</button>
      </fieldset>
      <fieldset>
        <legend>{t("puzzle.score")}</legend>
        <button type="button" data-puzzle="score" aria-label={measuring("puzzle.score")} onClick={() => measure({ kind: "score" })}>{t("puzzle.measure")}</button>
      </fieldset>
    </div>
  );
}

/** What a button that says no more than "Measure" measures. */
const measuring = (what) => t("announce", { place: t("puzzle.measure"), value: t(what) });

const watchedName = (name) => (name === "f_plus_i" ? t("puzzle.fPlusI") : t(`quantity.${name}`));

function Log() {
  return (
    <div role="log" aria-label={t("puzzle.log")}>
      <ol class="measurements">
        {/* By their places: Chromium does not number anew what was moved. */}
        {log.value.map((entry, place) => <li key={place}><Entry {...entry} /></li>)}
      </ol>
    </div>
  );
}

export function measurementName({ kind, what, steps, zero_states: zero, scale }) {
  if (kind === "score") return t("puzzle.score");
  if (kind === "watch") return watchedName(what);
  const name = t(zero ? "puzzle.checkZero" : "puzzle.checkGiven", { tensor: t(`puzzle.tensor.${what}`), steps });
  return scale === 1 ? name : t("puzzle.scaled", { name, scale: short(scale) });
}

function Entry({ measurement, blocks, values }) {
  const { kind, what } = measurement;
  return (
    <>
      <span class="measured">{measurementName(measurement)}</span>
      {kind === "check" && (
        <span class="blocks">
          {blocks.map((block) => (
            <span key={block.name} class={block.right ? "block" : "block is-wrong"} data-block={block.name} data-right={block.right} title={t("announce", { place: blockName(block.name), value: full(block.relative_error) })}>
              <Tex>{blockLetter(block.name)}</Tex> {block.right ? "✓" : "✗"} <small>{short(block.relative_error)}</small>
              <span class="visually-hidden">{t(block.right ? "check.right" : "check.wrong")}</span>
              {!block.right && block.absolute && <small class="absolute">{t("puzzle.absolute")}</small>}
            </span>))}
        </span>)}
      {kind === "watch" && <span data-watched={what}>{values.smallest === values.largest ? t("puzzle.held", { value: short(values.smallest) })
        : t("puzzle.moves", { low: short(values.smallest), high: short(values.largest) })}
        {what === "x" && ` ${t("puzzle.empty", { count: values.empty })}`}</span>}
      {kind === "score" && <span>{t("puzzle.scores", { before: percent(values.before, 1), after: percent(values.after, 1) })}</span>}
    </>
  );
}

function Solved() {
  const told = verdict.value;
  if (!told?.right) return null;
  const others = told.possible.filter((name) => name !== told.guess);
  const proof = fewest.value;
  return (
    <div class="solved">
      <p><b>{t("puzzle.solved", { name: suspectName(told.guess) })}</b></p>
      <p>{told.proven ? t("puzzle.proven") : told.measurements === 0 ? t("puzzle.blind", { count: others.length + 1 }) : t("puzzle.lucky", { count: others.length, others: list(others) })}</p>
      {!proof ? <p class="note">{asking()}</p>
        : proof.series && <p data-puzzle="fewest">{t(proof.series.length === 1 ? "puzzle.fewestOne" : "puzzle.fewest", { count: proof.series.length, series: apart(proof.series.map(measurementName)) })}</p>}
      <p class="buttons"><button type="button" onClick={then(another)}>{t("puzzle.another")}</button></p>
    </div>
  );
}

/** What a wrong guess has overlooked, beside what was measured. */
function Wrong() {
  const told = verdict.value;
  return told && !told.right && (
    <p class="wrong-guess">{t(told.possible.includes(told.guess) ? "puzzle.notRuledOut" : "puzzle.wasRuledOut", { name: suspectName(told.guess) })}</p>);
}

/** The suspects, in the left column. */
export function Suspects({ onClose }) {
  const stands = standing.value;
  return (
    <div class="suspects">
      <button type="button" class="close" onClick={onClose}>{t("controls.close")}</button>
      <h2>{t("puzzle.suspects")}</h2>
      <p class="note">{t("puzzle.name")}</p>
      <ul>
        {Object.keys(suspects).map((name) => {
          const wrong = stands?.wrong.includes(name);
          const right = stands?.answer === name;
          const over = stands && (stands.solved || wrong);  // which keeps the focus of whom it was named by
          return (
            <li key={name}><button type="button" class={right ? "right" : wrong ? "cleared" : undefined} disabled={!stands} aria-disabled={over || undefined} data-suspect={name}
              onClick={over ? undefined : then(() => { guess(name); onClose(); })}>{suspectName(name)}{wrong && <span> ✗ <span class="visually-hidden">{t("puzzle.notIt")}</span></span>}{right && " ✓"}</button></li>);
        })}
      </ul>
    </div>
  );
}

/** What each of them would do: from that one can work out where it shows. */
export function SuspectNotes() {
  return (
    <section class="suspect-notes" tabIndex={0} aria-label={t("puzzle.notes")}>
      <h2>{t("puzzle.notes")}</h2>
      <dl>
        {Object.keys(suspects).map((name) => (
          <div key={name}><dt>{suspectName(name)}</dt><dd>{t(`break.rule.${suspects[name].rule}.note`)}</dd></div>))}
      </dl>
    </section>
  );
}
