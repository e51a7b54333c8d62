// The cell of the selected step as a map. Boxes are quantities, drawn as their units, the selected unit large; wires carry
// their numbers; all of them select what they stand for. Forward, the arrows run from left to right; backward the same
// places carry derivatives the other way, and the two streams that meet in a state are drawn apart: through c as a solid
// line, through h as a dashed one.

import { useLayoutEffect, useRef } from "preact/hooks";
import { css } from "../core/colour.js";
import { brief } from "../core/format.js";
import { inRow, percent, t } from "../core/i18n.js";
import { select } from "../core/selection.js";
import { projector, room, selection, shownTheme, told, trace } from "../core/state.js";
import { colouring, numberIn, widthOf } from "../core/trace.js";
import { densityNow, inks } from "./ink.js";
import { ofUnits, placeName } from "./symbols.jsx";

const WIDTH = 342;
const HEIGHT = 318;
const W = 44;                           // of a box
const H = 40;
const BESIDE_A_LETTER = 5;              // characters of a number that has the next one's letter at its right
const BESIDE_A_WIRE = 6;                // and of one that has the next one's wire there
const CHARACTER = 7.7;                  // width of one; a power of ten has narrower ones, and gets no more room
const LISTED = 3;                       // inputs whose numbers are written one beside the other
const TOUCHED = 26;                     // of a number, so that a finger meets it
const LARGE = 14;                       // the selected unit's height in a box of several

// x, y: top left corner of a box; by: its distance in time from the selected step; label, value: where they are written, and
// the most characters a value has room for.
// A wire is [path, quantity it carries, distance in time].
const FORWARD = {
  boxes: [
    { quantity: "c", by: -1, x: 4, y: 20, name: "cₜ₋₁", label: [26, 14, "middle"], value: [26, 75, "middle"] },
    { quantity: "c", by: 0, x: 292, y: 20, name: "cₜ", label: [314, 14, "middle"], value: [307, 75, "end"] },
    { quantity: "f", by: 0, x: 66, y: 142, name: "f", gate: true, label: [85, 137, "end"], value: [91, 137, "start"] },
    { quantity: "i", by: 0, x: 124, y: 142, name: "i", gate: true, label: [143, 137, "end"], value: [149, 137, "start"] },
    { quantity: "g", by: 0, x: 182, y: 142, name: "g", label: [201, 137, "end"], value: [207, 137, "start"] },
    { quantity: "o", by: 0, x: 240, y: 142, name: "o", gate: true, label: [259, 137, "end"], value: [265, 137, "start"] },
    { quantity: "h", by: -1, x: 4, y: 244, name: "hₜ₋₁", label: [26, 238, "middle"], value: [26, 299, "middle"] },
    { quantity: "x", by: 0, x: 66, y: 244, name: "xₜ", label: [85, 238, "end"], value: [66, 299, "start"] },
    { quantity: "h", by: 0, x: 292, y: 212, name: "hₜ", label: [320, 206, "start"], value: [314, 267, "middle"] },
  ],
  wires: [
    ["M48 40H79", "c", -1], ["M97 40H167", "c", 0], ["M185 40H286", "c", 0], ["M176 83V49", "c", 0], ["M314 60V76", "c", 0],
    ["M88 142V49", "f", 0], ["M146 142V92H167", "i", 0], ["M204 142V92H185", "g", 0], ["M262 142V122H305", "o", 0],
    ["M314 94V113", "tanh_c", 0], ["M314 131V206", "h", 0], ["M48 264H57V214H262", "h", -1], ["M88 244V214", "x", 0],
    ["M88 214V190", "z_f", 0], ["M146 214V190", "z_i", 0], ["M204 214V190", "z_g", 0], ["M262 214V190", "z_o", 0],
  ],
  heads: ["M291 40l-7 -4v8z", "M314 211l-4 -7h8z", "M88 183l-4 7h8z", "M146 183l-4 7h8z", "M204 183l-4 7h8z", "M262 183l-4 7h8z"],
  nodes: [["×", 88, 40], ["+", 176, 40], ["×", 176, 92], ["×", 314, 122]],
  tanh: [314, 85],
  marks: [
    { part: "kept", quantity: "c", at: [134, 34, "middle"] }, { part: "written", quantity: "c", at: [182, 72, "start"] },
    { quantity: "tanh_c", at: [308, 108, "end"] },
    { quantity: "z_f", letter: "z", at: [91, 203, "start"] }, { quantity: "z_i", letter: "z", at: [149, 203, "start"] },
    { quantity: "z_g", letter: "z", at: [207, 203, "start"] }, { quantity: "z_o", letter: "z", at: [265, 203, "start"] },
  ],
};

