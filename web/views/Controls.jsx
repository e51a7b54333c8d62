// The experiment: sequence, network, training, and what is differentiated.

import { useId } from "preact/hooks";
import { unedit } from "../core/edits.js";
import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { change, present } from "../core/requests.js";
import { defaultsOf, mostUpdates, refused, room, running, schema, trace, wanted } from "../core/state.js";
import { toggleTraining } from "../core/training.js";
import { CheckButton } from "./Check.jsx";
import { Choice, NumberField, Refusal, Seed, Slider, Typed } from "./fields.jsx";
import { History } from "./History.jsx";
import { LossCurve } from "./LossCurve.jsx";
import { numbered } from "./notes.js";
import { OwnNumbers } from "./OwnNumbers.jsx";
import { placeOf } from "./symbols.jsx";
import { Tex } from "./Tex.jsx";
import { Settings } from "./train/Settings.jsx";

const LEARN = { updates: 2, rest: 0 };                   // slow enough to be watched

export function Controls({ onClose }) {
  const { updates } = wanted.value;
  const { loss, right, counted } = trace.value;
  return (
    <form class="controls" aria-label={t("controls.label")} onSubmit={(event) => event.preventDefault()}>
      <button type="button" class="close" onClick={onClose}>{t("controls.close")}</button>
      <fieldset data-part="sequence">
        <legend>{t("controls.sequence")}</legend>
        <Sequence />
      </fieldset>
      <fieldset data-part="network">
        <legend>{t("controls.network")}</legend>
        <Slider field="hidden_size" />
        <Seed field="seed" />
        <Slider field="forget_bias" min={-3} max={6} step={0.1} />
        <Slider field="scale" min={0} max={4} step={0.05} />
        <Choice field="initializer" options={["uniform", "glorot_orthogonal", "tutorial"]} />
        <Start />
      </fieldset>
      <fieldset data-part="training">
        <legend>{t("controls.training")}</legend>
        {room.value === "train" ? <Settings /> : <>
          <Slider field="updates" />
          <div class="buttons">
            <button type="button" disabled={updates >= mostUpdates(wanted.value)} onClick={() => change({ updates: Number(present().updates) + 1 })}>
              {t("train.one")}
            </button>
            <button type="button" aria-pressed={running.value} onClick={() => toggleTraining({ each: LEARN, until: mostUpdates(wanted.value) })}>
              {t(running.value ? "train.pause" : "train.play")}
            </button>
          </div>
          <LossCurve />
        </>}
        <dl class="results">
          <dt>{t("train.loss")}</dt><dd data-value="loss">{short(loss)}</dd>
          {counted > 0 && <><dt>{t(trace.value.about.classes ? "train.answers" : "train.right")}</dt><dd data-value="right">{t("train.rightValue", { right, counted })}</dd></>}
        </dl>
        <Choice field="optimizer" options={["adam", "sgd"]} />
        {room.value !== "train" && <NumberField field="learning_rate" />}
        <Choice field="loss_at" options={["every", "last"]} />
      </fieldset>
      <fieldset data-part="backward">
        <legend>{t("controls.backward")}</legend>
        <Choice field="gradient_of" options={["output", "loss"]} />
        {wanted.value.gradient_of === "output" && <OutputStep />}
        <CheckButton />
      </fieldset>
      <Edits />
      <Elsewhere />
      <div class="buttons">
        <History />
        <button type="button" class="plain" onClick={() => change(schema.defaults)}>{t("controls.reset")}</button>
      </div>
    </form>
  );
}

/** What these controls do to a trained network: they set its start, so it learns anew, which takes a moment. */
function Start() {
  const { done, wanted: most, experiment } = trace.value;
  if (room.value === "train") return null;              // there the run begins at 0, which is said beside its settings
  if (done === false) return <p class="note" role="status">{t("network.learning", { updates: experiment.updates, most })}</p>;
  return wanted.value.updates > 0 && <p class="note">{t("network.start", { updates: wanted.value.updates })}</p>;
}

/** Which output is differentiated; the last one is called 0 in an experiment, so that it stays the last. */
function OutputStep() {
  const id = useId();
  const T = trace.value.shape.T;
  const step = wanted.value.output_step || T;
  return (
    <div class="field" data-field="output_step">
      <label for={id}>{t("field.output_step")}</label>
      <input id={id} type="range" min="1" max={T} value={step} onInput={(event) => {
        const chosen = Number(event.currentTarget.value);
        change({ output_step: chosen === T ? 0 : chosen });
      }} />
      <output class="number">{step}</output>
      <Refusal field="output_step" id={`${id}-wrong`} />
    </div>);
}

