// Two quiet lines: when the training is to stop by itself, and what is trained beside it.

import { useId } from "preact/hooks";
import { short } from "../../core/format.js";
import { apart, t } from "../../core/i18n.js";
import { number } from "../../core/numerals.js";
import { present } from "../../core/requests.js";
import { beside, curves, defaultsOf, refused, running, schema, stopWhen, trace } from "../../core/state.js";
import { chooseStop, doneNow, keepBeside, setBeside, startOver, stopsWhenLearnt } from "../../core/training.js";
import { Refusal, Typed } from "../fields.jsx";
import { GAP } from "../notes.js";
import { bandOf, nameOf } from "./names.js";
import { countsRight } from "./Curves.jsx";

const FIRST_VALUES = { loss: 0.01, seconds: 60 };       // a score: what counts as learnt
const MORE = 100;                                       // updates

export function Setup() {
  return <div class="setup"><StopWhen /><Beside /><Compared /></div>;
}

function StopWhen() {
  const id = useId();
  const kinds = [...stopsWhenLearnt() ? ["learnt"] : [], "none", ...schema.stops];
  const stop = kinds.includes(stopWhen.value?.kind) ? stopWhen.value : null;
  const { goal, clueless } = trace.value.about;
  const words = (kind) => t(kind === "score" && !countsRight() ? "train.stop.error" : `train.stop.${kind}`);
  return (
    <p class="setting" data-field="stop">
      <label for={id}>{t("train.stop")}</label>{" "}
      <select id={id} value={stop?.kind ?? "none"} onChange={(event) => {
        const kind = event.currentTarget.value;
        chooseStop(kind === "none" ? null : kind === "learnt" ? { kind } : { kind, value: kind === "updates" ? doneNow() + MORE : FIRST_VALUES[kind] ?? goal ?? Number(clueless.toPrecision(3)) });
      }}>
        {kinds.map((kind) => <option key={kind} value={kind}>{words(kind)}</option>)}
      </select>{" "}
      {stop && stop.kind !== "learnt" && <Typed type="text" inputMode="decimal" class="short" aria-label={words(stop.kind)} value={stop.value}
        aria-invalid={refused.value?.field === "stop" || undefined} aria-describedby={`${id}-wrong`}
        onEnter={(text) => chooseStop({ ...stop, value: number(text) })} />}{" "}
      <Refusal field="stop" id={`${id}-wrong`} />
    </p>
  );
}

/** Pairs worth seeing: what the first becomes, and what stands beside it. */
const PAIRS = {
  cell: [{}, { cell: "rnn" }],
  cells: [{}, { cell: "rnn" }, { cell: "gru" }],
  bias: [{ forget_bias: 1 }, { forget_bias: 0 }],
  clip: [{ clip_norm: 1 }, { clip_norm: 1e9 }],
  seed: [{}, (first) => ({ seed: first.seed + 1 })],
  seeds: [{}, ...[1, 2, 3, 4, 5].map((more) => (first) => ({ seed: first.seed + more }))],
};

/** A setting on which a pair differs clearly, as measured with py_lstm; for the pairs that show nothing on the first one. */
const SHOWS = {
  cell: GAP,
  cells: GAP,
  bias: { ...taskOf("recall"), length: 60 },
  clip: { ...taskOf("adding"), length: 24, optimizer: "sgd", learning_rate: 1, momentum: 0.9, seed: 1 },
};

function taskOf(name) {
  const { task, input_size, values, text } = defaultsOf(name);
  return { task, input_size, values, text };
}

function begin(name, fields = {}) {
  const [own, ...others] = PAIRS[name];
  const base = { ...present(), ...fields, ...own, changes: {}, updates: 0 };
  return startOver({ ...fields, ...own }, others.map((other) => ({ ...base, ...(typeof other === "function" ? other(base) : other) })));
}

/** Which pair stands on the page: by what differs. */
function pairShown() {
  const first = trace.value.experiment;
  const [one, ...more] = beside.value;
  if (!one || one.updates > 0) return null;
  const differing = Object.keys(one).filter((name) => !["updates", "edits", "changes"].includes(name) && JSON.stringify(one[name]) !== JSON.stringify(first[name])).join();
  if (differing === "cell") return one.cell === "rnn" && more.length < 2 ? ["cell", "cells"][more.length] : null;
  return more.length === 0 ? { forget_bias: "bias", clip_norm: "clip" }[differing] ?? null : null;
}

const ENOUGH = 20;                                      // updates, of which the mean is compared
const ALIKE = 1.5;                                      // losses that differ by less than this factor

/** What the curves of a pair show, in a sentence that fits their numbers; and where nothing is seen, where something is. */
function Compared() {
  const pair = pairShown();
  const { main, beside0 } = curves.value;
  if (!pair || !beside0) return null;
  const updates = Math.min(main.count, beside0.count);
  const shows = SHOWS[pair];
  const there = Object.entries(shows).every(([name, value]) => JSON.stringify(trace.value.experiment[name]) === JSON.stringify(value));
  return (
    <p class="compared" role="status" data-pair={pair}>
      {updates >= ENOUGH && !running.value && <span>{comparison(pair, updates)} </span>}
      {!there && <button type="button" onClick={() => begin(pair, shows)}>{t(`train.shows.${pair}`)}</button>}
      {(pair === "cell" || pair === "cells") && <span class="note"> {t("cells.settings")}</span>}
    </p>);
}

function comparison(pair, updates) {
  const { main, beside0 } = curves.value;
  const first = trace.value.experiment;
  const [one, other] = [main, beside0].map((series) => series.loss_mean[updates - 1]);
  if (pair === "clip") {
    const limit = first.clip_norm;
    const clipped = main.norm.filter((norm) => norm > limit).length;
    if (clipped === 0) return t("train.neverClipped", { limit: short(limit) });
    return t("train.clippedTimes", { clipped, count: main.count, updates, one: short(one), other: short(other) });
  }
  const alike = Math.max(one, other) < ALIKE * Math.min(one, other);
  return t(alike ? "train.alike" : "train.apart", { updates, first: t("train.thisRun"), second: nameOf(beside.value[0], first), one: short(one), other: short(other) });
}

function Beside() {
  const id = useId();
  const first = trace.value.experiment;
  const choose = (name) => {
    if (name === "none") return setBeside([]);
    return begin(name);
  };
  return (
    <p class="setting">
      <label for={id}>{t("train.beside")}</label>{" "}
      <select id={id} value="" onChange={(event) => choose(event.currentTarget.value)}>
        <option value="" disabled>{beside.value.length ? (bandOf(first, beside.value) && t("train.bandEnd", { count: beside.value.length })) ?? apart(beside.value.map((other) => nameOf(other, first))) : t("train.pair.nothing")}</option>
        {Object.keys(PAIRS).map((name) => <option key={name} value={name}>{t(`train.pair.${name}`)}</option>)}
        {beside.value.length > 0 && <option value="none">{t("train.pair.none")}</option>}
      </select>{" "}
      {curves.value.main.count > 0 && <><span class="note">{t("train.besideRestarts")}</span>{" "}</>}
      <button type="button" disabled={curves.value.main.count === 0} onClick={keepBeside}>{t("train.keep")}</button>
    </p>
  );
}