const BACKWARD = {
  boxes: [
    { quantity: "dc_via_c", by: -1, x: 4, y: 20, name: "cₜ₋₁", way: "to", label: [2, 14, "start"], value: [26, 75, "middle"] },
    { quantity: "dc", by: 0, x: 206, y: 20, name: "∂cₜ", label: [228, 14, "middle"], value: [235, 75, "end", BESIDE_A_WIRE] },
    { quantity: "dc_via_c", by: 0, x: 292, y: 20, name: "cₜ₊₁", way: "via", label: [340, 14, "end"], value: [314, 75, "middle"] },
    { quantity: "dc_via_h", by: 0, x: 292, y: 104, name: "hₜ", way: "via", label: [254, 98, "start"], value: [340, 98, "end", BESIDE_A_WIRE] },
    { quantity: "dz_f", by: 0, x: 70, y: 142, name: "∂zᶠ", label: [88, 137, "end"], value: [96, 200, "start", BESIDE_A_WIRE] },
    { quantity: "dz_i", by: 0, x: 126, y: 142, name: "∂zⁱ", label: [144, 137, "end"], value: [152, 200, "start", BESIDE_A_WIRE] },
    { quantity: "dz_g", by: 0, x: 182, y: 142, name: "∂zᵍ", label: [200, 137, "end"], value: [208, 200, "start", BESIDE_A_WIRE] },
    { quantity: "dz_o", by: 0, x: 238, y: 142, name: "∂zᵒ", label: [256, 137, "end"], value: [282, 229, "end"] },
    { quantity: "dh_via_z", by: -1, x: 4, y: 244, name: "hₜ₋₁", way: "to", label: [2, 238, "start"], value: [26, 299, "middle"] },
    { quantity: "dx", by: 0, x: 70, y: 244, name: "∂xₜ", label: [88, 238, "end"], value: [70, 299, "start"] },
    { quantity: "dh", by: 0, x: 292, y: 212, name: "∂hₜ", label: [341, 206, "end"], value: [314, 267, "middle"] },
  ],
  wires: [
    ["M206 40H185", "dc", 0], ["M167 40H101", "dc", 0], ["M176 49V83", "dc", 0], ["M83 40H54", "dc_via_c", -1],
    ["M92 49V136", "dz_f", 0], ["M167 92H148V136", "dz_i", 0], ["M185 92H204V136", "dz_g", 0], ["M292 232H287V162H285", "dz_o", 0],
    ["M92 182V214", "dz_f", 0], ["M148 182V214", "dz_i", 0], ["M204 182V214", "dz_g", 0], ["M260 182V214", "dz_o", 0],
    ["M260 214H60V264H54", "dh_via_z", -1], ["M92 214V238", "dx", 0],
    ["M292 40H256", "dc_via_c", 0, "via-c"], ["M290 124H240V68", "dc_via_h", 0, "via-h"], ["M314 212V152", "dc_via_h", 0, "via-h"],
  ],
  heads: ["M49 40l7 -4v8z", "M92 141l-4 -7h8z", "M148 141l-4 -7h8z", "M204 141l-4 -7h8z", "M284 162l6 -4v8z",
    "M49 264l7 -4v8z", "M92 243l-4 -7h8z", "M251 40l7 -4v8z", "M240 63l-4 7h8z", "M314 147l-4 7h8z"],
  nodes: [["×", 92, 40], ["+", 176, 40], ["×", 176, 92]],
  shares: [["share_c", 272, 33], ["share_h", 264, 119]],
  marks: [
    { quantity: "dh_via_y", letter: "↑ yₜ", at: [340, 288, "end"] }, { quantity: "dh_via_z", letter: "↑ zₜ₊₁", at: [340, 312, "end"] },
  ],
};

/** What a part of the diagram stands for at the selected step, and how to select it; step 0 is no place to be selected. */
function placeOf({ quantity, by }) {
  const unit = Math.min(selection.value.unit, widthOf(trace.value, quantity));
  const place = { quantity, t: selection.value.t + by, unit };
  const chosen = selection.value.quantity === quantity && by === 0;
  return { place, chosen, choose: () => place.t >= 1 && select({ ...place, t: Math.min(place.t, trace.value.shape.T) }) };
}

const press = (choose) => (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } };

