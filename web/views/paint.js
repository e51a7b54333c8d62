// Ink on the canvas: openings, values, bars, the output's line. Reads numbers and boxes, computes neither.

import { colourOf, css, nearestColour, readable, rgbOf } from "../core/colour.js";
import { colouring, rangeOf } from "../core/trace.js";
import { paintFine } from "./fine.js";

/**
 * @param context  2D context, already scaled to CSS pixels
 * @param picture  what layout() gave
 * @param style    {theme, ink, open, empty, faint, muted, channels, signed}: colours, names of the input channels, and whether
 *                 what is negative has its sign, for paper without colours
 */
export function paint(context, picture, trace, style) {
  context.clearRect(0, 0, picture.width, picture.height);
  for (const group of picture.groups) {
    const { data } = trace.arrays[group.quantity];
    const range = rangeOf(trace, group.quantity);
    MARKS[group.mark](context, { ...group, T: picture.T, size: picture.size, column: picture.column, groupY: group.y, stride: trace.arrays[group.quantity].shape[1], data, range, trace, style });
  }
  axis(context, picture, style);
}

const gapOf = (size) => (size >= 12 ? 2 : size >= 5 ? 1 : 0.5);

function* cells({ T, rows, column, rowHeight, groupY, data, stride = rows, unitAt }) {
  const across = gapOf(column);
  const down = gapOf(rowHeight);
  for (let t = 0; t < T; t += 1) {
    for (let unit = 0; unit < rows; unit += 1) {
      yield { value: data[t * stride + (unitAt ? unitAt[t] - 1 : unit)], t, unit, x: t * column + across / 2, y: groupY + unit * rowHeight + down / 2,
        w: column - across, h: rowHeight - down };
    }
  }
}

const isFine = ({ rowHeight, unitAt }) => !unitAt && rowHeight - gapOf(rowHeight) < 6;

/** All cells of a group in the colour [r, g, b] of their value; what is no number is hatched. */
function fine(context, group, colour) {
  const { data, stride = group.rows } = group;
  paintFine(context, { ...group, across: gapOf(group.column), down: gapOf(group.rowHeight) }, (pixels, at, t, unit) => {
    const value = data[t * stride + unit];
    if (!Number.isFinite(value)) return;
    [pixels[at], pixels[at + 1], pixels[at + 2]] = colour(value);
    pixels[at + 3] = 255;
  });
  for (const { value, x, y, w, h } of cells(group)) if (!Number.isFinite(value)) hatch(context, x, y, w, h, group.style);
}

const MARKS = {
  // A gate: ink fills its cell from below, like water behind a sluice.
  opening(context, group) {
    // Where a cell is too low for a level to be read, the ink is thinned instead.
    if (isFine(group)) {
      const [empty, open] = [group.style.empty, group.style.open].map(rgbOf);
      fine(context, group, (value) => empty.map((from, k) => from + value * (open[k] - from)));
      return;
    }
    for (const { value, x, y, w, h } of cells(group)) {
      context.fillStyle = group.style.empty;
      context.fillRect(x, y, w, h);
      if (!Number.isFinite(value)) { hatch(context, x, y, w, h, group.style); continue; }
      context.fillStyle = group.style.open;
      context.fillRect(x, y + h * (1 - value), w, h * value);
    }
  },

  // A signed value: colour.
  value(context, group) {
    if (isFine(group)) {
      fine(context, group, (value) => nearestColour(value, group.range, group.style.theme));
      return;
    }
    const colour = colouring(group.trace, group.quantity, group.style.theme);
    for (const { value, x, y, w, h } of cells(group)) {
      const rgb = colour(value);
      if (!rgb) { hatch(context, x, y, w, h, group.style); continue; }
      context.fillStyle = css(rgb);
      context.fillRect(x, y, w, h);
      if (group.style.signed && value < -LEAST_SIGNED * group.range) minus(context, x, y, w, h, readable(rgb));
    }
  },

  // An input or a derivative of the output: up for plus, down for minus. Signs and marks are written as what they are.
  bar(context, group) {
    const { style, quantity } = group;
    for (const { value, unit, x, y, w, h } of cells(group)) {
      const channel = quantity === "x" ? style.channels[unit] : null;
      const middle = y + h / 2;
      if (channel === "sign" && w >= 7 && Math.abs(value) === 1) {
        const marked = style.channels[unit + 1] === "mark" && group.data[(unit + 1) + Math.round((x - 1) / group.column) * group.rows] === 1;
        glyph(context, value > 0 ? "+" : "−", x + w / 2, middle, marked ? style.ink : style.muted, marked, Math.min(w, 20), group.size);
      } else if (channel === "mark" && (value === 0 || value === 1)) {      // with noise it is neither
        if (value === 1) triangle(context, x + w / 2, middle, Math.min(6, w / 2), style.ink);
      } else {
        context.fillStyle = style.faint;
        context.fillRect(x, middle - 0.5, w, 1);
        context.fillStyle = quantity === "x" ? (channel ? style.open : style.muted) : css(colourOf(value, group.range, style.theme) ?? [128, 128, 128]);
        const bar = group.range > 0 ? (value / group.range) * (h / 2) : 0;
        context.fillRect(x, middle - Math.max(bar, 0), w, Math.abs(bar));
      }
    }
  },

  // The symbol that a step reads.
  symbol(context, group) {
    for (const { t, x, y, w, h } of cells(group)) {
      glyph(context, visible(group.style.channels[group.unitAt[t] - 1]), x + w / 2, y + h / 2, group.style.ink, false, w, group.size);
    }
  },

  // The probability of each class as an opening; the right one is framed, where an answer is asked for.
  share(context, group) {
    MARKS.opening(context, group);
    const { trace, style } = group;
    const { target, mask, legal } = trace.arrays;
    context.strokeStyle = style.ink;
    context.lineWidth = 1.5;
    for (const { t, unit, x, y, w, h } of cells(group)) {
      const right = (legal ?? target).data[t * group.stride + unit] === 1;
      if (right && mask.data[t]) context.strokeRect(x + 1, y + 1, w - 2, h - 2);
    }
  },

  // Of many classes the most probable, as high as its opening is full, and under it the right one.
  guess(context, group) {
    const { trace, style, unitAt } = group;
    const half = group.rowHeight / 2;
    MARKS.opening(context, { ...group, rowHeight: half });
    for (const { t, value, x, w } of cells(group)) {
      const answer = trace.symbols.answer[t];
      const right = answer === unitAt[t];
      glyph(context, visible(style.outputs[unitAt[t] - 1]), x + w / 2, group.groupY + half / 2 + 1, value > 0.5 ? style.paper : style.ink, right, w, group.size);
      glyph(context, visible(style.outputs[answer - 1]), x + w / 2, group.groupY + 1.5 * half + 1, right ? style.ink : style.muted, right, w, group.size);
    }
  },

  // The output as a line over the targets as broad pale steps.
  line(context, group) {
    const { column, T, height, groupY, style, trace } = group;
    const target = trace.arrays.target.data;
    const range = Math.max(rangeOf(trace, "y"), rangeOf(trace, "target"), 1e-12) * 1.1;
    const at = (value) => groupY + (height / 2) * (1 - value / range);
    context.fillStyle = style.faint;
    context.fillRect(0, groupY + height / 2 - 0.5, T * column, 1);
    context.fillStyle = style.target;
    // Where no answer is asked for, there is no target.
    for (let t = 0; t < T; t += 1) if (trace.arrays.mask.data[t]) context.fillRect(t * column, at(target[t]) - 3, column, 6);
    context.strokeStyle = style.ink;
    context.fillStyle = style.ink;
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.beginPath();
    for (let t = 0; t < T; t += 1) context.lineTo((t + 0.5) * column, at(group.data[t]));
    context.stroke();
    if (column < 12) return;
    for (let t = 0; t < T; t += 1) {
      context.beginPath();
      context.arc((t + 0.5) * column, at(group.data[t]), 2.5, 0, 2 * Math.PI);
      context.fill();
    }
  },
};

