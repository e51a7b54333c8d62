// The gradient check: a button, and elsewhere a table that grows tensor by tensor.

import { useSignal } from "@preact/signals";
import { full } from "../core/format.js";
import { t } from "../core/i18n.js";
import { Nudge } from "./Nudge.jsx";
import { check } from "../core/requests.js";
import { engineState, report, schema } from "../core/state.js";

export function CheckButton() {
  const failed = useSignal(false);
  const run = () => {
    failed.value = false;
    check().catch(() => { failed.value = true; });
  };
  return (
    <div class="buttons">
      <button type="button" disabled={engineState.value !== "live" || report.value?.running} onClick={run}>{t("check.button")}</button>
      {failed.value && !report.value && <p class="refusal" role="alert">{t("check.failed")}</p>}
    </div>
  );
}

export const CheckReport = () => report.value && <section class="check"><Report {...report.value} /></section>;

const power = (value) => (value === 0 ? "0" : value.toExponential(1).replace(/-/g, "−"));

function Report({ rows, running, eps }) {
  const wrong = rows.filter((row) => !row.right).length;
  return (
    <>
      <h2>{t("check.title")}</h2>
      <table class="report">
        <thead><tr>{["tensor", "elements", "error", "verdict"].map((name) => <th key={name} scope="col">{t(`check.${name}`)}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} data-tensor={row.name} class={row.right ? undefined : "wrong"}>
              <th scope="row" title={row.name}>{t(`tensor.${row.name}`)}</th>
              <td>{row.checked === row.size ? row.size : `${row.checked}/${row.size}`}</td>
              <td data-error={row.relative_error} title={full(row.relative_error)}>{power(row.relative_error)}</td>
              <td>{row.right ? "✓ " : "✗ "}{t(row.right ? "check.right" : "check.wrong")}</td>
            </tr>))}
        </tbody>
      </table>
      <p class="note" role="status">
        {running ? t("check.running", { name: t(`tensor.${schema.tensors[rows.length] ?? "x"}`) })
          : t(wrong ? "check.someWrong" : "check.allRight", { count: wrong || rows.length })}
      </p>
      {eps && <p class="note">{t("check.explain", { eps: power(eps) })}</p>}
      {!running && <Nudge />}
      <button type="button" class="plain" onClick={() => { report.value = null; }}>{t("check.close")}</button>
    </>
  );
}