export function Diagram() {
  const plan = room.value === "forward" ? FORWARD : BACKWARD;
  const { t: now, unit } = selection.value;
  return (
    <figure class="diagram">
      <figcaption><span>{t("diagram.title", { t: now })}</span>
        {trace.value.shape.H > 1 && <small>{t("diagram.unit", { unit: Math.min(unit, trace.value.shape.H) })}</small>}</figcaption>
      <div class="map">
      <Strips boxes={plan.boxes} />
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={t("diagram.label", { t: now })}>
        {plan.wires.map((wire) => <Wire key={wire[0]} wire={wire} />)}
        {plan.heads.map((d) => <path key={d} class="head" d={d} />)}
        {plan.nodes.map(([sign, x, y]) => (
          <g key={`${x},${y}`} class="node">
            <circle cx={x} cy={y} r="9" /><text x={x} y={y + 5} text-anchor="middle">{sign}</text>
          </g>))}
        {plan.tanh && (
          <g class="node"><rect x={plan.tanh[0] - 18} y={plan.tanh[1] - 9} width="36" height="18" rx="9" />
            <text class="function" x={plan.tanh[0]} y={plan.tanh[1] + 4} text-anchor="middle">tanh</text></g>)}
        {plan.shares && <Shares places={plan.shares} />}
        {plan.boxes.map((box) => <Box key={`${box.quantity}${box.by}`} {...box} />)}
        {plan.marks.map((mark) => <Mark key={mark.part ?? mark.quantity} {...mark} />)}
      </svg>
      </div>
    </figure>
  );
}

/** A wire can be clicked anywhere near it. By keyboard the boxes and numbers lead to the same places. */
function Wire({ wire: [d, quantity, by, stream] }) {
  const { choose, chosen } = placeOf({ quantity, by });
  return (
    <g class={`carrier${chosen ? " chosen" : ""}`} data-wire={quantity} onClick={choose}>
      <title>{t(`quantity.${quantity}`)}</title>
      <path class={stream ? `wire ${stream}` : "wire"} d={d} /><path class="reach-for" d={d} />
    </g>);
}

/** How much of the derivative for c came on each of the two streams. */
function Shares({ places }) {
  const { products } = told.value;
  if (!products || products.t !== selection.value.t || products.share_c === null) return null;
  const share = { share_c: products.share_c, share_h: 1 - products.share_c };
  return (
    <g class="shares">
      {places.map(([name, x, y]) => <text key={name} class={name} x={x} y={y} text-anchor="middle">{percent(share[name])}</text>)}
    </g>);
}

/** A number on a wire: what is kept and what is written, or a quantity that has no box. */
function Mark({ part, quantity, letter, at: [x, y, anchor] }) {
  const { place, chosen, choose } = placeOf({ quantity, by: 0 });
  const { products } = told.value;
  const now = products?.t === place.t && products.unit === place.unit;
  if (part && !now) return null;
  const most = letter && anchor === "start" ? BESIDE_A_LETTER : undefined;
  const text = brief(part ? products[part] : numberIn(trace.value, place), most);
  const written = letter ? `${letter} ${text}` : text;
  const spoken = t("announce", { place: written, value: part ? t(`diagram.${part}`) : placeName(trace.value, place) });
  return (
    <g class={`mark${chosen && !part ? " chosen" : ""}`} role="button" tabindex="0" aria-label={spoken} data-mark={part ?? quantity}
      aria-pressed={chosen} onClick={choose} onKeyDown={press(choose)}>
      <rect class="reach-for" x={x - { start: letter ? 14 : 2, middle: TOUCHED / 2 + 8, end: TOUCHED + 20 }[anchor]} y={y - TOUCHED / 2 - 4} width={TOUCHED + 24} height={TOUCHED} />
      {letter && anchor === "start" && <text class="letter" x={x - 6} y={y} text-anchor="end">{letter}</text>}{" "}
      <text x={x} y={y} text-anchor={anchor} {...fitted(text, most)}>{letter && anchor === "end" ? `${letter} ${text}` : text}</text>
    </g>
  );
}

/** Top and height of each of `count` rows in a box; the one of the selected unit is large. Inputs have no units, and are all alike. */
function rowsOf(count, unit, quantity) {
  if (!ofUnits(quantity)) return (k) => ({ top: (k * H) / count, height: H / count });
  const large = count === 1 ? H : Math.max(LARGE, H / count);
  const small = count === 1 ? 0 : (H - large) / (count - 1);
  return (k) => ({ top: k * small + (k > unit - 1 ? large - small : 0), height: k === unit - 1 ? large : small });
}

