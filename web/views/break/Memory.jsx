// How far memory holds: the score at each delay, before and after, on sequences longer than the trained ones.

import { compareCells, memories, rivals, scores } from "../../core/breaking.js";
import { short } from "../../core/format.js";
import { percent, t } from "../../core/i18n.js";
import { linear } from "../../core/scale.js";
import { trace, wanted } from "../../core/state.js";
import { Below, enlarged, Pane, widthOf, Words } from "../chart.jsx";
import { called, scoreName, written } from "./Numbers.jsx";
import { useSight } from "./sight.js";
import { useWidth } from "./width.js";

const HEIGHT = 150;
const STYLES = { before: "before", after: "after", rnn: "rnn", gru: "gru" };
const MARGIN = { left: 52, top: 26, bottom: 30, name: 10 };

export function Memory() {
  const [frame, width] = useWidth();
  const told = memories.value;
  const { progress, rnn } = rivals.value ?? {};
  useSight(".memory", [Boolean(told.after), Boolean(scores.value), Boolean(told.gru)]);
  return (
    <section class="panel memory" ref={frame}>
      <h2>{t("break.memory")}</h2>
      <p class="note">{t(`break.memory.${told.after?.over ?? "step"}`, { trained: told.after?.trained ?? "" })}</p>
      {told.after && scores.value && <Curves told={told} width={width} of={scores.value} />}
      {told.after && told.gru && scores.value?.share && <p class="compared" role="status">{cellsCompared(told, scores.value.clueless).join(" ")}</p>}
      {wanted.value.task !== "own" && (
        <p class="buttons">
          <button type="button" disabled={Boolean(progress) || Boolean(rnn)} onClick={compareCells}>{t("break.cells")}</button>
          {progress && <span class="note" role="status">{t("break.cellsProgress", { cell: t(`break.${progress.cell}`), done: progress.done, wanted: progress.wanted })}</span>}
          {rnn && !progress && <span class="note">{t("break.cellsNote", { rnn: rnn.size, gru: rivals.value.gru?.size ?? "…", units: trace.value.shape.H })} {t("cells.settings")}</span>}
        </p>)}
    </section>
  );
}

const ABOUT_CHANCE = 0.1;               // above what is guessed

/** How each cell ends, and from which step on it does no better than guessing. */
function cellsCompared(told, clueless) {
  const ofCell = { lstm: told.before.score, rnn: told.rnn.score, gru: told.gru.score };
  const steps = Math.min(...Object.values(ofCell).map((score) => score.length));
  const last = Object.fromEntries(Object.entries(ofCell).map(([cell, score]) => [cell, written(score[steps - 1], true)]));
  const lost = Object.entries(ofCell).map(([cell, score]) => [cell, lostFrom(score.slice(0, steps), clueless)]).filter(([, step]) => step !== null);
  return [t("break.cellsLast", { steps, ...last }), ...lost.map(([cell, step]) => t("break.cellLost", { cell: t(`break.${cell}`), step })),
    ...(lost.length ? [] : [t("break.cellsHold")])];
}

/** From which step on a score stays about what guessing gives; null if it does not. */
function lostFrom(score, clueless) {
  const known = score.map((value, k) => [value, k + 1]).filter(([value]) => value !== null);
  const better = known.findLastIndex(([value]) => value > clueless + ABOUT_CHANCE);
  return better + 1 < known.length ? known[better + 1][1] : null;
}

function Curves({ told, width, of }) {
  const { share, clueless } = of;
  const size = enlarged();
  const names = Object.keys(STYLES).filter((name) => told[name]);
  const inner = Math.max(120, width - MARGIN.left * size - MARGIN.name - Math.max(...names.map((name) => widthOf(called(name)))));
  const length = Math.max(...names.map((name) => told[name].score.length));
  const most = Math.max(...names.flatMap((name) => told[name].score.filter((value) => value !== null)), clueless ?? 0);
  const x = linear(1, Math.max(2, length), 0, inner, width < 500 * size ? 5 : 8);
  const y = share ? linear(0, 1, HEIGHT, 0) : linear(0, most, HEIGHT, 0);
  const lines = names.map((name) => ({ key: name, values: told[name].score.map((value) => value ?? NaN), label: called(name), style: STYLES[name] }));
  const levels = clueless === null ? [] : [{ value: clueless, label: t("break.cluelessLevel"), style: "clueless", above: !share, atStart: share }];
  const { trained, over } = told.after;
  const last = (name) => written(told[name].score.at(-1), share);
  return (
    <svg class="chart-svg" width={width} height={HEIGHT + (MARGIN.top + MARGIN.bottom) * size} role="img"
      aria-label={t(over === "length" ? "break.memoryLabelLength" : "break.memoryLabel", { before: told.before ? last("before") : "", after: last("after"), steps: length })}>
      <g transform={`translate(${MARGIN.left * size} ${MARGIN.top * size})`}>
        {trained !== null && <line class="level trained" x1={x.at(trained)} x2={x.at(trained)} y1="0" y2={HEIGHT} />}
        <Pane top={0} height={HEIGHT} width={inner} title={scoreName(of)} x={x} y={y} lines={lines} levels={levels}
          write={(value) => (share ? percent(value) : short(value))} />
        {trained !== null && <Words class="level-label" x={x.at(trained) + 4} y={share ? HEIGHT - 6 * size : 10 * size}>{t("break.trainedLength")}</Words>}
        <Below y={HEIGHT} width={inner} x={x} left={MARGIN.left * size} label={t(over === "length" ? "break.axisLength" : "break.axisStep")} />
      </g>
    </svg>
  );
}
