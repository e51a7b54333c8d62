// A number that can be typed over, dragged sideways, or nudged with the arrow keys.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { edit } from "../core/edits.js";
import { full, short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { number } from "../core/numerals.js";
import { trace } from "../core/state.js";
import { placeOf } from "./symbols.jsx";

const DRAG_FROM_PX = 4;

/** A hundredth of the number's own size, so that a drag is as fine as the number is small. */
const nudge = (value) => Math.max(Math.abs(value), 0.1) / 100;
const tidy = (value) => Number(value.toPrecision(6));

export function EditableNumber({ place, value, text = short(value) }) {
  const typing = useSignal(false);
  const drag = useRef(null);
  const { words } = placeOf(place, trace.value);

  if (typing.value) {
    const done = (event) => {
      typing.value = false;
      const entered = number(event.currentTarget.value);
      if (entered !== value) edit(place, entered);
    };
    return (
      <input class="editable-input" type="text" inputMode="decimal" aria-label={words} defaultValue={full(value)}
        ref={(element) => { if (element && document.activeElement !== element) { element.focus(); element.select(); } }} onBlur={done} onKeyDown={(event) => {
          if (event.key === "Enter") done(event);
          if (event.key === "Escape") { event.currentTarget.value = full(value); typing.value = false; }
        }} />);
  }
  return (
    <button type="button" class="editable" title={`${words}\n${t("edit.how")}`} aria-label={t("edit.label", { place: words, value: text })}
      onClick={() => { if (!drag.current?.moved) typing.value = true; drag.current = null; }}
      onKeyDown={(event) => {
        const by = { ArrowUp: 10, ArrowRight: 1, ArrowDown: -10, ArrowLeft: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        edit(place, tidy(value + by * nudge(value)));
      }}
      onPointerDown={(event) => {
        drag.current = { x: event.clientX, value, moved: false };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const from = drag.current;
        if (!from || !event.buttons) return;
        const way = event.clientX - from.x;
        from.moved ||= Math.abs(way) > DRAG_FROM_PX;
        if (from.moved) edit(place, tidy(from.value + way * nudge(from.value)));
      }}>{text}</button>
  );
}
