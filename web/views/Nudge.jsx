// The gradient check as a lesson: one number is nudged up and down, the loss is looked at, and three slopes compared.

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { full, short, significant } from "../core/format.js";
import { t } from "../core/i18n.js";
import { engine } from "../core/requests.js";
import { schema, trace } from "../core/state.js";
import { Whole } from "./fields.jsx";
import { differentiated, placeOf } from "./symbols.jsx";
import { asking } from "./notes.js";

const WIDTH = 320;
const HEIGHT = 120;
const NUDGED_DIGITS = 8;                // so that what is read off gives the slope beside it
const STEPS = 12;                       // powers of ten on the slider, from 1 down to 1e-12

export function Nudge() {
  const place = useSignal({ tensor: "weight_hh", index: [0, 0] });
  const power = useSignal(1);
  const found = useSignal(null);
  const latest = useRef(null);          // a newer question ends an older one, and so does leaving

  useEffect(() => () => { latest.current = null; }, []);
  useSignalEffect(() => {
    const { tensor, index } = fit(place.value, trace.value);
    const asked = Symbol("asked");
    latest.current = asked;
    engine.probe(tensor, index, 10 ** -power.value, (answer) => {
      const wanted = latest.current === asked;
      if (answer && wanted) found.value = { ...answer, tensor, index };
      return wanted;
    });
  });

  const { tensor, index } = fit(place.value, trace.value);
  const shape = trace.value.arrays[tensor].shape;
  return (
    <div class="nudge">
      <h2>{t("nudge.title")}</h2>
      <p class="choose">
        <select aria-label={t("check.tensor")} value={tensor} onChange={(event) => { place.value = { tensor: event.currentTarget.value, index: [0, 0] }; }}>
          {schema.tensors.map((name) => <option key={name} value={name}>{t(`tensor.${name}`)}</option>)}
        </select>
        {shape.map((size, axis) => (
          <Whole key={axis} label={t(`nudge.axis${axis}`)} value={index[axis] + 1} low={1} high={size}
            onEnter={(k) => { place.value = { tensor, index: index.map((old, a) => (a === axis ? k - 1 : old)) }; }} />))}
      </p>
      <p class="note nudged">{placeOf(`${tensor}[${index.join(",")}]`, trace.value).words}</p>
      <label class="eps">{t("nudge.step")} <span>{short(10 ** -power.value)}</span>
        <input type="range" min="0" max={STEPS} value={power.value} onInput={(event) => { power.value = Number(event.currentTarget.value); }} /></label>
      {found.value ? <Found {...found.value} /> : <p class="note">{asking()}</p>}
    </div>
  );
}

/** The place, moved into the tensor's shape. */
function fit({ tensor, index }, { arrays }) {
  return { tensor, index: arrays[tensor].shape.map((size, axis) => Math.min(index[axis] ?? 0, size - 1)) };
}

function Found({ value, analytic, eps, below, above, central, complex_step: complexStep, at, curve, steps, errors }) {
  const scalar = differentiated(trace.value);
  return (
    <>
      <Curve {...{ value, eps, below, above, at, curve }} />
      <table class="slopes">
        <tbody>
          <tr><th scope="row">{t("nudge.below", { scalar })}</th><td data-nudged="below">{significant(below, NUDGED_DIGITS)}</td></tr>
          <tr><th scope="row">{t("nudge.above", { scalar })}</th><td data-nudged="above">{significant(above, NUDGED_DIGITS)}</td></tr>
          <tr><th scope="row">{t("nudge.central")}</th><td data-slope="central"><Agreeing text={full(central)} as={full(analytic)} /></td></tr>
          <tr><th scope="row">{t("nudge.complex")}</th><td data-slope="complex"><Agreeing text={full(complexStep)} as={full(analytic)} /></td></tr>
          <tr><th scope="row">{t("nudge.analytic")}</th><td data-slope="analytic"><b>{full(analytic)}</b></td></tr>
        </tbody>
      </table>
      <Errors {...{ steps, errors, eps }} />
      <p class="note">{t("nudge.note")}</p>
    </>
  );
}

/** A number whose digits are bold as far as they agree with another's. */
function Agreeing({ text, as }) {
  let same = 0;
  while (same < text.length && text[same] === as[same]) same += 1;
  return <><b>{text.slice(0, same)}</b>{text.slice(same)}</>;
}

/** L along the number, the two nudged points, and the line through them. */
function Curve({ value, eps, below, above, at, curve }) {
  const all = [...curve, below, above].filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = (v) => (WIDTH * (v - at[0])) / (at.at(-1) - at[0]);
  const y = (L) => 6 + (HEIGHT - 12) * (1 - (L - low) / Math.max(high - low, 1e-300));
  const slope = (above - below) / (x(value + eps) - x(value - eps));          // of the line drawn, in pixels
  const line = (px) => y(below + slope * (px - x(value - eps)));
  return (
    <svg class="loss-along" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("nudge.curve", { scalar: differentiated(trace.value) })}>
      <polyline points={at.map((v, k) => `${x(v)},${y(curve[k])}`).join(" ")} />
      <line class="secant" x1="0" x2={WIDTH} y1={line(0)} y2={line(WIDTH)} />
      <line class="here" x1={x(value)} x2={x(value)} y1="0" y2={HEIGHT} />
      <circle cx={x(value - eps)} cy={y(below)} r="3.5" /><circle cx={x(value + eps)} cy={y(above)} r="3.5" />
    </svg>
  );
}

/** The central difference's relative error over the step size: too large a step cuts corners, too small a one drowns in rounding. */
function Errors({ steps, errors, eps }) {
  const [top, bottom] = [2, -16];
  const x = (step) => WIDTH - 10 + ((WIDTH - 20) * Math.log10(step)) / STEPS;
  const y = (error) => 8 + ((HEIGHT - 24) * (top - Math.max(bottom, Math.min(top, Math.log10(Math.max(error, 1e-300)))))) / (top - bottom);
  const now = steps.findIndex((step) => Math.abs(Math.log10(step / eps)) < 0.5);
  return (
    <svg class="errors" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("nudge.errors", { error: short(errors[now] ?? 0) })}>
      {[0, -8, -16].map((power) => (
        <g key={power}><line class="decade" x1="0" x2={WIDTH} y1={y(10 ** power)} y2={y(10 ** power)} /><text x="0" y={y(10 ** power) - 3}>{short(10 ** power)}</text></g>))}
      <polyline points={steps.map((step, k) => `${x(step)},${y(errors[k])}`).join(" ")} />
      {now >= 0 && <circle cx={x(steps[now])} cy={y(errors[now])} r="3.5" />}
      <text x="8" y={HEIGHT - 2}>10⁻¹²</text><text x={WIDTH - 8} y={HEIGHT - 2} text-anchor="end">1</text>
      <text x={WIDTH / 2} y={HEIGHT - 2} text-anchor="middle">{t("nudge.axis")}</text>
    </svg>
  );
}
