// The cell of the selected step as a map: every box is a quantity, drawn as its units, and selects it. Forward, the arrows
// run from left to right; backward the same wires carry derivatives the other way, and the two streams that meet in a
// state are drawn apart: through c as a solid line, through h as a dashed one.

import { useRef } from "preact/hooks";
import { colourOf, css } from "../core/colour.js";
import { brief } from "../core/format.js";
import { t } from "../core/i18n.js";
import { select } from "../core/selection.js";
import { room, selection, shownTheme, told, trace } from "../core/state.js";
import { numberIn, rangeOf, widthOf } from "../core/trace.js";
import { placeName } from "./symbols.jsx";

const W = 44;
const H = 40;

// x and y are a box's top left corner; `by` is its distance in time from the selected step. `aside` says where wires
// run through the middle of the box: letter and number stand beside them.
const FORWARD = {
  boxes: [
    { quantity: "c", by: -1, x: 4, y: 20, label: "cₜ₋₁" },
    { quantity: "c", by: 0, x: 292, y: 20, label: "cₜ", aside: "left" },
    { quantity: "f", by: 0, x: 72, y: 128, label: "f", gate: true, aside: "right" },
    { quantity: "i", by: 0, x: 126, y: 128, label: "i", gate: true, aside: "right" },
    { quantity: "g", by: 0, x: 180, y: 128, label: "g", aside: "right" },
    { quantity: "o", by: 0, x: 234, y: 128, label: "o", gate: true, aside: "right" },
    { quantity: "h", by: -1, x: 4, y: 224, label: "hₜ₋₁" },
    { quantity: "x", by: 0, x: 72, y: 224, label: "xₜ", aside: "above" },
    { quantity: "h", by: 0, x: 292, y: 224, label: "hₜ", aside: "above" },
  ],
  wires: [
    "M48 40H85", "M103 40H166", "M184 40H286", "M94 128V49", "M148 128V92H166", "M202 128V92H184", "M175 83V49",
    "M314 60V103", "M256 128V112H305", "M314 121V218", "M48 244H60V200H256", "M94 224V200",
    "M94 200V174", "M148 200V174", "M202 200V174", "M256 200V174",
  ],
  heads: ["M291 40l-7 -4v8z", "M314 223l-4 -7h8z", "M94 169l-4 7h8z", "M148 169l-4 7h8z", "M202 169l-4 7h8z", "M256 169l-4 7h8z"],
  nodes: [["×", 94, 40], ["+", 175, 40], ["×", 175, 92], ["×", 314, 112]],
  tanh: [309, 96],
};

const BACKWARD = {
  boxes: [
    { quantity: "dc_via_c", by: -1, x: 4, y: 20, label: "cₜ₋₁", way: "to" },
    { quantity: "dc", by: 0, x: 214, y: 20, label: "∂cₜ", aside: "right" },
    { quantity: "dc_via_c", by: 0, x: 292, y: 20, label: "cₜ₊₁", way: "via" },
    { quantity: "dc_via_h", by: 0, x: 292, y: 112, label: "hₜ", way: "via" },
    { quantity: "dz_f", by: 0, x: 72, y: 128, label: "∂zᶠ", aside: "right" },
    { quantity: "dz_i", by: 0, x: 126, y: 128, label: "∂zⁱ", aside: "right" },
    { quantity: "dz_g", by: 0, x: 180, y: 128, label: "∂zᵍ", aside: "right" },
    { quantity: "dz_o", by: 0, x: 234, y: 128, label: "∂zᵒ", aside: "right" },
    { quantity: "dh_via_z", by: -1, x: 4, y: 224, label: "hₜ₋₁", way: "to" },
    { quantity: "dx", by: 0, x: 72, y: 224, label: "∂xₜ", aside: "above" },
    { quantity: "dh", by: 0, x: 292, y: 224, label: "∂hₜ", aside: "above" },
  ],
  wires: [
    "M214 40H184", "M166 40H103", "M85 40H54", "M94 49V122", "M175 49V83", "M166 92H148V122", "M184 92H202V122",
    "M292 244H284V148H283", "M94 168V200", "M148 168V200", "M202 168V200", "M256 168V200", "M256 200H60V244H54", "M94 200V218",
  ],
  streams: { viaC: "M292 40H264", viaH: "M290 132H284V96H236V68", toH: "M314 224V172" },
  heads: ["M49 40l7 -4v8z", "M94 127l-4 -7h8z", "M148 127l-4 -7h8z", "M202 127l-4 -7h8z", "M279 148l7 -4v8z",
    "M49 244l7 -4v8z", "M94 223l-4 -7h8z", "M259 40l7 -4v8z", "M236 64l-4 7h8z", "M314 168l-4 7h8z"],
  nodes: [["×", 94, 40], ["+", 175, 40], ["×", 175, 92]],
};

