// Curves over a common axis, in panes above each other. Labels stand at the marks; whoever draws says what they mean.

import { full, short } from "../core/format.js";
import { path } from "../core/scale.js";
import { projector } from "../core/state.js";

// The letters of a chart, in rem, as charts.css has them; its distances are theirs.
const LETTERS = 0.75;
const PROJECTED = 0.82;
const LETTER = 11;                                      // in the pixels that all distances here are given in
const LABEL_HEIGHT = 13;
const ASCENT = 10;                                      // of it, above the line that letters stand on
const LEAST = 4;                                        // of the middle of a label, so that the title does not cover it
const MIDDLE = 0.32 * LETTER;                           // of small letters, above that line

/** How much larger than on a usual screen the letters of a chart are, and the distances with them. */
export function enlarged() {
  return (parseFloat(getComputedStyle(document.documentElement).fontSize) * (projector.value ? PROJECTED : LETTERS)) / LETTER;
}

const ruler = document.createElement("canvas").getContext("2d");

/** How wide a text is in a chart. */
export function widthOf(text, weight = 400) {
  ruler.font = `${weight} ${LETTER * enlarged()}px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(text).width;
}

/** Words on a piece of paper of their own: what is drawn runs under them and does not cross them out. */
export function Words({ x, y, anchor = "start", weight, children, ...rest }) {
  const size = enlarged();
  const width = widthOf(children, weight);
  const left = { start: x, middle: x - width / 2, end: x - width }[anchor];
  return (
    <>
      <rect class="under-words" x={left - 1} width={width + 2} y={y - ASCENT * size} height={LABEL_HEIGHT * size} />
      <text {...rest} x={x} y={y} text-anchor={anchor}>{children}</text>
    </>);
}

/** A power of ten as one, and no digit that says nothing: there is no room for more beside an axis. */
const tickText = (tick) => (short(tick).includes("×") ? short(tick).replace("1.00 × ", "") : full(tick));

/**
 * One pane, as a group of an <svg> whose x axis all panes share.
 *
 * @param top, height, width  where it stands
 * @param title    its quantity, written above its upper left corner
 * @param x, y     axes of core/scale.js; y runs within the pane, upside down
 * @param lines    [{key, values, label, style, noise}]: a series by update, the words at its end, its class, and whether it
 *                 is the scatter behind a line, which has no words
 * @param bands    [{key, low, high, label, style}]: what lies between two series
 * @param levels   [{value, label, style, above, atStart}]: horizontal lines, with words above or below them, at their end or start
 * @param stairs   [{from, to, value, label, style}]: the same from one place of the x axis to another
 * @param write    how a tick is written
 */
export function Pane({ top, height, width, title, x, y, lines = [], bands = [], levels = [], stairs = [], write = tickText }) {
  const size = enlarged();
  const inside = ({ value }) => value >= y.low && value <= y.high;
  const drawn = [...levels.map((level) => ({ ...level, x1: 0, x2: width })),
    ...stairs.filter(({ from }) => from < x.high).map((stair) => ({ ...stair, x1: x.at(stair.from), x2: Math.min(width, x.at(stair.to)) }))].filter(inside);
  const levelWords = drawn.map(({ value, label, above = true, atStart, x1, x2 }) => ({ label, above, anchor: atStart ? "start" : "end",
    x: atStart ? x1 + 4 : x2 - 4, y: y.at(value) + (above ? -4 : 12) * size }));
  /** The words at the end of a curve make room for those at a level: further from its line. */
  const clear = (end) => {
    const met = levelWords.find((words) => words.anchor === "end" && Math.abs(words.y - MIDDLE * size - end.y) < LABEL_HEIGHT * size
      && x.at(end.count) < words.x && x.at(end.count) + widthOf(end.label) + 8 > words.x - widthOf(words.label));
    return met ? { ...end, y: met.y + (met.above ? 1 : -1) * LABEL_HEIGHT * size - MIDDLE * size } : end;
  };
  const ends = apart([...lines.filter(({ noise, label }) => !noise && label), ...bands].filter(({ values, high }) => (values ?? high).length)
    .map(({ key, label, values, high, style }) => clear({ key, label, style, count: (values ?? high).length, y: y.at((values ?? high).at(-1)) })), height, LABEL_HEIGHT * size, LEAST * size);
  return (
    <g class="pane" transform={`translate(0 ${top})`}>
      {y.ticks.map((tick) => (
        <g key={tick} aria-hidden="true"><line class="tick" x1="0" x2={width} y1={y.at(tick)} y2={y.at(tick)} />
          <text class="tick-label" text-anchor="end" x={-7 * size} y={y.at(tick)} dy="0.32em">{write(tick)}</text></g>))}
      {bands.map(({ key, low, high, style }) => <path key={key} class={`band ${style}`} d={between(low, high, x.at, y.at)} />)}
      {drawn.map(({ from = 0, value, style, x1, x2 }) => <line key={`${style}${from}`} class={`level ${style}`} data-value={value} x1={x1} x2={x2} y1={y.at(value)} y2={y.at(value)} />)}
      {lines.map(({ key, values, style, noise }) => (
        <path key={key} class={`${noise ? "noise" : "curve-line"} ${style}`} d={path(values, x.at, y.at)} />))}
      {/* Words are never crossed out by what is drawn. */}
      {levelWords.map(({ label, above, ...place }, k) => <Words key={k} class="level-label" {...place}>{label}</Words>)}
      {ends.map(({ key, label, y: at, style, count }) => (
        <Words key={key} class={`end-label ${style}`} x={Math.min(width, x.at(count)) + 4} y={at + MIDDLE * size}>{label}</Words>))}
      <Words class="pane-title" weight={700} x={0} y={-6 * size}>{title}</Words>
    </g>
  );
}

/** The x axis below all panes: ticks, and what it counts. */
export function Below({ y, width, x, label, left = Infinity }) {
  const down = 17 * enlarged();
  const beside = 7 * enlarged();
  // Where the numbers of the axis leave no room for its word beside them, it stands between the first two.
  const [first, second] = x.ticks;
  const [anchor, at] = widthOf(label) + beside <= left || second === undefined ? ["end", -beside] : ["middle", (x.at(first) + x.at(second)) / 2];
  return (
    <g class="below" transform={`translate(0 ${y})`} aria-hidden="true">
      <line class="axis-line" x1="0" x2={width} />
      {x.ticks.map((tick) => <Words key={tick} class="tick-label" anchor={tick === 0 ? "start" : "middle"} x={x.at(tick)} y={down}>{tick.toLocaleString("en-US").replace(/,/g, "\u202f")}</Words>)}
      <text class="tick-label" text-anchor={anchor} x={at} y={down}>{label}</text>
    </g>
  );
}

/** Labels moved apart so that none covers another, and kept inside, clear of the title. */
function apart(ends, height, labelHeight, least) {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  sorted.forEach((end, k) => { end.y = Math.max(end.y, k > 0 ? sorted[k - 1].y + labelHeight : least); });
  let limit = height;
  for (const end of sorted.reverse()) {
    end.y = Math.min(end.y, limit);
    limit = end.y - labelHeight;
  }
  return sorted;
}

function between(low, high, x, y) {
  const there = path(high, x, y);
  const back = [...path(low, x, y).matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].reverse().map(([, at, value]) => `L${at} ${value}`).join("");
  return there && `${there}${back}Z`;
}
