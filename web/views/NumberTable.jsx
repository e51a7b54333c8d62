// The numbers of the selected quantity as a table: for screen readers, for copying, for whoever prefers it.

import { useSignal } from "@preact/signals";
import { full, short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { select } from "../core/selection.js";
import { selection, trace } from "../core/state.js";
import { numberIn, quantitiesOf, widthOf } from "../core/trace.js";

export function NumberTable() {
  const open = useSignal(false);
  return (
    <details class="numbers-table" onToggle={(event) => { open.value = event.currentTarget.open; }}>
      <summary>{t("table.open")}</summary>
      {open.value && <Table />}
    </details>
  );
}

function Table() {
  const { quantity, t: now, unit } = selection.value;
  const shown = trace.value;
  const steps = Array.from({ length: shown.shape.T }, (_, k) => k + 1);
  const units = Array.from({ length: widthOf(shown, quantity) }, (_, k) => k + 1);
  return (
    <>
      <label>{t("table.quantity")}{" "}
        <select value={quantity} onChange={(event) => select({ quantity: event.currentTarget.value })}>
          {quantitiesOf(shown).map((name) => <option key={name} value={name}>{t(`quantity.${name}`)}</option>)}
        </select>
      </label>
      <div class="scroll" tabIndex={0} role="region" aria-label={t("table.open")}>
        <table>
          <caption>{t("table.caption", { name: t(`quantity.${quantity}`) })}</caption>
          <thead><tr><th scope="col">{t("table.unit")}</th>{steps.map((step) => <th key={step} scope="col">{step}</th>)}</tr></thead>
          <tbody>
            {units.map((row) => (
              <tr key={row}>
                <th scope="row">{row}</th>
                {steps.map((step) => {
                  const value = numberIn(shown, { quantity, t: step, unit: row });
                  const here = step === now && row === unit;
                  return <td key={step} data-value={value} title={full(value)} class={here ? "here" : undefined}
                    aria-current={here || undefined} onClick={() => select({ t: step, unit: row })}>{short(value)}</td>;
                })}
              </tr>))}
          </tbody>
        </table>
      </div>
    </>
  );
}
