// Numbers of one's own: what is typed, how it was understood, and a choice where it can be understood in several ways.

import { useId } from "preact/hooks";
import { full } from "../core/format.js";
import { t } from "../core/i18n.js";
import { choose, enter, typedIn, written } from "../core/own_numbers.js";
import { refusal } from "../core/refusal.js";
import { engineState, refused, wanted } from "../core/state.js";
import { Typed } from "./fields.jsx";

const FIRST = { rows: 3, numbers: 5 };                  // shown of what was understood

export function OwnNumbers() {
  return <><Numbers field="values" /><Numbers field="targets" /></>;
}

function Numbers({ field }) {
  const id = useId();
  const entry = typedIn(field);
  const wrong = entry?.wrong ?? (refused.value?.field === field ? refused.value : null);
  const rest = { id, placeholder: t(`${field}.placeholder`), "aria-invalid": wrong ? true : undefined, "aria-describedby": `${id}-wrong ${id}-how` };
  const rows = wanted.value[field];
  return (
    <div class="field tall" data-field={field}>
      <label for={id}>{t(`field.${field}`)}</label>
      {field === "values"
        ? <textarea {...rest} rows={3} value={entry?.text ?? written(rows)} onInput={(event) => enter(field, event.currentTarget.value)} />
        : <Typed {...rest} type="text" value={entry?.text ?? written(rows)} onEnter={(text) => enter(field, text)} />}
      <span id={`${id}-wrong`} class="refusal" role="alert">{wrong && refusal(wrong)}</span>
      <div id={`${id}-how`} class="understood" role="status">{entry && <Understood field={field} entry={entry} />}</div>
    </div>
  );
}

function Understood({ field, entry }) {
  const { value, how, others = [], wrong } = entry;
  const choices = wrong?.details?.readings ?? others;
  if (value === undefined && !wrong) return engineState.value === "live" ? null : <p class="note">{t("values.waits")}</p>;
  return (
    <>
      {how && <p class="note">{t("values.read", { how: inWords(how), first: firstOf(how, value) })}</p>}
      {choices.length > 0 && (
        <div class="readings">
          <p class="note">{t(wrong ? "values.choose" : "values.otherwise")}</p>
          {choices.map((reading, k) => (
            <button key={k} type="button" onClick={() => choose(field, reading)}>{t("values.read", { how: inWords(reading.how), first: firstOf(reading.how, reading.rows) })}</button>))}
        </div>)}
    </>
  );
}

/** "4 steps of 2 numbers: semicolons between columns, commas as decimal marks" */
function inWords({ steps, numbers, by, between, decimal, thousands, names }) {
  const head = t(numbers === 1 ? "values.steps.one" : "values.steps.many", { steps, numbers });
  const parts = [["semicolon", "brackets"].includes(by) && t(`values.by.${by}`), between && t(`values.between.${between}`), decimal && t(`values.decimal.${decimal}`),
    thousands && t(`values.thousands.${thousands}`), names && t("values.names", { names: names.join(t("list.comma")) })].filter(Boolean);
  return parts.length ? t("values.how", { head, parts: parts.join(t("list.clause")) }) : head;
}

/** The first numbers, as the page writes numbers. */
function firstOf({ steps, numbers }, rows) {
  const shown = rows.slice(0, numbers === 1 ? FIRST.numbers : FIRST.rows).map((row) => [row].flat().map(full).join(t("list.comma")));
  const more = steps > shown.length ? [t("values.more")] : [];
  return [...numbers === 1 ? shown : shown.map((row) => `(${row})`), ...more].join(t("list.comma"));
}