/** The numbers set by hand, each with a way back. */
function Edits() {
  const edits = Object.entries(wanted.value.edits ?? {});
  return edits.length > 0 && (
    <fieldset>
      <legend>{t("field.edits")}</legend>
      <ul class="edits">
        {edits.map(([place, value]) => {
          const { latex, words } = placeOf(place, trace.value);
          return (
            <li key={place} title={words}><span>{latex ? <><span aria-hidden="true"><Tex>{latex}</Tex></span><span class="visually-hidden">{words}</span></> : <code>{words}</code>}</span> <span>{short(value)}</span>
              <button type="button" class="icon small" aria-label={t("controls.unedit", { place: words })} onClick={() => unedit(place)}>×</button></li>);
        })}
      </ul>
      <p class="note">{numbered("edits.trainingOne", "edits.training", edits.length)}</p>
      <Refusal field="edits" id="edits-wrong" />
    </fieldset>);
}

/** The tasks by group, in the order of the list. */
const TASK_GROUPS = Object.entries(schema.tasks).reduce((groups, [name, { group }]) => ({ ...groups, [group]: [...(groups[group] ?? []), name] }), {});
TASK_GROUPS.own = Object.keys(schema.own);

// A text to begin with, until somebody pastes one.
const RHYME = "the cat sat on the mat (so fat), the rat sat by the cat.\n".repeat(6);
// What is learnt before the eyes of who chooses it; its own number of updates may take minutes.
const AT_FIRST = 200;

/** A task with its own settings, as far as a visitor will wait. */
function chosen(name) {
  const settings = defaultsOf(name);
  return { ...settings, updates: Math.min(AT_FIRST, settings.updates), text: name === "own_text" ? RHYME : null };
}

function OwnText() {
  const id = useId();
  return (
    <div class="field tall" data-field="text">
      <label for={id}>{t("field.text")}</label>
      <Typed as="textarea" id={id} rows={5} value={wanted.value.text ?? ""} aria-invalid={refused.value?.field === "text" || undefined}
        aria-describedby={`${id}-wrong`} onEnter={(text) => change({ text }, wanted.value)} />
      <Refusal field="text" id={`${id}-wrong`} />
    </div>
  );
}

function Sequence() {
  const { task, input_size: inputs } = wanted.value;
  const own = task === "own";
  const known = Object.hasOwn(schema.tasks, task);        // a link may ask for any word, and every object has some
  const channels = known ? schema.tasks[task].inputs?.length : inputs;
  // Coming back from an own sequence, its sizes would be left over.
  const simple = (name) => schema.tasks[name]?.group === "simple";
  const choose = (name) => change(!simple(name) && name !== "own" ? chosen(name) : name === "own"
    ? { ...(simple(task) ? {} : schema.defaults), task: name, text: null, values: [0.1, 0.5, 0.9, 0.5, 0.1, 0.5, 0.9, 0.5, 0.1].map((value) => [value]), targets: null }
    : { ...(simple(task) || own ? {} : schema.defaults), task: name, text: null, values: null, targets: null, length: own || !simple(task) ? schema.defaults.length : present().length,
        input_size: schema.tasks[name].inputs.length });
  return (
    <>
      <Choice field="task" wide options={Object.values(TASK_GROUPS).flat()} groups={TASK_GROUPS} label={(name) => t(`task.${name}`)} onChoose={choose} />
      {room.value !== "train" && <p class="note">{t(known || own || task === "own_text" ? `task.${task}.note` : "task.latch.note")}</p>}
      {task === "own_text" && <OwnText />}
      {own ? <OwnNumbers /> : (
        <>
          {task !== "reber" && <Slider field="length" />}
          {simple(task) && <Slider field="input_size" />}
          {simple(task) && inputs < channels && <p class="note">{t("inputs.merged")}</p>}
          {simple(task) && inputs > channels && (
            <p class="note">{t(inputs === channels + 1 ? "inputs.noiseOne" : "inputs.noise", { from: channels + 1, to: inputs })}</p>)}
          <Seed field="sequence_seed" />
        </>)}
    </>
  );
}

const SHOWN = ["task", "values", "targets", "text", "length", "input_size", "sequence_seed", "hidden_size", "seed", "initializer",
  "scale", "forget_bias", "updates", "optimizer", "learning_rate", "loss_at", "gradient_of", "output_step", "stop"];

/** A refusal of something that has no field here, such as a name only a link can hold. */
function Elsewhere() {
  const field = refused.value?.field;
  if (field === "edits" && Object.keys(wanted.value.edits ?? {}).length) return null;
  const hidden = wanted.value.task === "own" ? ["length", "input_size", "sequence_seed"] : ["values", "targets"];
  if (wanted.value.gradient_of !== "output") hidden.push("output_step");
  return refused.value && (!SHOWN.includes(field) || hidden.includes(field)) ? <p data-field={field}><Refusal field={field} id="elsewhere" /></p> : null;
}
