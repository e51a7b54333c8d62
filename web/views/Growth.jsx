// The weights' gradients as they grow: each step of the backward pass adds an outer product; at step 1 they are whole.

import { useSignal } from "@preact/signals";
import { colourOf, css } from "../core/colour.js";
import { full, short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { room, selection, shownTheme, told, trace } from "../core/store.js";
import { largest } from "../core/trace.js";
import { Tex } from "./Tex.jsx";

const GATES = ["i", "f", "g", "o"];                     // row blocks of the weights, as in PyTorch
const PARTS = [["weight_ih", "W"], ["weight_hh", "U"], ["bias", "b"]];

export function Growth() {
  const { growth } = told.value;
  if (room.value !== "backward") return null;
  const { T, H } = trace.value.shape;
  return (
    <section class="panel growth">
      <h2>{t("growth.title")}</h2>
      <p class="note">{t("growth.note", { t: selection.value.t, T })}</p>
      {growth && growth.t === selection.value.t && growth.so_far.bias.length === 4 * H
        ? <Tensors {...growth} /> : <p class="note">{t("inspector.waiting")}</p>}
    </section>
  );
}

const rowsOf = (matrix) => matrix.map((row) => [row].flat());

function Tensors({ step, so_far: soFar }) {
  const { H, T, I } = trace.value.shape;
  const chosen = useSignal({ name: "weight_hh", row: H, column: 0 });
  const size = Math.max(5, Math.min(15, Math.floor(150 / (H + I + 1)), Math.floor(120 / H)));
  const { name } = chosen.value;
  const width = name === "bias" ? 1 : trace.value.arrays[name].shape[1];
  const row = Math.min(chosen.value.row, 4 * H - 1);
  const column = Math.min(chosen.value.column, width - 1);
  const pick = (tensors) => rowsOf(tensors[name])[row][column];
  const symbol = `${PARTS.find(([n]) => n === name)[1]}^{${GATES[Math.floor(row / H)]}}_{${row % H + 1}${name === "bias" ? "" : `,${column + 1}`}}`;
  const whole = trace.value.arrays[`${name}_grad`].data[row * width + column];
  return (
    <>
      <div class="gates-grown">
        <p class="names"><span>{t("growth.step")}</span><span>{t("growth.soFar")}</span></p>
        {GATES.map((gate, block) => (
          <figure key={gate}>
            <figcaption><Tex>{`W^${gate}\\; U^${gate}\\; b^${gate}`}</Tex></figcaption>
            {[["growth.step", step], ["growth.soFar", soFar]].map(([label, tensors]) => (
              <div key={label} class="tensor-row" title={t(label)}>
                {PARTS.map(([part]) => (
                  <Matrix key={part} name={part} rows={rowsOf(tensors[part]).slice(block * H, (block + 1) * H)} first={block * H} size={size}
                    range={largest(trace.value, `${part}_grad`)} chosen={part === name ? { row, column } : null}
                    onChoose={(r, c) => { chosen.value = { name: part, row: r, column: c }; }} />))}
              </div>))}
          </figure>))}
      </div>
      <p class="sum"><Tex>{symbol}</Tex>{": "}{t("growth.step")} <b data-growth="step" title={full(pick(step))}>{short(pick(step))}</b>{", "}
        {t("growth.soFar")} <b data-growth="so_far" data-value={pick(soFar)} title={full(pick(soFar))}>{short(pick(soFar))}</b>{", "}
        {t("growth.whole", { T })} <b data-growth="whole" data-value={whole} title={full(whole)}>{short(whole)}</b></p>
    </>
  );
}

function Matrix({ name, rows, first, size, range, chosen, onChoose }) {
  return (
    <svg width={rows[0].length * size + 1} height={rows.length * size + 1} data-tensor={name} role="img" aria-label={t(`tensor.${name}`)}>
      {rows.map((row, r) => row.map((value, c) => {
        const rgb = colourOf(value, range, shownTheme.value);
        const here = chosen && chosen.row === first + r && chosen.column === c;
        return <rect key={`${r},${c}`} x={c * size + 0.5} y={r * size + 0.5} width={size - 1} height={size - 1} fill={rgb ? css(rgb) : "none"}
          class={here ? "here" : undefined} onClick={() => onChoose(first + r, c)} />;
      }))}
    </svg>
  );
}