/** The numbers of a box, and where they stand: step 0 has names of its own, also the derivatives that reach it. */
function valuesOf({ quantity, by }) {
  const { place: { t: step } } = placeOf({ quantity, by });
  const { data, shape } = trace.value.arrays[step > 0 ? quantity : { dc_via_c: "dc_0", dh_via_z: "dh_0" }[quantity] ?? `${quantity}_0`];
  const width = widthOf(trace.value, quantity);
  const from = step > 0 ? (Math.min(step, shape[0]) - 1) * width : 0;
  return data.subarray(from, from + width);
}

/** The boxes' contents, on a canvas: a large network has hundreds of numbers in them, and all change with every step. */
function Strips({ boxes }) {
  const canvas = useRef(null);
  const look = { theme: shownTheme.value, projector: projector.value };       // drawn again when one of them changes
  useLayoutEffect(() => {
    const density = densityNow();
    const scale = 1.25 * density;         // a little finer than it is shown; to ask how wide that is would cost a layout
    canvas.current.width = Math.round(WIDTH * scale);
    canvas.current.height = Math.round(HEIGHT * scale);
    const ink = { theme: look.theme, ...inks() };
    const context = canvas.current.getContext("2d");
    context.scale(scale, scale);
    for (const box of boxes) paintBox(context, box, ink);
  });
  return <canvas ref={canvas} aria-hidden="true" />;
}

function paintBox(context, { quantity, by, x, y, gate }, ink) {
  const values = valuesOf({ quantity, by });
  const row = rowsOf(values.length, placeOf({ quantity, by }).place.unit, quantity);
  const colour = colouring(trace.value, quantity, ink.theme);
  values.forEach((value, k) => {
    const { top, height } = row(k);
    const gap = height > 6 ? 1.5 : Math.min(0.4, height / 4);
    const paint = (fill, width) => { context.fillStyle = fill; context.fillRect(x, y + top + gap / 2, width, height - gap); };
    if (!Number.isFinite(value)) return paint(ink.line, W);
    if (!gate) return paint(css(colour(value)), W);
    paint(ink.empty, W);
    paint(ink.open, W * value);
  });
}

function Box({ quantity, by, x, y, name, way, label: [labelX, labelY, labelAnchor], value: [valueX, valueY, valueAnchor, room_] }) {
  const { place: { t: step, unit }, chosen, choose } = placeOf({ quantity, by });
  const [before, after] = way ? t(`diagram.${way}`, { name: "|" }).split("|") : ["", ""];
  const values = valuesOf({ quantity, by });
  const initial = step === 0;
  const several = values.length > 1;
  const row = rowsOf(values.length, unit, quantity)(unit - 1);
  const most = room_ ?? (labelY === valueY && !way ? BESIDE_A_LETTER : undefined);
  // What stands in the box comes first, so that it can be called by what is seen.
  const number = several && !ofUnits(quantity) ? inRow([...[...values.slice(0, LISTED)].map((value) => brief(value)), values.length > LISTED && "…"]) : brief(values[unit - 1], most);
  const written = `${before}${name}${after} ${number}`;
  const at = { quantity, t: Math.min(step, trace.value.shape.T), unit };
  const spoken = initial ? written : t("announce", { place: written,
    value: several && !ofUnits(quantity) ? t("inspector.placeSingle", { name: t(`quantity.${quantity}`), t: at.t }) : placeName(trace.value, at) });
  return (
    <g class={`box${chosen ? " chosen" : ""}${initial ? " fixed" : ""}`} role="button" tabindex={initial ? -1 : 0} data-number={`${quantity},${step}`}
      aria-label={spoken} aria-pressed={chosen} onClick={choose} onKeyDown={press(choose)}>
      {several && ofUnits(quantity) && <rect class="row" x={x} y={y + row.top} width={W} height={row.height} />}
      <rect class="frame" x={x - 2} y={y - 2} width={W + 4} height={H + 4} />
      <text class="label" x={labelX} y={labelY} text-anchor={labelAnchor}>
        {before && <tspan class="words">{before}</tspan>}{name}{after && <tspan class="words">{after}</tspan>}</text>{" "}
      <text class="value" x={valueX} y={valueY} text-anchor={valueAnchor} {...fitted(number, most)}>{number}</text>
    </g>
  );
}

/** A number with a power of ten, which cannot be shortened, is set narrower where it would not fit. */
const fitted = (text, most) => (most && text.length > most ? { textLength: most * CHARACTER, lengthAdjust: "spacingAndGlyphs" } : {});
