// What goes on inside the other cells, trained beside the LSTM, on its sequence.

import { rivals } from "../../core/breaking.js";
import { t } from "../../core/i18n.js";
import { Legend } from "../Legend.jsx";
import { called } from "./Numbers.jsx";
import { Picture, pictureOf, useRoom } from "./Picture.jsx";

const CELLS = ["rnn", "gru"];

export function Inside() {
  return CELLS.every((cell) => rivals.value?.[cell]?.inside) && <Both />;
}

function Both() {
  const { frame, free, apart, phone } = useRoom();
  const shown = CELLS.map((cell) => rivals.value[cell].inside);
  const stacked = phone || shown.some(({ shape }, k) => pictureOf(shape, apart, CELLS[k]).width > apart);
  const width = stacked ? free : apart;
  return (
    <section class="pair inside" ref={frame} aria-label={t("break.inside")}>
      <p class="note">{t("break.insideNote")}</p>
      <div class={stacked ? "two stacked" : "two"}>
        {CELLS.map((cell, k) => <Picture key={cell} shown={shown[k]} room={cell} width={width} title={called(cell)} letters ranges />)}
      </div>
      <Legend of={{ picture: pictureOf(shown[1].shape, width, "gru"), shown: shown[1] }} />
    </section>
  );
}
