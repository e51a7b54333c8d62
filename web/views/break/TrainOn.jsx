// Train with the damage: the loss beside that of the whole network, and the cosine to the true gradient.

import { cosines, losses } from "../../core/breaking.js";
import { damage, trainOn } from "../../core/damage.js";
import { short } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { change } from "../../core/requests.js";
import { extent, linear, logarithmic } from "../../core/scale.js";
import { schema, trace, wanted } from "../../core/state.js";
import { Below, enlarged, Pane, widthOf, Words } from "../chart.jsx";
import { useSight } from "./sight.js";
import { useWidth } from "./width.js";
import { asking } from "../notes.js";

const LOSS_HEIGHT = 120;
const COSINE_HEIGHT = 100;
const BETWEEN = 34;
const MARGIN = { left: 52, top: 26, bottom: 30, name: 10 };
const MORE = 100;

export function TrainOn() {
  const [frame, width] = useWidth();
  const { damage_from: from, updates } = wanted.value;
  const names = Object.keys(damage.value);
  const some = names.some((name) => name !== "longer"); // training keeps its length
  useSight(".train-on", [Boolean(losses.value), cosines.value.length > 0]);
  const full = Number(updates) + MORE > schema.limits.updates[1];
  return (
    <section class="panel train-on" ref={frame}>
      <h2>{t("break.training")}</h2>
      <p class="note">{t(names.length === 0 ? "break.training.none" : !some ? "break.training.longer" : from === null ? "break.training.after" : from === 0 ? "break.training.start" : "break.training.from", { from })}</p>
      <p class="buttons" role="group" aria-label={t("break.training")}>
        <button type="button" disabled={!some} aria-pressed={some && from === null} onClick={() => change({ damage_from: null })}>{t("break.onlyTrained")}</button>
        <button type="button" disabled={!some} aria-pressed={some && from === 0} onClick={() => change({ damage_from: 0 })}>{t("break.fromStart")}</button>
        <button type="button" disabled={!some || full} onClick={() => trainOn(MORE)}>{t("break.trainOn", { count: MORE })}</button>
      </p>
      {some && from !== null && !losses.value && <p class="note" role="status">{asking()}</p>}
      {losses.value && <Curves told={losses.value} points={cosines.value} width={width} />}
      {losses.value && cosines.value.length > 0 && <Lesson />}
    </section>
  );
}

function Lesson() {
  const { damaged, from } = losses.value;
  const mean = cosines.value.filter(({ update }) => update > from).map(({ cosine }) => cosine);
  const last = damaged.at(-1);
  return mean.length > 0 && damaged.length > from && (
    <p class="lesson" role="status">{t(mean.every((cosine) => cosine > 1 - 1e-9) ? "break.lesson.true" : last < damaged[from] ? "break.lesson.falls" : "break.lesson.rises",
      { first: short(damaged[from]), last: short(last), cosine: short(Math.min(...mean)) })}</p>);
}

function Curves({ told, points, width }) {
  const size = enlarged();
  const inner = Math.max(120, width - MARGIN.left * size - MARGIN.name - Math.max(...["break.whole", "break.damaged"].map((name) => widthOf(t(name)))));
  const { damaged, whole, from } = told;
  const x = linear(0, Math.max(1, trace.value.experiment.updates), 0, inner, width < 500 * size ? 4 : 8);
  const [low, high] = extent([damaged, whole], 0);
  const y = logarithmic(low, high, LOSS_HEIGHT, 0);
  const least = Math.min(0, ...points.map(({ cosine }) => cosine));
  const cosineAxis = linear(least < 0 ? -1 : 0, 1, COSINE_HEIGHT, 0);
  const top = LOSS_HEIGHT + BETWEEN * size;
  // Above the curves, beside their title or, where that has no room, below it.
  const begins = x.at(from) > widthOf(t("break.batchLoss")) * 1.15 ? -6 * size : 10 * size;
  const line = points.map(({ update, cosine }, k) => `${k ? "L" : "M"}${x.at(update).toFixed(1)} ${cosineAxis.at(cosine).toFixed(1)}`).join("");
  return (
    <svg class="chart-svg" width={width} height={top + COSINE_HEIGHT + (MARGIN.top + MARGIN.bottom) * size} role="img"
      aria-label={t("break.trainingLabel", { damaged: short(damaged.at(-1) ?? NaN), whole: short(whole.at(-1) ?? NaN), cosine: short(points.at(-1)?.cosine ?? NaN) })}>
      <g transform={`translate(${MARGIN.left * size} ${MARGIN.top * size})`}>
        {from > 0 && <line class="level trained" x1={x.at(from)} x2={x.at(from)} y1="0" y2={top + COSINE_HEIGHT} />}
        <Pane top={0} height={LOSS_HEIGHT} width={inner} title={t("break.batchLoss")} x={x} y={y}
          lines={[{ key: "whole", values: whole, label: t("break.whole"), style: "before" }, { key: "damaged", values: damaged, label: t("break.damaged"), style: "after" }]} />
        <Pane top={top} height={COSINE_HEIGHT} width={inner} title={t("break.cosine")} x={x} y={cosineAxis} />
        <path class="curve-line after" transform={`translate(0 ${top})`} d={line} data-points={points.length} />
        {from > 0 && <Words class="level-label" x={x.at(from) + 4} y={begins}>{t("break.damageBegins")}</Words>}
        <Below y={top + COSINE_HEIGHT} width={inner} x={x} left={MARGIN.left * size} label={t("break.axisUpdate")} />
      </g>
    </svg>
  );
}
