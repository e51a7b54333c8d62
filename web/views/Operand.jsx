// An operand as it stands in an equation: its symbol, which leads to it, and its number, which can be changed in place.

import { significant } from "../core/format.js";
import { t } from "../core/i18n.js";
import { select } from "../core/selection.js";
import { engineState, same, selection, trace } from "../core/state.js";
import { EditableNumber } from "./EditableNumber.jsx";
import { placeName } from "./symbols.jsx";
import { Tex } from "./Tex.jsx";

/** The name under which a number can be edited: parameters, inputs and the states before the first step. Else null. */
export function editable({ quantity, index, t: step, unit }) {
  if (index) return `${quantity}[${index.join(",")}]`;
  if (quantity === "x") return `x[${step - 1},${unit - 1}]`;
  return step === 0 ? `${quantity}_0[${unit - 1}]` : null;
}

export function Amount({ operand, text = significant(operand.value, 3) }) {
  const place = engineState.value === "live" ? editable(operand) : null;
  return place ? <EditableNumber place={place} value={operand.value} text={text} /> : text;
}

/** The symbol. One that stands in the trace, and is not the number explained, can be gone to. */
export function Symbol_({ operand: { symbol, quantity, t: step, unit, index } }) {
  const place = { quantity, t: step, unit };
  if (index || step === 0 || !trace.value.arrays[quantity] || same(place, selection.value)) return <Tex>{symbol}</Tex>;
  return (
    <button type="button" class="operand-link" aria-label={t("inspector.select", { name: placeName(trace.value, place) })} onClick={() => select(place)}>
      <Tex>{symbol}</Tex>
    </button>);
}