function axis(context, { T, column, axis: y, size = 1 }, style) {
  context.font = `${12 * (size > 1 ? PROJECTED * size : 1)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillStyle = style.muted;
  const every = column >= 16 ? 5 : 10;
  for (let t = 1; t <= T; t += 1) if (t === 1 || t % every === 0) context.fillText(String(t), (t - 0.5) * column, y + 15 * size);
}

const STAND_INS = { " ": "␣", "\n": "↵", "\t": "⇥", blank: "·", delimiter: "▸", nothing: "–" };

// What no font draws: controls, joiners, marks of direction; and what stands on the letter before it.
const isUnseen = (symbol) => /^[\p{C}\p{Zl}\p{Zp}]$/u.test(symbol);
const isMark = (symbol) => /^[\p{Mn}\p{Me}]$/u.test(symbol);
const isSpace = (symbol) => /^\p{Zs}$/u.test(symbol);

/** A letter of a text, as wide as it needs to be coloured and pointed at; spaces and line ends do as such. */
export const written = (letter) => (letter === "\n" ? "↵\n" : isUnseen(letter) || isMark(letter) ? visible(letter) : letter);

/** A symbol as it can be seen. */
export const visible = (symbol) => STAND_INS[symbol] ?? (isMark(symbol) ? `◌${symbol}` : isUnseen(symbol) ? "▯" : isSpace(symbol) ? "␣" : symbol);

/** The same with the number of its code point where several look alike. */
export const named = (symbol) => (symbol !== " " && (isMark(symbol) || isSpace(symbol) || (isUnseen(symbol) && !(symbol in STAND_INS)))
  ? `${visible(symbol)} U+${symbol.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}` : visible(symbol));

const PROJECTED = 1.1;                                  // beyond the page's own type

function glyph(context, text, x, y, colour, bold, width = 20, size = 1) {
  context.font = `${bold ? 700 : 400} ${Math.max(9, Math.min(15 * size, width + 1))}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

function triangle(context, x, y, size, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x - size, y - size * 0.7);
  context.lineTo(x + size, y - size * 0.7);
  context.lineTo(x, y + size * 0.9);
  context.fill();
}

const LEAST_SIGNED = 0.05;                              // of the range; what is smaller is as good as white

function minus(context, x, y, w, h, colour) {
  context.fillStyle = colour;
  context.fillRect(x + w / 4, y + h / 2 - 0.5, w / 2, 1);
}

// Not a number, or infinite: a pattern that is no colour of the scale.
function hatch(context, x, y, w, h, style) {
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.clip();
  context.strokeStyle = style.muted;
  context.lineWidth = 1;
  for (let k = -h; k < w; k += 4) {
    context.beginPath();
    context.moveTo(x + k, y + h);
    context.lineTo(x + k + h, y);
    context.stroke();
  }
  context.restore();
}
