// The cell of the selected step as a map: every box is a quantity, drawn as its units, and selects it. Forward, the arrows
// run from left to right; backward the same wires carry derivatives the other way, and the two streams that meet in a
// state are drawn apart: through c as a solid line, through h as a dashed one.

import { useRef } from "preact/hooks";
import { colourOf, css } from "../core/colour.js";
import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { room, select, selection, shownTheme, trace } from "../core/store.js";
import { numberIn, rangeOf, widthOf } from "../core/trace.js";
import { placeName } from "./symbols.jsx";

const W = 44;
const H = 40;

// x and y are a box's top left corner; `by` is its distance in time from the selected step.
const FORWARD = {
  boxes: [
    { quantity: "c", by: -1, x: 4, y: 22, label: "cₜ₋₁" },
    { quantity: "c", by: 0, x: 290, y: 22, label: "cₜ" },
    { quantity: "f", by: 0, x: 74, y: 122, label: "f", gate: true },
    { quantity: "i", by: 0, x: 126, y: 122, label: "i", gate: true },
    { quantity: "g", by: 0, x: 178, y: 122, label: "g" },
    { quantity: "o", by: 0, x: 230, y: 122, label: "o", gate: true },
    { quantity: "h", by: -1, x: 4, y: 208, label: "hₜ₋₁" },
    { quantity: "x", by: 0, x: 74, y: 208, label: "xₜ" },
    { quantity: "h", by: 0, x: 290, y: 208, label: "hₜ" },
  ],
  wires: [
    "M48 42H87", "M105 42H165", "M183 42H286", "M96 122V55", "M148 122V92H165", "M200 122V92H183", "M174 83V55",
    "M312 66V73", "M312 93V97", "M252 122V106H299", "M312 119V204", "M48 228H60V190H252", "M96 208V190",
    "M96 190V166", "M148 190V166", "M200 190V166", "M252 190V166",
  ],
  heads: ["M290 42l-7 -4v8z", "M312 208l-4 -7h8z", "M96 164l-4 7h8z", "M148 164l-4 7h8z", "M200 164l-4 7h8z", "M252 164l-4 7h8z"],
  nodes: [["×", 96, 42], ["+", 174, 42], ["×", 174, 92], ["×", 312, 106], ["tanh", 312, 83]],
};

const BACKWARD = {
  boxes: [
    { quantity: "dc_via_c", by: -1, x: 4, y: 22, label: "→ cₜ₋₁" },
    { quantity: "dc", by: 0, x: 226, y: 22, label: "∂cₜ" },
    { quantity: "dc_via_c", by: 0, x: 294, y: 22, label: "← c" },
    { quantity: "dc_via_h", by: 0, x: 294, y: 104, label: "← h" },
    { quantity: "dz_f", by: 0, x: 74, y: 122, label: "∂zᶠ" },
    { quantity: "dz_i", by: 0, x: 126, y: 122, label: "∂zⁱ" },
    { quantity: "dz_g", by: 0, x: 178, y: 122, label: "∂zᵍ" },
    { quantity: "dz_o", by: 0, x: 230, y: 122, label: "∂zᵒ" },
    { quantity: "dh_via_z", by: -1, x: 4, y: 208, label: "→ hₜ₋₁" },
    { quantity: "dx", by: 0, x: 74, y: 208, label: "∂xₜ" },
    { quantity: "dh", by: 0, x: 294, y: 208, label: "∂hₜ" },
  ],
  wires: [
    "M226 42H105", "M87 42H52", "M174 51V83", "M96 51V118", "M165 92H148V118", "M183 92H200V118", "M294 218H274V142",
    "M96 162V190", "M148 162V190", "M200 162V190", "M252 162V190", "M252 190H60V228H52", "M96 190V204",
  ],
  streams: { viaC: "M294 42H274", viaH: "M316 104V88H248V66", toH: "M316 208V148" },
  heads: ["M48 42l7 -4v8z", "M96 122l-4 -7h8z", "M148 122l-4 -7h8z", "M200 122l-4 -7h8z", "M274 142l7 -4v8z",
    "M48 228l7 -4v8z", "M96 208l-4 -7h8z", "M270 42l7 -4v8z", "M248 62l-4 7h8z", "M316 144l-4 7h8z"],
  nodes: [["×", 96, 42], ["+", 174, 42], ["×", 174, 92]],
};

export function Diagram() {
  const plan = room.value === "forward" ? FORWARD : BACKWARD;
  const { t: now, unit } = selection.value;
  return (
    <figure class="diagram">
      <figcaption><span>{t("diagram.title", { t: now })}</span>
        {trace.value.shape.H > 1 && <small>{t("diagram.unit", { unit: Math.min(unit, trace.value.shape.H) })}</small>}</figcaption>
      <svg viewBox="0 0 342 268" role="group" aria-label={t("diagram.label", { t: now })}>
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
            {sign === "tanh" ? <text x={x + 5} y={y + 4} class="function" text-anchor="start">tanh</text>
              : <><circle cx={x} cy={y} r="9" /><text x={x} y={y + 5} text-anchor="middle">{sign}</text></>}
          </g>))}
        {plan.boxes.map((box) => <Box key={`${box.quantity}${box.by}`} {...box} />)}
      </svg>
    </figure>
  );
}

function Box({ quantity, by, x, y, label, gate }) {
  const shown = trace.value;
  const { T } = shown.shape;
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
  const place = initial ? label : placeName(shown, { quantity, t: Math.min(t_, T), unit });
  return (
    <g ref={box} class={`box${chosen ? " chosen" : ""}${initial ? " fixed" : ""}`} role="button" tabIndex={initial ? -1 : 0}
      aria-label={t("announce", { place, value: short(values[unit - 1]) })} aria-pressed={chosen} onClick={choose}
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
      <text class="label" x={x + W / 2} y={y - 6} text-anchor="middle">{label}</text>
      <text class="value" x={x + W / 2} y={y + H + 14} text-anchor="middle">{short(values[unit - 1])}</text>
    </g>
  );
}