export function Diagram() {
  const plan = room.value === "forward" ? FORWARD : BACKWARD;
  const { t: now, unit } = selection.value;
  return (
    <figure class="diagram">
      <figcaption><span>{t("diagram.title", { t: now })}</span>
        {trace.value.shape.H > 1 && <small>{t("diagram.unit", { unit: Math.min(unit, trace.value.shape.H) })}</small>}</figcaption>
      <svg viewBox="0 0 342 284" role="group" aria-label={t("diagram.label", { t: now })}>
        {plan.wires.map((d) => <path key={d} class="wire" d={d} />)}
        {plan.streams && (
          <>
            <path class="wire via-c" d={plan.streams.viaC} />
            <path class="wire via-h" d={plan.streams.viaH} />
            <path class="wire via-h" d={plan.streams.toH} />
          </>)}
        {plan.heads.map((d) => <path key={d} class="head" d={d} />)}
        {plan.nodes.map(([sign, x, y]) => (
          <g key={`${x},${y}`} class="node">
            <circle cx={x} cy={y} r="9" /><text x={x} y={y + 5} text-anchor="middle">{sign}</text>
          </g>))}
        <Products plan={plan} />
        {plan.tanh && <text x={plan.tanh[0]} y={plan.tanh[1]} class="function">tanh</text>}
        {plan.boxes.map((box) => <Box key={`${box.quantity}${box.by}`} {...box} />)}
      </svg>
    </figure>
  );
}

/** The numbers on the wires between the boxes: what is kept and what is written; backward, the share of each stream. */
function Products({ plan }) {
  const products = told.value.products;
  if (!products || products.t !== selection.value.t) return null;
  if (plan === FORWARD) {
    return (
      <g class="wire-value">
        <text x="135" y="34" text-anchor="middle">{brief(products.kept)}</text>
        <text x="181" y="70">{brief(products.written)}</text>
      </g>);
  }
  if (products.share_c === null) return null;
  const percent = (share) => `${(100 * share).toFixed(0)} %`;
  return (
    <g class="wire-value">
      <text x="278" y="33" text-anchor="middle">{percent(products.share_c)}</text>
      <text x="262" y="91" text-anchor="middle">{percent(1 - products.share_c)}</text>
    </g>);
}

const beside = (side, x) => ({
  left: { x: x + W / 2 - 5, "text-anchor": "end" }, right: { x: x + W / 2 + 5, "text-anchor": "start" },
  middle: { x: x + W / 2, "text-anchor": "middle" },
}[side]);

function Box({ quantity, by, x, y, label: name_, way, gate, aside }) {
  const shown = trace.value;
  const { T } = shown.shape;
  const label = way ? t(`diagram.${way}`, { name: name_ }) : name_;
  const t_ = selection.value.t + by;
  const width = widthOf(shown, quantity);
  const unit = Math.min(selection.value.unit, width);
  // What leaves the first step to the left is the derivative of the first states, which stand under a name of their own.
  const initial = t_ === 0;
  const name = initial ? ({ dc_via_c: "dc_0", dh_via_z: "dh_0" }[quantity] ?? `${quantity}_0`) : quantity;
  const values = Array.from({ length: width }, (_, k) => (initial
    ? shown.arrays[name].data[k] : numberIn(shown, { quantity, t: t_, unit: k + 1 })));
  const range = Math.max(rangeOf(shown, quantity), 1e-300);
  const chosen = selection.value.quantity === quantity && by === 0;
  const choose = () => !initial && select({ quantity, t: t_, unit });
  const row = H / width;
  const box = useRef(null);
  // What stands in the box comes first, so that it can be called by what is seen.
  const written = `${label} ${brief(values[unit - 1])}`;
  const spoken = initial ? written : t("announce", { place: written, value: placeName(shown, { quantity, t: Math.min(t_, T), unit }) });
  return (
    <g ref={box} class={`box${chosen ? " chosen" : ""}${initial ? " fixed" : ""}`} role="button" tabindex={initial ? -1 : 0}
      aria-label={spoken} aria-pressed={chosen} onClick={choose}
      onKeyDown={(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } }}>
      <rect class="paper" x={x - 2} y={y - 2} width={W + 4} height={H + 4} />
      {values.map((value, k) => {
        const gap = row > 6 ? 1.5 : 0.4;
        const place_ = { x, y: y + k * row + gap / 2, height: row - gap };
        if (gate) {
          return (
            <g key={k}><rect class="empty" {...place_} width={W} />
              <rect class="open" {...place_} width={Math.max(0, W * value)} /></g>);
        }
        const rgb = colourOf(value, range, shownTheme.value);
        return <rect key={k} {...place_} width={W} fill={rgb ? css(rgb) : "url(#none)"} class={rgb ? "" : "broken"} />;
      })}
      {width > 1 && <rect class="row" x={x} y={y + (unit - 1) * row} width={W} height={row} />}
      <rect class="frame" x={x - 2} y={y - 2} width={W + 4} height={H + 4} />
      <text class="label" {...beside(aside === undefined ? "middle" : "left", x)} y={y - 6}>{label}</text>{" "}
      <text class="value" {...beside({ left: "left", right: "right" }[aside] ?? "middle", x)} y={y + H + 14}>
        {brief(values[unit - 1])}</text>
    </g>
  );
}
