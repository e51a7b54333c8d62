// The selected number: where one is, its value with every digit, and the equation it comes from.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { full, short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { change } from "../core/requests.js";
import { engineState, explanation, room, selection, trace } from "../core/state.js";
import { widthOf } from "../core/trace.js";
import { wordedAll } from "../core/worded.js";
import { asLatex, asText } from "../core/written.js";
import { Coming } from "./Coming.jsx";
import { CopyButton } from "./CopyButton.jsx";
import { EditableNumber } from "./EditableNumber.jsx";
import { Equation } from "./Equation.jsx";
import { meaning, openGlossary } from "./Glossary.jsx";
import { editable } from "./Operand.jsx";
import { ofUnits, placeName } from "./symbols.jsx";
import { isSet, typesetter } from "./typesetter.js";
import { asking } from "./notes.js";

// What was told of the number before stays until the answer is there, which is a few milliseconds, so that a walk does not flicker.
const PATIENCE_MS = 250;

export function Inspector() {
  const told = explanation.value;
  const place = selection.value;
  const current = told && told.quantity === place.quantity && told.t === place.t && told.unit === place.unit;
  const late = useSignal(false);
  useEffect(() => {
    late.value = false;
    if (current) return undefined;
    const timer = setTimeout(() => { late.value = true; }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [place, current]);
  return (
    <section class="inspector" aria-label={t("inspector.label")} aria-busy={!current}>
      <Breadcrumb {...place} />
      <h2 class="visually-hidden">{placeName(trace.value, place)}</h2>
      {isSet.value && (current || (told && !late.value)) ? <Told {...told} /> : <p class="note">{asking()}</p>}
      {typesetter.failed.value && <Coming part={typesetter} failed="part.noFormulas" />}
    </section>
  );
}

/** Where one is: direction, step, quantity, unit. The quantity's name goes to the glossary. */
function Breadcrumb({ quantity, t: step, unit }) {
  const several = widthOf(trace.value, quantity) > 1;
  return (
    <nav class="breadcrumb" aria-label={t("breadcrumb.label")}>
      <span>{t(`room.${room.value}`)}</span>
      <span>{t("breadcrumb.step", { t: step })}</span>
      <button type="button" onClick={() => openGlossary(quantity)} title={t("glossary.title")}>
        {several && !ofUnits(quantity) ? t("breadcrumb.numbered", { name: t(`quantity.${quantity}`), number: unit }) : t(`quantity.${quantity}`)}</button>
      {several && ofUnits(quantity) && <span>{t("breadcrumb.unit", { unit })}</span>}
    </nav>
  );
}

function Told({ quantity, t: step, unit, value, lines }) {
  const place = `${quantity},${step},${unit}`;
  return (
    <>
      <p class="value"><data data-place={place} value={value} title={full(value)}>{short(value)}</data><CopyButton bare what="inspector.copy" text={() => String(value)} /></p>
      <p class="digits">{full(value)}</p>
      {lines.length === 0 && <p class="note">{t("inspector.given")}</p>}
      {["x", "h", "c"].includes(quantity) && editable({ quantity, t: step, unit }) && engineState.value === "live" && (
        <p class="note">{t("inspector.set")} <EditableNumber place={editable({ quantity, t: step, unit })} value={value} /></p>)}
      {["y", "dy"].includes(quantity) && (
        <p><button type="button" onClick={() => change({ gradient_of: "output", output_step: step })}>{t("inspector.differentiate", { t: step })}</button></p>)}
      {lines.length > 0 && <Equation lines={lines} place={place} />}
      <p class="copies">
        {[["text", asText], ["latex", asLatex]].map(([form, write]) => (
          <CopyButton key={form} what={`inspector.copy.${form}`} text={() => write(wordedAll(explanation.value), placeName(trace.value, explanation.value))} />))}
      </p>
      <p class="note meaning">{["dc", "dh"].includes(quantity) ? t(`streams.${quantity}`) : meaning(quantity)}</p>
    </>
  );
}
