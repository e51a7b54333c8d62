// One sequence of the task, small: what is read, and below it the answer that is right. It is the one that the picture
// further down shows in full, so that its numbers are Python's.

import { useMemo } from "preact/hooks";
import { short } from "../../core/format.js";
import { lang, t } from "../../core/i18n.js";
import { trace } from "../../core/state.js";
import { visible } from "../paint.js";
import { channelsOf } from "../Score.jsx";

const WIDTH = 330;
const HALF = 13;                                        // of a row of bars, from its middle
const LETTERS = 26;                                     // side by side
const SELDOM = 3;                                       // a letter that comes so often at most is worth showing
const FEW = 12;                                         // answers, so that all of them can be shown
const SAID = 60;                                        // steps in words

export function Example() {
  const { arrays, about, shape } = trace.value;
  // While a run goes on its sequence stays.
  const { task, length, input_size: width, sequence_seed: seed, values, targets, text, damage } = trace.value.experiment;
  const of = JSON.stringify([lang.value, task, length, width, seed, values, targets, text, damage, shape.T]);
  return useMemo(() => (
    <figure class="example" data-task={task}>
      <figcaption>{t(about.text ? "example.titleShort" : "example.title", { steps: shape.T })}</figcaption>
      {about.symbols ? <Letters {...{ arrays, about, shape }} /> : <Bars {...{ arrays, about, shape }} />}
    </figure>), [of]);
}

/** The answers that are right at a step: one class, or all symbols that may come next. */
function answersAt({ arrays: { target, legal, mask }, about, shape }, step) {
  if (!mask.data[step]) return [];
  if (!about.classes) return [short(target.data[step * shape.O])];
  return legal ? about.outputs.filter((_, k) => legal.data[step * shape.O + k] === 1) : [about.outputs[shape.answer[step] - 1]];
}

const listed = (values) => `${values.slice(0, SAID).join(" ")}${values.length > SAID ? " …" : ""}`;

/** Symbols one by one. Of a long sequence those that matter stay: the ends, what is seldom, and where answers are few, these. */
function Letters({ arrays, about, shape }) {
  const { T, read } = shape;
  const letters = read.map((k) => about.inputs[k - 1]);
  const answers = letters.map((_, step) => answersAt({ arrays, about, shape }, step));
  const asked = answers.filter((some) => some.length).length;
  const count = (letter) => letters.filter((other) => other === letter).length;
  const kept = letters.map((letter, step) => T <= LETTERS || (asked > FEW ? step < LETTERS
    : step < 2 || step === T - 1 || answers[step].length > 0 || count(letter) <= SELDOM));
  const columns = [];
  kept.forEach((stays, step) => { if (stays) columns.push(step); else if (columns.at(-1) !== null) columns.push(null); });
  const shown = columns.slice(0, LETTERS + 4);
  const room = WIDTH / Math.max(shown.length, LETTERS);
  return (
    <Rows read={listed(letters.map(visible))} answer={listed(answers.filter((some) => some.length).map((some) => some.map(visible).join("/")))}
      height={50 + 12 * Math.max(0, ...answers.map((some) => some.length - 1))} answerAt={44}>
      {shown.map((step, column) => {
        const x = (column + 0.5) * room;
        if (step === null) return <text key={`gap${column}`} class="gap" x={x} y="14">⋯</text>;
        return (
          <g key={step}>
            <text class="reads" x={x} y="14">{visible(letters[step])}</text>
            {answers[step].map((answer, k) => <text key={k} class="right" x={x} y={44 + 12 * k}>{visible(answer)}</text>)}
          </g>);
      })}
    </Rows>
  );
}

/** Numbers as bars, marks as ▼ above them, the answer as steps below. */
function Bars({ arrays, about, shape }) {
  const { T, I, O } = shape;
  const { x: inputs, target, mask } = arrays;
  const channels = channelsOf(trace.value);
  const marked = channels.findIndex((name) => name.startsWith("mark"));
  const room = WIDTH / T;
  const everywhere = mask.data.every(Boolean);           // then its bars join
  const steps = Array.from({ length: T }, (_, step) => step);
  const most = (data, stride, own) => steps.filter(own).reduce((sofar, step) => Math.max(sofar, Math.abs(data[step * stride])), 1e-12);
  const rows = [{ y: 26, value: (step) => inputs.data[step * I], range: most(inputs.data, I, () => true), style: "reads" },
    { y: 68, value: (step) => (mask.data[step] ? target.data[step * O] : NaN), range: most(target.data, O, (step) => mask.data[step]), style: "right" }];
  const isMarked = (step) => marked > 0 && inputs.data[step * I + marked] === 1;
  const numbers = (value, more) => listed(steps.filter((step) => Number.isFinite(value(step))).map((step) => `${short(value(step))}${more(step)}`));
  return (
    <Rows read={numbers(rows[0].value, (step) => (isMarked(step) ? "▼" : ""))} answer={numbers(rows[1].value, () => "")} height={84} answerAt={72}>
      {rows.map(({ y, value, range, style }) => (
        <g key={style} class={style}>
          <line x1="0" x2={WIDTH} y1={y} y2={y} />
          {steps.map((step) => {
            const length = (value(step) / range) * HALF;
            if (!Number.isFinite(length) || length === 0) return null;
            const wide = style === "right" && everywhere ? room : Math.max(1.2, room * 0.7);
            return <rect key={step} data-t={step + 1} data-value={value(step)} x={(step + 0.5) * room - wide / 2} width={wide} y={y - Math.max(0, length)} height={Math.abs(length)} />;
          })}
        </g>))}
      {steps.filter(isMarked).map((step) => <text key={step} class="mark" x={(step + 0.5) * room} y="10">▼</text>)}
    </Rows>
  );
}

function Rows({ read, answer, height, answerAt, children }) {
  const beside = (y) => ({ top: `${(100 * y) / height}%` });          // however large it is drawn
  return (
    <div class="example-rows">
      <span style={beside(answerAt > 50 ? 26 : 10)}>{t("example.reads")}</span><span style={beside(answerAt - 4)}>{t("example.answer")}</span>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={t("example.label", { read, answer })}>{children}</svg>
    </div>
  );
}
