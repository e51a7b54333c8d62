// The check table: which blocks of which tensors are wrong, over the first 1, 2, ... steps and over all.

import { checking, onsets, rows, zeroStates } from "../../core/breaking.js";
import { full } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { schema, trace } from "../../core/state.js";
import { Tex } from "../Tex.jsx";
import { blockLetter, blockName } from "./names.js";
import { asking } from "../notes.js";

/** One digit: 0.9, or 5e−16. */
const oneDigit = (value) => (value === 0 ? "0" : value >= 0.01 ? String(Number(value.toPrecision(1))) : value.toExponential(0).replace(/-/g, "−"));

export function Onset() {
  const found = Object.fromEntries(rows.value.map((row) => [row.name, row]));
  const wrong = rows.value.filter((row) => !row.right).length;
  // As many steps as there are is the whole sequence, whose column is the last.
  const columns = onsets.value.filter(({ steps }) => steps < trace.value.shape.T);
  return (
    <section class="onset">
      <h2>{t("break.check")}</h2>
      <p class="note" role="status">{rows.value.length === 0 ? asking()
        : t(wrong === 0 ? "break.noneWrong" : wrong === 1 ? "break.oneWrong" : "break.someWrong", { count: wrong, of: rows.value.length })}</p>
      <table class={checking.value ? "onset-table faded" : "onset-table"}>
        <caption class="visually-hidden">{t("break.checkCaption")}</caption>
        <thead>
          <tr><th scope="col">{t("break.steps")}</th>
            {columns.map(({ steps }) => <th key={steps} scope="col">{steps}</th>)}
            <th scope="col" class="all">{trace.value.shape.T}</th><th scope="col" class="error">{t("break.error")}</th></tr>
        </thead>
        <tbody>
          {schema.damage.blocks.map((block) => (
            <tr key={block} data-block={block} class={found[block] && !found[block].right ? "wrong" : undefined}>
              <th scope="row" title={blockName(block)}><Tex>{blockLetter(block)}</Tex><span class="visually-hidden">{blockName(block)}</span></th>
              {columns.map(({ steps, right }) => <Cell key={steps} steps={steps} right={right[block]} />)}
              <Cell steps="all" right={found[block]?.right} all />
              <td class="error" data-error={found[block]?.relative_error} title={found[block] && full(found[block].relative_error)}>
                {found[block] && oneDigit(found[block].relative_error)}</td>
            </tr>))}
        </tbody>
      </table>
      <label class="states"><input type="checkbox" checked={!zeroStates.value} onChange={() => { zeroStates.value = !zeroStates.value; }} /> {t("break.givenStates")}</label>
      <p class="note">{t("break.checkNote")}</p>
      <p class="note">{t("break.checkLetters")}</p>
    </section>
  );
}

function Cell({ steps, right, all }) {
  const said = right === undefined ? "" : t(right ? "check.right" : "check.wrong");
  return (
    <td class={`cell ${right === false ? "is-wrong" : ""} ${all ? "all" : ""}`} data-steps={steps} data-right={right}>
      <span aria-hidden="true">{right === undefined ? "" : right ? "·" : "✗"}</span><span class="visually-hidden">{said}</span></td>);
}
