// How far memory holds: the score at each delay, before and after, on sequences longer than the trained ones.

import { compareCells, memories, rivals, scores } from "../../core/breaking.js";
import { short } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { linear } from "../../core/scale.js";
import { wanted } from "../../core/state.js";
import { Below, Pane } from "../chart.jsx";
import { scoreName, written } from "./Numbers.jsx";
import { useWidth } from "./width.js";

const HEIGHT = 150;
const STYLES = { before: "before", after: "after", rnn: "rnn", gru: "gru" };
const MARGIN = { left: 52, right: 88, top: 26, bottom: 30 };

export function Memory() {
  const [frame, width] = useWidth();
  const told = memories.value;
  const { progress, rnn } = rivals.value ?? {};
  return (
    <section class="panel memory" ref={frame}>
      <h2>{t("break.memory")}</h2>
      <p class="note">{t(told.after?.delay ? "break.memory.delay" : "break.memory.step", { trained: told.after?.trained ?? "" })}</p>
      {told.after && scores.value && <Curves told={told} width={width} of={scores.value} />}
      {wanted.value.task !== "own" && (
        <p class="buttons">
          <button type="button" disabled={Boolean(progress) || Boolean(rnn)} onClick={compareCells}>{t("break.cells")}</button>
          {progress && <span class="note" role="status">{t("break.cellsProgress", { cell: t(`break.${progress.cell}`), done: progress.done, wanted: progress.wanted })}</span>}
          {rnn && !progress && <span class="note">{t("break.cellsNote", { rnn: rnn.size, gru: rivals.value.gru?.size ?? "…" })}</span>}
        </p>)}
    </section>
  );
}

function Curves({ told, width, of }) {
  const { share, clueless } = of;
  const inner = Math.max(120, width - MARGIN.left - MARGIN.right);
  const names = Object.keys(STYLES).filter((name) => told[name]);
  const length = Math.max(...names.map((name) => told[name].score.length));
  const most = Math.max(...names.flatMap((name) => told[name].score.filter((value) => value !== null)), clueless ?? 0);
  const x = linear(1, Math.max(2, length), 0, inner, width < 500 ? 4 : 8);
  const y = share ? linear(0, 1, HEIGHT, 0) : linear(0, most, HEIGHT, 0);
  const lines = names.map((name) => ({ key: name, values: told[name].score.map((value) => value ?? NaN), label: t(`break.${name}`), style: STYLES[name] }));
  const levels = clueless === null ? [] : [{ value: clueless, label: t("break.cluelessLevel"), style: "clueless" }];
  const { trained } = told.after;
  const last = (name) => written(told[name].score.at(-1), share);
  return (
    <svg class="chart-svg" width={width} height={HEIGHT + MARGIN.top + MARGIN.bottom} role="img"
      aria-label={t("break.memoryLabel", { before: told.before ? last("before") : "", after: last("after"), steps: length })}>
      <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
        <line class="level trained" x1={x.at(trained)} x2={x.at(trained)} y1="0" y2={HEIGHT} />
        <text class="level-label upright" x={x.at(trained) + 4} y="10">{t("break.trainedLength")}</text>
        <Pane top={0} height={HEIGHT} width={inner} title={scoreName(of)} x={x} y={y} lines={lines} levels={levels}
          write={(value) => (share ? `${Math.round(100 * value)} %` : short(value))} />
        <Below y={HEIGHT} width={inner} x={x} label={t("break.axisStep")} />
      </g>
    </svg>
  );
}
