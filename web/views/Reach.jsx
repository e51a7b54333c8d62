// How far the derivative reaches: its size at every step on a logarithmic axis, under the picture's own columns.

import { signal } from "@preact/signals";
import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { refusal } from "../core/refusal.js";
import { change } from "../core/requests.js";
import { rnnNow, trainRnn } from "../core/rnn.js";
import { engineState, isRecording, room, selection, told, trace } from "../core/state.js";
import { asking, byHand, GAP } from "./notes.js";
import { picture } from "./Score.jsx";

const HEIGHT = 130;
const DECADES = 12;                     // below that, all is lost in rounding anyway

const CURVES = [["dc", "via-c"], ["dh", "via-h"], ["dc_unit", "unit"], ["kept", "kept"], ["dc_1997", "only-c"], ["dc_tutorial", "without-c"],
  ["dh_rnn", "rnn"], ["dh_trained", "trained-rnn"]];

const hidden = signal(new Set(["dc_unit", "dc_1997"]));
const toggle = (name) => { const next = new Set(hidden.value); if (!next.delete(name)) next.add(name); hidden.value = next; };

export function Reach() {
  const { reach } = told.value;
  if (room.value !== "backward") return null;
  return (
    <section class="panel reach">
      <h2>{t("reach.title")}</h2>
      <p class="note">{t("reach.note")}</p>
      {reach && reach.dc.length === trace.value.shape.T ? <Chart {...reach} dh_trained={rnnNow()?.reach?.dh} /> : <p class="note">{asking()}</p>}
      <PlainRnn />
    </section>
  );
}

/** The way to a trained RNN beside the LSTM, and what came of it. */
function PlainRnn() {
  const { experiment, done } = trace.value;
  const now = rnnNow();
  if (experiment.updates === 0) return <p class="note">{t(byHand() > 0 ? "rnn.untrainedByHand" : "rnn.untrained")}</p>;
  if (now?.reach) {
    const { updates, loss, lstm } = now.reach;
    return (
      <>
        <p class="compared" role="status">{compared(now.reach)}</p>
        <p class="note" data-rnn-loss={loss}>{t("rnn.trained", { updates, loss: short(loss), lstm: short(lstm) })} {t("cells.settings")}</p>
        {!isGap(experiment) && <button type="button" onClick={() => change({ ...GAP, updates: GAP_UPDATES }).then(trainRnn)}>{t("rnn.gap", { length: GAP.length, updates: GAP_UPDATES })}</button>}
      </>);
  }
  if (now?.failed) return <p class="note" role="alert">{refusal(now.failed)}</p>;
  if (now) return <p class="note" role="status">{t("rnn.training", { done: now.done, wanted: now.wanted })}</p>;
  return <button type="button" disabled={engineState.value !== "live" || isRecording.value || done === false} onClick={trainRnn}>{t("rnn.train", { updates: experiment.updates })}</button>;
}

const REACHES = 0.1;                    // of the LSTM's: then the RNN's derivative is said to reach as well
const GAP_UPDATES = 200;
const isGap = (experiment) => Object.entries(GAP).every(([name, value]) => experiment[name] === value);

/** What the two curves show at the first step, in words that fit the numbers. */
function compared({ dh, before }) {
  const lstm = told.value.reach?.dc[0];
  if (!lstm) return "";
  const sizes = { rnn: short(dh[0]), lstm: short(lstm), before: short(before[0]) };
  return t(dh[0] >= REACHES * lstm ? "rnn.reaches" : "rnn.fades", sizes);
}

function Chart(reach) {
  const { column, width, T } = picture.value;
  const known = CURVES.filter(([name]) => reach[name]);
  const shown = known.filter(([name]) => !hidden.value.has(name));
  const sizes = shown.flatMap(([name]) => reach[name]).filter((size) => size > 0);
  const top = Math.ceil(Math.log10(Math.max(...sizes, 1e-300)));
  const bottom = Math.max(top - DECADES, Math.min(top - 1, Math.floor(Math.log10(Math.min(...sizes, 1e300)))));
  const y = (size) => (HEIGHT * (top - Math.max(Math.log10(size), bottom))) / (top - bottom);
  const decades = Array.from({ length: top - bottom + 1 }, (_, k) => bottom + k);
  const line = (name) => reach[name].map((size, k) => [size, k]).filter(([size]) => size > 0)
    .map(([size, k], first) => `${first ? "L" : "M"}${(k + 0.5) * column} ${y(size)}`).join("");
  const apart = Math.ceil((16 * (top - bottom)) / HEIGHT);       // decades between two labels that do not touch
  const now = selection.value.t;
  return (
    <>
      <div class="chart">
        <div class="decades" aria-hidden="true">
          {decades.filter((power) => (top - power) % apart === 0).map((power) => <span key={power} style={{ top: `${y(10 ** power)}px` }}>10<sup>{String(power).replace("-", "−")}</sup></span>)}
        </div>
        <div class="scroll"><svg width={width} height={HEIGHT} role="img" aria-label={t("reach.label", { t: now, dc: short(reach.dc[now - 1]), dh: short(reach.dh[now - 1]) })}>
          {decades.map((power) => <line key={power} class="decade" x1="0" x2={width} y1={y(10 ** power)} y2={y(10 ** power)} />)}
          <rect class="now" x={(now - 1) * column} width={column} y="0" height={HEIGHT} />
          {shown.map(([name, style]) => <path key={name} class={`curve-line ${style}`} d={line(name)} />)}
        </svg></div>
      </div>
      <ul class="keys">
        {known.map(([name, style]) => (
          <li key={name}><button type="button" class="key" aria-pressed={!hidden.value.has(name)} onClick={() => toggle(name)}><svg width="26" height="8" aria-hidden="true"><path class={`curve-line ${style}`} d="M0 4H26" /></svg>
            {t(`reach.${name}`, { unit: reach.unit, T })}{t("list.colon")}<b data-reach={name}>{short(reach[name][now - 1])}</b></button></li>))}
      </ul>
    </>
  );
}
