// The run as curves: loss, score and gradient norm of every update, the present moment, and what was changed on the way.
// Pointing reads an update; pressing or dragging goes there.

import { signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { short } from "../../core/format.js";
import { inRow, t } from "../../core/i18n.js";
import { extent, linear, logarithmic, roundUp } from "../../core/scale.js";
import { showsText } from "../../core/reading.js";
import { beside, curves, isRecording, projector, running, trace } from "../../core/state.js";
import { doneNow, goTo } from "../../core/training.js";
import { isLaptop } from "../../core/window.js";
import { Below, enlarged, Pane, widthOf, Words } from "../chart.jsx";
import { byHand, numbered } from "../notes.js";
import { bandOf, nameOf, setTo } from "./names.js";

export const logAxis = signal(true);
const pointed = signal(null);                           // where on the axis the pointer rests, 0 to 1: the update under it changes as the axis grows
const SHORTEST = 100;
const ROOM_FOR_AXIS = 110;                              // for the choice of the loss axis, beside the title
const MOST_ROWS = 3;                                    // of words about changes
const GAP = 23;
const PANES = { loss: 104, score: 56, norm: 54 };
const LOW = { loss: 57, score: 39, norm: 25 };           // above what is to be seen with them: a text, and the gates in a window of a laptop or on a projector
const TOP = 20;                                         // the title of the first
const MARGIN_REM = 4;                                  // beside the curves, for the numbers at their ends
const MOST_FOR_NAMES = 0.4;                             // of the width

const TICK = 15;                                        // height of a tick's number
const ticksIn = ({ height }, most = 3) => Math.max(1, Math.min(most, Math.floor(height / TICK)));

/** Whether the task counts what is right; otherwise its score is an error. */
export const countsRight = () => !trace.value.about.lower_is_better;

export function Curves() {
  const frame = useRef(null);
  const width = useSignal(700);
  const dragging = useSignal(false);
  useLayoutEffect(() => {
    const fit = (space) => { width.value = Math.max(180, space); };
    fit(frame.current.getBoundingClientRect().width);   // before it is seen for the first time
    const observer = new ResizeObserver(([{ contentRect }]) => fit(contentRect.width));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);

  const { experiment } = trace.value;
  const { main, ...others } = curves.value;
  const runs = Object.entries(others).map(([name, series]) => ({ name, series, experiment: beside.value[Number(name.slice(6))] }))
    .filter((run) => run.experiment)
    .map((run, k) => ({ ...run, style: `beside${k % 3}`, label: cut(endOf(run, experiment), MOST_FOR_NAMES * width.value + margin() - 8) }));
  const longest = Math.max(SHORTEST, main.count, ...runs.map(({ series }) => series.count));
  const size = enlarged();
  const inner = width.value - roomForNames(runs, experiment, width.value);
  const x = linear(0, roundUp(longest), 0, inner, Math.max(3, inner / (130 * size)));
  const done = isRecording.value ? experiment.updates : doneNow();
  const heights = showsText.value || projector.value || isLaptop.value ? LOW : PANES;

  let top = TOP * size;
  const place = (name) => { const pane = { top, height: heights[name] * Math.sqrt(size), width: inner, x }; top += pane.height + GAP * size; return pane; };
  const loss = place("loss");
  const score = place("score");
  const norm = place("norm");
  const foot = top - (GAP - 12) * size;                 // where the panes end
  const lines = { y1: (TOP - 6) * size, y2: foot };

  const share = (event) => Math.min(1, Math.max(0, (event.clientX - frame.current.getBoundingClientRect().left) / inner));
  const updateAt = (place) => Math.min(longest, Math.round(place * x.high));
  const at = (event) => updateAt(share(event));
  const down = (event) => {
    if (event.button !== 0) return;
    dragging.value = true;
    event.currentTarget.setPointerCapture(event.pointerId);
    goTo(Math.min(at(event), main.count));
  };
  const move = (event) => {
    pointed.value = event.pointerType === "mouse" ? share(event) : null;
    if (dragging.value) goTo(Math.min(at(event), main.count));
  };
  const up = () => { dragging.value = false; };
  const changes = changesOf(experiment, x);
  const read = pointed.value === null ? null : Math.min(updateAt(pointed.value), main.count);

  return (
    <figure class="curves">
      <div class="curves-frame" ref={frame}>
        <svg class="chart-svg" width={width.value} height={foot + TOP * size} role="img" aria-label={said(main, experiment)}
          onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up} onPointerLeave={() => { pointed.value = null; }}>
          <rect class="ground" x="0" y="0" width={inner} height={foot} />
          <g class="change-mark">{changes.map(({ update, at: from }) => <line key={update} x1={from} x2={from} y1={loss.top} y2={foot} />)}</g>
          {read !== null && <line class="pointed" x1={x.at(read)} x2={x.at(read)} {...lines} />}
          <line class="moment" x1={x.at(done)} x2={x.at(done)} {...lines} y2={foot + (TOP + 4) * size} />
          <LossPane {...loss} {...{ main, runs, experiment }} />
          <ScorePane {...score} {...{ main, runs, experiment }} />
          <NormPane {...norm} {...{ main, runs, experiment }} />
          <Below y={foot} width={inner} x={x} label={t("train.axis")} left={frame.current?.offsetLeft} />
          <g class="change-mark">{changes.map(({ update, at: from, text, row }) => <Words key={update} x={from + 4} y={foot - (6 + 12 * row) * size}>{text}</Words>)}</g>
        </svg>
        <input type="range" class="scrub" style={{ width: `${inner + 16}px` }} min="0" max={x.high} value={done} disabled={main.count === 0} aria-label={t("train.scrub")}
          aria-valuetext={t("train.now", { update: done, count: main.count })} onInput={(event) => goTo(Math.min(main.count, Number(event.currentTarget.value)))} />
        <label class="loss-axis"><span>{t("train.lossAxis")}</span>
          <select value={logAxis.value ? "log" : "linear"} onChange={(event) => { logAxis.value = event.currentTarget.value === "log"; }}>
            {["log", "linear"].map((name) => <option key={name} value={name}>{t(`train.axis.${name}`)}</option>)}
          </select></label>
        {main.count === 0 && !running.value && <p class="try">{byHand() > 0 ? numbered("train.storyByHandOne", "train.storyByHand") : t("train.storyStart")}</p>}
      </div>
      <figcaption class="reading" aria-hidden="true">{reading(main, read ?? done)}</figcaption>
    </figure>
  );
}

/** What was changed on the way, in words: {update, at, text, row}, one row higher where the words before would be run over. */
function changesOf({ changes = {} }, x) {
  let [row, end] = [0, -Infinity];
  return Object.entries(changes).map(([update, fields]) => {
    const at = x.at(update);
    const text = inRow(Object.entries(fields).map(([name, value]) => setTo(name, value)));
    row = at < end ? (row + 1) % MOST_ROWS : 0;
    end = at + widthOf(text) + 12;
    return { update, at, text, row };
  });
}

/** How much of the width the names at the ends of several runs need beyond the margin. */
function roomForNames(runs, experiment, width) {
  if (!runs.length) return 0;
  const band = bandOf(experiment, beside.value);
  const names = [t("train.thisRun"), ...(band ? [t("train.bandEnd", { count: runs.length })] : runs.map(({ label }) => label))];
  return Math.max(0, Math.min(MOST_FOR_NAMES * width, Math.max(...names.map((name) => widthOf(name))) + 8 - margin()));
}

const margin = () => MARGIN_REM * parseFloat(getComputedStyle(document.documentElement).fontSize);

/** A name, or as much of it as there is room for. */
function cut(name, room) {
  let text = name;
  for (let letters = name.length - 1; widthOf(text) > room && letters > 0; letters -= 1) text = `${name.slice(0, letters).trimEnd()}…`;
  return text;
}

/** What stands at the end of a run beside the first. */
const endOf = ({ series, experiment: other }, experiment) => (series.ended ? t("train.ranAway", { name: nameOf(other, experiment) }) : nameOf(other, experiment));

/** The lines of a pane: every update faintly, the running mean on top; the same of each run beside, or the band of many. */
function linesOf(kind, { main, runs, experiment }) {
  const band = bandOf(experiment, beside.value);
  const value = (series) => series[`${kind}_mean`] ?? series[kind];
  const lines = band ? [] : runs.map(({ name, series, label, style }) => ({ key: name, values: value(series), label, style }));
  const own = { key: "main", values: value(main), style: "main", label: main.count ? runs.length ? t("train.thisRun") : short(value(main).at(-1)) : "" };
  const noise = main[`${kind}_mean`] ? [{ key: "noise", values: main[kind], style: "main", noise: true }] : [];
  return { lines: [...noise, ...lines, own], bands: band && runs.length ? [bandBetween(runs.map(({ series }) => value(series)), t("train.bandEnd", { count: runs.length }))] : [] };
}

/** Least and greatest of several series at every update that all of them have come to. */
function bandBetween(all, label) {
  const count = Math.min(...all.map((values) => values.length));
  const low = new Float64Array(count);
  const high = new Float64Array(count);
  for (let k = 0; k < count; k += 1) {
    low[k] = Math.min(...all.map((values) => values[k]));
    high[k] = Math.max(...all.map((values) => values[k]));
  }
  return { key: "band", low, high, label, style: "seeds" };
}

function LossPane({ main, runs, experiment, ...pane }) {
  const all = [main, ...runs.map(({ series }) => series)];
  const [low, high] = extent(all.map(({ loss }) => loss), logAxis.value ? 0 : undefined);
  const y = logAxis.value ? logarithmic(low, high, pane.height, 0, ticksIn(pane, 4)) : linear(0, high, pane.height, 0);
  const band = runs.length && bandOf(experiment, beside.value);
  return <Pane {...pane} y={y} title={band && widthOf(t("train.lossTitleBand", { band })) + ROOM_FOR_AXIS < pane.width ? t("train.lossTitleBand", { band }) : t("train.lossTitle")} {...linesOf("loss", { main, runs, experiment })} />;
}

function ScorePane({ main, runs: beside_, experiment, ...pane }) {
  // What another task counts has no place on this axis.
  const runs = beside_.filter(({ experiment: other }) => other.task === experiment.task);
  const whole = t("train.scoreTitle", { score: scoreName() });
  const title = widthOf(whole, 700) <= pane.width ? whole : scoreName();
  const levels = levelsOf(pane.width - widthOf(title, 700));
  const all = [main, ...runs.map(({ series }) => series)].map((series) => series.score_mean ?? series.score);
  // A share of right answers has its ends; an error may shrink for ever, and bits are told apart only near each other.
  const [low, high] = extent([...all, levels.map(({ value }) => value)], 0);
  const { metric } = trace.value.about;
  const y = countsRight() ? linear(0, 1, pane.height, 0, 2) : metric === "bits" ? linear(Math.floor(low - 0.5), high, pane.height, 0, ticksIn(pane)) : logarithmic(low, high, pane.height, 0, ticksIn(pane));
  return <Pane {...pane} y={y} title={title} levels={levels} {...linesOf("score", { main, runs, experiment })} />;
}

function NormPane({ main, runs, experiment, ...pane }) {
  const limits = limitsOf(experiment);
  const norms = [main.norm, ...runs.map(({ series }) => series.norm)];
  const most = extent(norms, 0)[1];
  // A limit far above all that was is none, and would press the curve to the ground.
  const [low, high] = extent([...norms, limits.map(({ value }) => value).filter((value) => value <= 100 * most)], 0);
  const y = logarithmic(low, high, pane.height, 0, ticksIn(pane));
  return <Pane {...pane} y={y} title={t("train.normTitle")} stairs={limits} {...linesOf("norm", { main, runs, experiment })} />;
}

/** The limits of the gradient's norm, each from one update to another; 0 is none. */
function limitsOf({ clip_norm: first, changes = {} }) {
  const later = Object.entries(changes).filter(([, fields]) => "clip_norm" in fields).map(([update, fields]) => [Number(update), fields.clip_norm]);
  const all = [[0, first], ...later.sort(([a], [b]) => a - b)];
  return all.map(([from, value], k) => ({ from, to: all[k + 1]?.[0] ?? Infinity, value, label: t("train.clip", { limit: short(value) }), style: "clip" }))
    .filter(({ value }) => value > 0);
}

/** What the score of the task on the screen is, in words. */
export const scoreName = () => t(`metric.${trace.value.about.metric}`);

/**
 * What somebody scores who knows nothing, and what counts as learnt: the words of the first stand at the end, where the
 * curve has left its line, those of the other at the start, where it has not come; or above all, beside the title.
 */
function levelsOf(besideTitle) {
  const { clueless, goal, lower_is_better: error } = trace.value.about;
  const learnt = goal == null ? "" : t("train.goal", { value: short(goal) });
  const low = !error && clueless < 0.3;                 // where the curve's own end has no room beside it
  const room = !error && widthOf(learnt) + 16 < besideTitle;
  return [
    ...(clueless == null ? [] : [{ value: clueless, label: t("train.clueless", { value: short(clueless) }), style: "clueless", above: error || low, atStart: low }]),
    ...(goal == null ? [] : [{ value: goal, label: learnt, style: "goal", above: room || (error && goal < 0.1), atStart: !room }]),
  ];
}

function reading(main, update) {
  if (update < 1 || update > main.count) return t("train.readingStart");
  const k = update - 1;
  return t("train.reading", { update, loss: short(main.loss[k]), metric: scoreName(), score: short(main.score[k]), norm: short(main.norm[k]) });
}

function said(main, experiment) {
  if (main.count === 0) return t("train.curvesEmpty");
  return t("train.curvesLabel", { updates: main.count, first: short(main.loss[0]), last: short(main.loss.at(-1)), norm: short(main.norm.at(-1)),
    done: experiment.updates });
}
