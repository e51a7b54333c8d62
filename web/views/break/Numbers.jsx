// Score and loss on held-out sequences, before and after.

import { losses, rivals, scores, waiting } from "../../core/breaking.js";
import { short } from "../../core/format.js";
import { apart, inRow, percent, t } from "../../core/i18n.js";
import { trace } from "../../core/state.js";
import { asking } from "../notes.js";

/** A score as it is written: a share in per cent with one decimal. */
export const written = (value, share) => (value === null || value === undefined ? "∞" : share ? percent(value, 1) : short(value));

/** What the score is, in the words of the Train room. */
export function scoreName({ share }) {
  const metric = t(`metric.${trace.value.about.metric}`);
  return share ? metric : t("break.less", { metric });
}

/** What a network is called: one that learnt with its damage stands beside one that learnt without, before and after are none. */
export const called = (name) => t(`break.${(losses.value && { before: "whole", after: "damaged" }[name]) || name}`);

export function Numbers() {
  const told = scores.value;
  if (!told) return <p class="numbers waiting">{asking()}</p>;
  const { share, clueless } = told;
  const columns = [["before", told.before], ["after", told.after], ...["rnn", "gru"].filter((cell) => rivals.value?.[cell]).map((cell) => [cell, rivals.value[cell]])];
  const own = trace.value.experiment.task === "own";    // a sequence that is all there is
  const notes = [clueless === null ? "" : t("break.clueless", { value: written(clueless, share) }), t(own ? "break.ownSequence" : "break.heldOut", { count: told.after.sequences })];
  return (
    <>
      <table class={waiting.value ? "numbers faded" : "numbers"}>
        <caption class="visually-hidden">{t(own ? "break.numbersOwn" : "break.numbers", { count: told.after.sequences })}</caption>
        <thead><tr><td />{columns.map(([name]) => <th key={name} scope="col">{called(name)}</th>)}</tr></thead>
        <tbody>
          <tr><th scope="row">{scoreName(told)}</th>
            {columns.map(([name, { score }]) => <td key={name} data-number={`score.${name}`} data-value={score} class="large">{written(score, share)}</td>)}
            <td class="note">{notes[0]}</td></tr>
          <tr><th scope="row">{t("break.loss")}</th>
            {columns.map(([name, { loss }]) => <td key={name} data-number={`loss.${name}`} data-value={loss}>{written(loss, false)}</td>)}
            <td class="note">{notes[1]}</td></tr>
        </tbody>
      </table>
      {/* Where there is no room for it beside the numbers. */}
      <p class="note numbers-note">{apart(notes)}</p>
      <p class="visually-hidden" role="status" data-spoken="score">
        {!waiting.value && t("announce.scores", { score: scoreName(told), all: inRow(columns.map(([name, { score }]) => t("announce", { place: called(name), value: written(score, share) }))) })}</p>
    </>
  );
}
