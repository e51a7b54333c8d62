// One network's gates and states on a sequence, as a picture with a title.

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { short } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { boxOf, layout, numberAt } from "../../core/layout.js";
import { select } from "../../core/selection.js";
import { selection, shownTheme } from "../../core/state.js";
import { largest } from "../../core/trace.js";
import { draw, keys, leastRow, projected, rangeText } from "../Score.jsx";
import { Letter } from "../symbols.jsx";

const HEIGHT = [380, 560];
const LETTERS = 34;                                     // left of a picture
const RANGES = 4;                                       // right of it, in rem; on a phone over its rows
const BETWEEN = 24;
const space = signal({ width: 700, height: HEIGHT[0], phone: false });
// Fewer rows of units need less height: of an RNN there is h, of a GRU r, z, n and h.
const SHARE = { break: 1, gru: 0.78, rnn: 0.45 };

export const pictureOf = (shape, width, room = "break") =>
  layout(shape, room, { width, height: SHARE[room] * space.value.height, minColumn: 5, size: projected(), minRow: leastRow() });

/** A difference has signs, also that of a gate. */
export const asChange = (picture) => ({ ...picture, groups: picture.groups.map((group) => ({ ...group, mark: "value" })) });

/**
 * What there is room for in the element that `frame` is put on: the width of a picture, of each of two beside each other
 * (`half`), and of each of two whose rows are not the same, so that both have letters and ranges (`apart`).
 */
export function useRoom() {
  const frame = useRef(null);
  // Both before the browser paints, as in the other rooms.
  useLayoutEffect(() => {
    const measure = () => {
      if (!frame.current) return;                       // an observer may still have something to say after the end
      // As high as the window leaves room for below the numbers, so that both fit at a glance.
      const { width } = frame.current.getBoundingClientRect();
      space.value = { width, height: Math.min(HEIGHT[1], Math.max(HEIGHT[0], innerHeight - 330)), phone: width < 560 };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current);
    measure();
    return () => observer.disconnect();
  }, []);
  const { width, phone } = space.value;
  const ranges = phone ? 0 : RANGES * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const free = width - LETTERS - ranges;
  return { frame, free, half: (free - BETWEEN) / 2, apart: (free - BETWEEN - LETTERS - ranges) / 2, phone };
}

/**
 * @param shown       what is painted, as traceOf gives it
 * @param room        whose rows it has, see layout.js
 * @param letters     whether its rows have letters; ranges: and the ends of their scales
 * @param selectable  whether a number can be selected in it
 */
export function Picture({ shown, room, width, title, letters, ranges, selectable, faded }) {
  const canvas = useRef(null);
  const plain = pictureOf(shown.shape, width, room);
  const picture = shown.isChange ? asChange(plain) : plain;
  const theme = shownTheme.value;
  useLayoutEffect(() => draw(canvas.current, picture, shown, theme));
  const at = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return numberAt(picture, event.clientX - box.left, event.clientY - box.top);
  };
  return (
    <figure class={faded ? "one faded" : "one"}>
      <figcaption>{title}</figcaption>
      <div class="one-body">
        {letters && (
          <div class="letters" aria-hidden="true" style={{ height: `${picture.height}px` }}>
            {picture.groups.map((group) => (
              <span key={group.quantity} class="letter" style={{ top: `${group.y + group.height / 2}px` }}><Letter quantity={group.quantity} trace={shown} /></span>))}
          </div>)}
        <div class="sheet" style={{ width: `${picture.width}px`, height: `${picture.height}px` }}
          {...(selectable ? { id: "picture", tabIndex: 0, role: "application", "aria-label": t("picture.named", { title, help: t("picture.help") }), onKeyDown: keys } : {})}>
          <canvas ref={canvas} role="img" aria-label={describe(title, shown)} onPointerDown={selectable ? (event) => select(at(event)) : undefined} />
          <Chosen picture={picture} />
        </div>
        {ranges && (
          <div class="ranges" aria-hidden="true">
            {picture.groups.map((group) => (
              <span key={group.quantity} style={{ "--middle": `${group.y + group.height / 2}px`, "--over": `${group.y}px` }}>{rangeText(group, shown)}</span>))}
          </div>)}
      </div>
    </figure>
  );
}

/** By itself, since the picture under it is not painted again when the selection moves: a large one takes a quarter of a second. */
function Chosen({ picture }) {
  const box = boxOf(picture, selection.value);
  return box && <div class="selected" style={{ left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` }} />;
}

const describe = (title, shown) => (shown.arrays.c
  ? t("break.pictureLabel", { title, steps: shown.shape.T, range: short(largest(shown, "c")) })
  : t("break.insideLabel", { title, steps: shown.shape.T }));
