// Curves over a common axis, in panes above each other. Labels stand at the marks; whoever draws says what they mean.

import { short } from "../core/format.js";
import { path } from "../core/scale.js";

const LABEL_HEIGHT = 13;

/** A power of ten as one; there is no room for more beside an axis. */
const tickText = (tick) => short(tick).replace("1.00 × ", "");

/**
 * One pane, as a group of an <svg> whose x axis all panes share.
 *
 * @param top, height, width  where it stands
 * @param title    its quantity, written above its upper left corner
 * @param x, y     axes of core/scale.js; y runs within the pane, upside down
 * @param lines    [{key, values, label, style, noise}]: a series by update, the words at its end, its class, and whether it
 *                 is the scatter behind a line, which has no words
 * @param bands    [{key, low, high, label, style}]: what lies between two series
 * @param levels   [{value, label, style}]: horizontal lines, with words at their right end
 * @param stairs   [{from, to, value, label, style}]: the same from one place of the x axis to another
 * @param write    how a tick is written
 */
export function Pane({ top, height, width, title, x, y, lines = [], bands = [], levels = [], stairs = [], write = tickText }) {
  const shown = levels.filter(({ value }) => value >= y.low && value <= y.high);
  const ends = apart([...lines.filter(({ noise, label }) => !noise && label), ...bands].filter(({ values, high }) => (values ?? high).length)
    .map(({ key, label, values, high, style }) => ({ key, label, style, count: (values ?? high).length, y: y.at((values ?? high).at(-1)) })), height);
  return (
    <g class="pane" transform={`translate(0 ${top})`}>
      {y.ticks.map((tick) => (
        <g key={tick} aria-hidden="true"><line class="tick" x1="0" x2={width} y1={y.at(tick)} y2={y.at(tick)} />
          <text class="tick-label" x="-7" y={y.at(tick)} dy="0.32em">{write(tick)}</text></g>))}
      {bands.map(({ key, low, high, style }) => <path key={key} class={`band ${style}`} d={between(low, high, x.at, y.at)} />)}
      {shown.map(({ value, label, style, above = true }) => (
        <g key={label}><line class={`level ${style}`} x1="0" x2={width} y1={y.at(value)} y2={y.at(value)} />
          <text class="level-label" x={width - 4} y={y.at(value) + (above ? -4 : 12)}>{label}</text></g>))}
      {stairs.filter(({ from, value }) => value >= y.low && value <= y.high && from < x.high).map(({ from, to, value, label, style }) => (
        <g key={from} data-limit={value}><line class={`level ${style}`} x1={x.at(from)} x2={Math.min(width, x.at(to))} y1={y.at(value)} y2={y.at(value)} />
          <text class="level-label" x={Math.min(width, x.at(to)) - 4} y={y.at(value) - 4}>{label}</text></g>))}
      {lines.map(({ key, values, style, noise }) => (
        <path key={key} class={`${noise ? "noise" : "curve-line"} ${style}`} d={path(values, x.at, y.at)} />))}
      {ends.map(({ key, label, y: at, style, count }) => (
        <text key={key} class={`end-label ${style}`} x={Math.min(width, x.at(count)) + 4} y={at} dy="0.32em">{label}</text>))}
      <text class="pane-title" x="0" y="-6">{title}</text>
    </g>
  );
}

/** The x axis below all panes: ticks, and what it counts. */
export function Below({ y, width, x, label }) {
  return (
    <g class="below" transform={`translate(0 ${y})`} aria-hidden="true">
      <line class="axis-line" x1="0" x2={width} />
      {x.ticks.map((tick) => <text key={tick} class={tick === 0 ? "tick-label first" : "tick-label middle"} x={x.at(tick)} y="15">{tick.toLocaleString("en-US").replace(/,/g, "\u202f")}</text>)}
      <text class="tick-label" x="-7" y="15">{label}</text>
    </g>
  );
}

/** Labels moved apart so that none covers another, and kept inside. */
function apart(ends, height) {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  sorted.forEach((end, k) => { if (k > 0) end.y = Math.max(end.y, sorted[k - 1].y + LABEL_HEIGHT); });
  let limit = height;
  for (const end of sorted.reverse()) {
    end.y = Math.min(end.y, limit);
    limit = end.y - LABEL_HEIGHT;
  }
  return sorted;
}

function between(low, high, x, y) {
  const there = path(high, x, y);
  const back = [...path(low, x, y).matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].reverse().map(([, at, value]) => `L${at} ${value}`).join("");
  return there && `${there}${back}Z`;
}
