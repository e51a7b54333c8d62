// Before and after, side by side in the same places or, where one is too long for that, above each other; or their difference.

import { effect, signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { before, waiting } from "../../core/breaking.js";
import { short } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { boxOf, layout, numberAt } from "../../core/layout.js";
import { engine } from "../../core/requests.js";
import { select } from "../../core/selection.js";
import { selection, shownTheme, trace } from "../../core/state.js";
import { largest, unpack } from "../../core/trace.js";
import { Legend } from "../Legend.jsx";
import { draw, keys, projected, rangeText } from "../Score.jsx";
import { Letter } from "../symbols.jsx";
import { called } from "./Numbers.jsx";

const HEIGHT = [380, 560];
const LETTERS = 34;                                     // left of a picture
const RANGES = 4;                                       // right of it, in rem; on a phone over its rows
const BETWEEN = 24;
const space = signal({ width: 700, height: HEIGHT[0], phone: false });
const difference = signal(false);

const pictureOf = (shape, width) => layout(shape, "break", { width, height: space.value.height, minColumn: 5, size: projected() });

export function Pair() {
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
  const free = width - LETTERS - (phone ? 0 : RANGES * parseFloat(getComputedStyle(document.documentElement).fontSize));
  const half = (free - BETWEEN) / 2;
  const long = [trace.value, before.value].some((shown) => shown && pictureOf(shown.shape, half).width > half);
  const stacked = phone || long;
  const each = stacked ? free : half;
  const same = before.value && before.value.shape.T === trace.value.shape.T && before.value.shape.H === trace.value.shape.H;
  // Side by side the same colour and the same height are the same number.
  const whole = before.value && { ...before.value, beside: trace.value };
  const broken = before.value ? { ...trace.value, beside: before.value } : trace.value;
  return (
    <section class="pair" ref={frame} aria-label={t("break.pair")}>
      <p class="pair-choice">
        <button type="button" class="plain" aria-pressed={!(difference.value && same)} onClick={() => { difference.value = false; }}>{t("break.sideBySide")}</button>
        <button type="button" class="plain" aria-pressed={difference.value && same} disabled={!same} onClick={() => { difference.value = true; }}>{t("break.difference")}</button>
        {before.value && !same && <span class="note">{t("break.noDifference")}</span>}
      </p>
      {difference.value && same
        ? <Difference width={free} />
        : (
          <div class={stacked ? "two stacked" : "two"}>
            {whole && <One shown={whole} width={each} title={called("before")} letters ranges={stacked} />}
            <One shown={broken} width={each} title={called("after")} letters={stacked || !whole} ranges selectable faded={waiting.value} />
          </div>)}
      {!(difference.value && same) && <Legend of={{ picture: pictureOf(broken.shape, each), shown: broken }} />}
    </section>
  );
}

function Difference({ width }) {
  const changed = useSignal(null);
  useEffect(() => effect(() => {
    const of = before.value;
    const now = trace.value;
    if (!now.done) return;
    engine.compare(of.experiment).then((answer) => {
      if (answer?.arrays?.h && before.value === of && trace.value === now) {
        changed.value = { ...now, arrays: { ...now.arrays, ...unpack(answer.arrays, answer.data) }, isChange: true };
      }
    });
  }), []);
  if (!changed.value) return null;
  return (
    <>
      <One shown={changed.value} width={width} title={t("break.afterMinusBefore")} letters ranges selectable />
      <Legend of={{ picture: asChange(pictureOf(changed.value.shape, width)), shown: changed.value }} />
    </>);
}

/** A difference has signs, also that of a gate. */
const asChange = (picture) => ({ ...picture, groups: picture.groups.map((group) => ({ ...group, mark: "value" })) });

function One({ shown, width, title, letters, ranges, selectable, faded }) {
  const canvas = useRef(null);
  const plain = pictureOf(shown.shape, width);
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
              <span key={group.quantity} class="letter" style={{ top: `${group.y + group.height / 2}px` }}><Letter quantity={group.quantity} trace={trace.value} /></span>))}
          </div>)}
        <div class="sheet" style={{ width: `${picture.width}px`, height: `${picture.height}px` }}
          {...(selectable ? { id: "picture", tabIndex: 0, role: "application", "aria-label": `${title}. ${t("picture.help")}`, onKeyDown: keys } : {})}>
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

const describe = (title, shown) => t("break.pictureLabel", { title, steps: shown.shape.T, range: short(largest(shown, "c")) });
