// Two quiet lines: when the training is to stop by itself, and what is trained beside it.

import { useId } from "preact/hooks";
import { short } from "../../core/format.js";
import { apart, t } from "../../core/i18n.js";
import { number } from "../../core/numerals.js";
import { change, present } from "../../core/requests.js";
import { beside, curves, refused, running, schema, stopWhen, trace } from "../../core/state.js";
import { doneNow, keepBeside, setBeside, startOver } from "../../core/training.js";
import { Refusal, Typed } from "../fields.jsx";
import { bandOf, nameOf } from "./names.js";
import { countsRight } from "./Curves.jsx";

const FIRST_VALUES = { loss: 0.01, seconds: 60 };       // a score: what counts as learnt
const MORE = 100;                                       // updates

export function Setup() {
  return <div class="setup"><StopWhen /><Beside /></div>;
}

function StopWhen() {
  const id = useId();
  const stop = stopWhen.value;
  const { goal, clueless } = trace.value.about;
  const words = (kind) => t(kind === "score" && !countsRight() ? "train.stop.error" : `train.stop.${kind}`);
  return (
    <p class="setting" data-field="stop">
      <label for={id}>{t("train.stop")}</label>{" "}
      <select id={id} value={stop?.kind ?? "none"} onChange={(event) => {
        const kind = event.currentTarget.value;
        settle(kind === "none" ? null : { kind, value: kind === "updates" ? doneNow() + MORE : FIRST_VALUES[kind] ?? goal ?? Number(clueless.toPrecision(3)) });
      }}>
        {["none", ...schema.stops].map((kind) => <option key={kind} value={kind}>{words(kind)}</option>)}
      </select>{" "}
      {stop && <Typed type="text" inputMode="decimal" class="short" aria-label={words(stop.kind)} value={stop.value}
        aria-invalid={refused.value?.field === "stop" || undefined} aria-describedby={`${id}-wrong`}
        onEnter={(text) => settle({ ...stop, value: number(text) })} />}{" "}
      <Refusal field="stop" id={`${id}-wrong`} />
    </p>
  );
}

/** What was refused of the condition before is not refused of this one; a training that goes on is asked to stop at this one. */
function settle(condition) {
  stopWhen.value = condition;
  if (refused.value?.field === "stop") refused.value = null;
  if (running.value) change({});
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

function Beside() {
  const id = useId();
  const first = trace.value.experiment;
  const choose = (name) => {
    if (name === "none") return setBeside([]);
    const [own, ...others] = PAIRS[name];
    const base = { ...present(), ...own, changes: {}, updates: 0 };
    beside.value = others.map((other) => ({ ...base, ...(typeof other === "function" ? other(base) : other) }));
    return startOver(own);
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
