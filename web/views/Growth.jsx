// The weights' gradients as they grow: each step of the backward pass adds an outer product; at step 1 they are whole.

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { css, nearestColour } from "../core/colour.js";
import { full, short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { room, selection, shownTheme, told, trace } from "../core/state.js";
import { largest } from "../core/trace.js";
import { inks } from "./ink.js";
import { GATES } from "./symbols.jsx";
import { Tex } from "./Tex.jsx";
import { asking } from "./notes.js";

const SHOWN = ["f", "i", "g", "o"];                     // as everywhere on the page
const PARTS = [["weight_ih", "W"], ["weight_hh", "U"], ["bias", "b"]];

export function Growth() {
  const { growth } = told.value;
  if (room.value !== "backward") return null;
  const { T, H } = trace.value.shape;
  return (
    <section class="panel growth">
      <h2>{t("growth.title")}</h2>
      <p class="note">{t("growth.note", { t: growth?.t ?? selection.value.t, T })}</p>
      {growth && growth.tensors["so_far.bias"].shape[0] === 4 * H
        ? <Tensors tensors={growth.tensors} /> : <p class="note">{asking()}</p>}
    </section>
  );
}

/** A tensor as rows; a bias is a column. */
const widthOf = ({ shape }) => shape[1] ?? 1;
const rowsOf = (tensor, first, count) => Array.from({ length: count }, (_, k) =>
  tensor.data.subarray((first + k) * widthOf(tensor), (first + k + 1) * widthOf(tensor)));

function Tensors({ tensors }) {
  const { H, T, I } = trace.value.shape;
  const chosen = useSignal({ name: "weight_hh", row: H, column: 0 });
  const choosing = useSignal(false);                    // else every step of the walk would be read out twice
  const size = Math.max(5, Math.min(15, Math.floor(150 / (H + I + 1)), Math.floor(120 / H)));
  const { name } = chosen.value;
  const width = name === "bias" ? 1 : trace.value.arrays[name].shape[1];
  const row = Math.min(chosen.value.row, 4 * H - 1);
  const column = Math.min(chosen.value.column, width - 1);
  const pick = (part) => tensors[`${part}.${name}`].data[row * width + column];
  const symbol = `${PARTS.find(([n]) => n === name)[1]}^{${GATES[Math.floor(row / H)]}}_{${row % H + 1}${name === "bias" ? "" : `,${column + 1}`}}`;
  const keys = (event) => {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
    if (!down && !right) return;
    event.preventDefault();
    // To the right of a tensor stands the next one.
    const names = PARTS.map(([part]) => part);
    const other = names[names.indexOf(name) + right];
    if (right && (column + right < 0 || column + right >= width)) {
      if (other) chosen.value = { name: other, row, column: right > 0 ? 0 : 1e9 };
    } else chosen.value = { name, row: Math.min(4 * H - 1, Math.max(0, row + down)), column: column + right };
  };
  const whole = trace.value.arrays[`${name}_grad`].data[row * width + column];
  return (
    <>
      <div class="gates-grown" tabIndex={0} role="group" aria-label={t("growth.choose")} onKeyDown={keys}
        onFocus={() => { choosing.value = true; }} onBlur={() => { choosing.value = false; }}>
        <p class="names"><span>{t("growth.step")}</span><span>{t("growth.soFar")}</span></p>
        {SHOWN.map((gate) => [gate, GATES.indexOf(gate)]).map(([gate, block]) => (
          <figure key={gate} data-gate={gate}>
            <figcaption><Tex>{`W^${gate}\\; U^${gate}\\; b^${gate}`}</Tex></figcaption>
            {[["growth.step", "step"], ["growth.soFar", "so_far"]].map(([label, sum]) => (
              <div key={label} class="tensor-row" title={t(label)}>
                {PARTS.map(([part]) => (
                  <Matrix key={part} name={part} rows={rowsOf(tensors[`${sum}.${part}`], block * H, H)} first={block * H} size={size}
                    range={largest(trace.value, `${part}_grad`)} chosen={part === name ? { row, column } : null}
                    onChoose={(r, c) => { chosen.value = { name: part, row: r, column: c }; }} />))}
              </div>))}
          </figure>))}
      </div>
      <p class="sum" aria-live={choosing.value ? "polite" : "off"}><Tex>{symbol}</Tex>{t("list.colon")}{t("growth.step")} <b data-growth="step" title={full(pick("step"))}>{short(pick("step"))}</b>{t("list.comma")}
        {t("growth.soFar")} <b data-growth="so_far" data-value={pick("so_far")} title={full(pick("so_far"))}>{short(pick("so_far"))}</b>{t("list.comma")}
        {t("growth.whole", { T })} <b data-growth="whole" data-value={whole} title={full(whole)}>{short(whole)}</b></p>
    </>
  );
}

/** One tensor's rows of one gate, on a canvas: a large network has tens of thousands of weights. */
function Matrix({ name, rows, first, size, range, chosen, onChoose }) {
  const canvas = useRef(null);
  const theme = shownTheme.value;
  const [width, height] = [rows[0].length * size, rows.length * size];
  useLayoutEffect(() => {
    const density = window.devicePixelRatio || 1;
    canvas.current.width = width * density;
    canvas.current.height = height * density;
    const context = canvas.current.getContext("2d");
    context.scale(density, density);
    const gap = size > 6 ? 1 : 0;
    rows.forEach((row, r) => row.forEach((value, c) => {
      context.fillStyle = css(nearestColour(value, range, theme) ?? [128, 128, 128]);
      context.fillRect(c * size, r * size, size - gap, size - gap);
    }));
    if (!chosen || chosen.row < first || chosen.row >= first + rows.length) return;
    context.strokeStyle = inks().ink;
    context.lineWidth = 2;
    context.strokeRect(chosen.column * size + 1, (chosen.row - first) * size + 1, size - gap - 2, size - gap - 2);
  });
  return (
    <canvas ref={canvas} data-tensor={name} role="img" aria-label={t(`tensor.${name}`)} style={{ width: `${width}px`, height: `${height}px` }}
      onClick={(event) => onChoose(first + Math.min(rows.length - 1, Math.floor(event.offsetY / size)),
        Math.min(rows[0].length - 1, Math.floor(event.offsetX / size)))} />
  );
}
