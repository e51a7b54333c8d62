// The picture: time to the right, one row per unit, the play head, the selected number and its operands.

import { computed, effect, signal, useSignal, useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { changes, showChanges } from "../core/edits.js";
import { boxOf, layout, numberAt, rowsAway } from "../core/layout.js";
import { byEquation, direction, move, ORDER, pause, playing, toggle } from "../core/player.js";
import { findPlacesWith } from "../core/flight.js";
import { select } from "../core/selection.js";
import { explanation, projector, room, running, selection, shownTheme, trace } from "../core/state.js";
import { hiddenFrom } from "../core/tour.js";
import { largest, numberIn, outgrows, rangeOf } from "../core/trace.js";
import { onPaper } from "../core/window.js";
import { densityNow, inks } from "./ink.js";
import { paint, visible } from "./paint.js";
import { Letter, placeName } from "./symbols.jsx";

const MOST_APART = 24;                                  // operands that get a frame each; more are framed together
const BELOW_ON_PHONE = 164;                             // the sheet at its lowest, and the play bar
const space = signal({ width: 780, height: 620 });
export const hovered = signal(null);                    // the number under a resting pointer

const BESIDE_CURVES = 340;
/** How much larger letters are on a projector. */
export const projected = () => (projector.value && space.value ? Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16) : 1);
/** Of the window's height, what is read from the back of the room: a number beside a row is not lower. */
const LEGIBLE = 1 / 60;
export const leastRow = () => (projector.value && space.value ? Math.ceil(LEGIBLE * innerHeight) : undefined);
export const picture = computed(() => layout(trace.value.shape, room.value,
  { ...space.value, ...(room.value === "train" ? { height: BESIDE_CURVES * projected() } : {}), size: projected(), minRow: leastRow() }));

/** What is painted: the trace, or, after an edit, what the edit changed. Changes are signed, whatever they are changes of. */
export const painted = computed(() => (changes.value && showChanges.value
  ? { picture: { ...picture.value, groups: picture.value.groups.map((group) => ({ ...group, mark: "value" })) },
      shown: { ...trace.value, arrays: changes.value, isChange: true } }
  : { picture: picture.value, shown: trace.value }));

/** Names of the input channels of the experiment on the screen; those beyond carry noise. */
export function channelsOf({ about, shape }) {
  return shape.I < about.inputs.length ? ["value"] : about.inputs;
}

// Where a number stands on the screen: in the picture, and in the diagram.
findPlacesWith((quantity, t_, unit) => {
  const found = [];
  const canvas = document.querySelector("#picture canvas");
  const box = t_ >= 1 && boxOf(picture.value, { quantity, t: t_, unit });
  if (canvas && box) {
    const { left, top } = canvas.getBoundingClientRect();
    found.push({ element: canvas, rect: { left: left + box.x, top: top + box.y, width: box.width, height: box.height } });
  }
  const element = document.querySelector(`.diagram [data-number="${quantity},${t_}"]`);
  if (element) found.push({ element, rect: element.getBoundingClientRect() });
  return found;
});

const px = (lengths) => Object.fromEntries(Object.entries(lengths).map(([name, value]) => [name, `${value}px`]));

export function Score() {
  const frame = useRef(null);
  const canvas = useRef(null);
  const scroller = useRef(null);
  const dragging = useSignal(false);

  // Both before the browser paints: the first it shows has the picture in it, at its size.
  useLayoutEffect(() => {
    // The picture takes the width of its column and, on a wide screen, the height left in the window.
    const measure = () => {
      if (!frame.current || onPaper.value) return;      // paper takes it as it is, enlarged or reduced; and an observer may still have something to say after the end
      const box = frame.current.getBoundingClientRect();
      const wide = matchMedia("(min-width: 1000px)").matches;
      const top = box.top + window.scrollY;
      space.value = { width: scroller.current.clientWidth, height: wide ? Math.max(460, innerHeight - top - 118) : Math.max(430, innerHeight - top - BELOW_ON_PHONE),
        minColumn: wide ? 9 : 13, wide };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current);
    addEventListener("resize", measure);
    measure();
    return () => { observer.disconnect(); removeEventListener("resize", measure); };
  }, []);

  useLayoutEffect(() => effect(() => draw(canvas.current, painted.value.picture, painted.value.shown, shownTheme.value)), []);

  // Keep the play head in sight where the picture is wider than its window.
  useSignalEffect(() => {
    const { column, width } = picture.value;
    const window_ = scroller.current;
    const x = (selection.value.t - 0.5) * column;
    if (width <= window_.clientWidth || dragging.value) return;
    // On a phone it stays in the middle; on a wide screen the picture rests until the play head nears its edge.
    const margin = space.value.wide ? window_.clientWidth / 6 : window_.clientWidth / 2;
    const away = x - window_.scrollLeft;
    if (away < margin || away > window_.clientWidth - margin) window_.scrollLeft = x - window_.clientWidth / 2;
  });

  const at = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return numberAt(picture.value, event.clientX - box.left, event.clientY - box.top);
  };
  const down = (event) => {
    if (event.button !== 0) return;
    pause();
    select(at(event));
    if (event.pointerType === "mouse") {
      dragging.value = true;
      canvas.current.setPointerCapture(event.pointerId);
    }
  };
  const move = (event) => {
    hovered.value = event.pointerType === "mouse" ? at(event) : null;
    if (dragging.value) select(at(event));
  };

  const { groups, width, height, axis, column } = picture.value;
  const place = selection.value;
  const box = boxOf(picture.value, place);
  const veil = playing.value ? (direction() > 0
    ? [place.t * column, 0] : [0, width - (place.t - 1) * column]) : null;          // what it leaves free at the left and at the right

  return (
    <section class="score" ref={frame} aria-label={t("picture.label")} style={{ "--high": height, "--wide": width }}>
      <div class="letters" aria-hidden="true" style={px({ height })}>
        {groups.map((group) => <Label key={group.quantity} group={group} />)}
        <i class="time" style={px({ top: axis + 11 })}>t</i>
      </div>
      <div class="window" ref={scroller}>
        <div id="picture" class="sheet" tabIndex={0} role="application" aria-label={t("picture.named", { title: t("picture.label"), help: t("picture.help") })}
          style={px({ width, height })} onKeyDown={keys}>
          <canvas ref={canvas} onPointerDown={down} onPointerMove={move} onPointerUp={() => { dragging.value = false; }}
            onPointerCancel={() => { dragging.value = false; }} onPointerLeave={() => { hovered.value = null; }} />
          {hiddenFrom.value && (
            <div class="veil full" style={px({ left: (hiddenFrom.value - 1) * column, width: width - (hiddenFrom.value - 1) * column, height: axis })} />)}
          {covers(picture.value).map(({ y, ...cover }) => <div key={y} class="veil cover" style={px({ ...cover, top: y })} />)}
          {veil && <div class="veil" style={{ ...px({ left: 0, width, height: axis }), clipPath: `inset(0 ${veil[1]}px 0 ${veil[0]}px)` }} />}
          <div class="playhead" style={{ transform: `translateX(${(place.t - 1) * column}px)`, ...px({ width: column, height: axis }) }} />
          {operandBoxes(picture.value).map(({ x, y, width: w, height: h }) => (
            <div key={`${x},${y}`} class="operand" style={px({ left: x, top: y, width: w, height: h })} />))}
          {box && <div class="selected" style={{ transform: `translate(${box.x}px, ${box.y}px)`, ...px({ width: box.width, height: box.height }) }} />}
        </div>
      </div>
      <div class="ranges" aria-hidden="true" style={{ ...px({ height }), transform: `translateX(${Math.min(0, width - space.value.width)}px)` }}>
        {painted.value.picture.groups.map((group) => (
          <span key={group.quantity} style={px({ "--middle": group.y + group.height / 2, "--over": group.y })}>{rangeText(group, painted.value.shown)}</span>))}
      </div>
      <p class="visually-hidden" role="status" aria-live="polite">
        {!playing.value && !running.value && trace.value.done !== false && t("announce", { place: placeName(trace.value, place), value: short(numberIn(trace.value, place)) })}
      </p>
    </section>
  );
}

const DOT = 4;                                          // of the output's line, with what surrounds it

/**
 * What hides what is still to come: walking by equation, all that is not computed yet; and in a question the part of the
 * output's line that leads there from the last step that is shown.
 */
function covers({ groups, column, width }) {
  const asked = hiddenFrom.value;
  if (asked) {
    return groups.filter(({ mark }) => mark === "line").map(({ y, height }) => ({ left: (asked - 1.5) * column + DOT, width: column / 2 - DOT, y, height }));
  }
  if (!byEquation.value) return [];
  const order = direction() > 0 ? ORDER.forward : ORDER.backward;
  const { t: now, quantity } = selection.value;
  const at = order.indexOf(quantity);
  if (at < 0) return [];
  return groups.flatMap((group) => {
    const turn = order.indexOf(group.quantity);
    if (turn < 0) return [];
    const there = turn <= at ? 1 : 0;
    const into = group.mark === "line" ? column / 2 - DOT : 0;
    const [left, right] = direction() > 0 ? [Math.max(0, (now - 1 + there) * column - into), width] : [0, (now - there) * column];
    return right > left ? [{ left, width: right - left, y: group.y, height: group.height }] : [];
  });
}

/** Among derivatives a row is called as its quantity, which stands in the same place among the values. */
const rowName = (quantity) => (room.value === "backward" ? quantity.replace(/^d(?=.)/, "").replace(/^z_/, "") : quantity);

function Label({ group }) {
  const chosen = selection.value.quantity === group.quantity;
  const small = group.height < (projector.value ? 50 : 34);     // too low for a fraction
  const flat = small && group.quantity.startsWith("d");
  const classes = ["p", "dy"].includes(group.quantity) && trace.value.about.classes;
  // Where rows are lower than their numbers only the chosen one has room.
  const roomy = classes || group.rowHeight >= (leastRow() ?? 12);
  const numbered = (k) => group.rows > 1 && (roomy || (chosen && selection.value.unit === k + 1));
  return (
    <>
      <span class="name" style={px({ top: group.y })}>{t(`quantity.${rowName(group.quantity)}`)}</span>
      <span class={`letter${chosen ? " chosen" : ""}${flat ? " small" : ""}`} style={px({ top: group.y + group.height / 2 })}>
        <Letter quantity={group.quantity} trace={trace.value} small={small} />
      </span>
      {Array.from({ length: group.rows }, (_, k) => numbered(k) && (
        <span key={k} class={`unit${chosen && selection.value.unit === k + 1 ? " chosen" : ""}${flat ? " beside-flat" : ""}`}
          style={{ ...px({ top: group.y + (k + 0.5) * group.rowHeight }), ...(projector.value && { fontSize: `min(0.82rem, ${group.rowHeight}px)` }) }}>{classes ? visible(trace.value.about.outputs[k]) : k + 1}</span>))}
    </>
  );
}

/** The ends of a row's scale; of one that is outgrown also by how much. */
export function rangeText({ quantity, mark }, shown) {
  if (["opening", "share", "guess"].includes(mark)) return "0–1";
  if (mark === "line" || mark === "symbol" || (quantity === "x" && mark === "bar")) return "";
  const tight = (value) => short(value).replace(" × ", "×");   // beside the picture is room for little more than 0.0123
  return `±${tight(rangeOf(shown, quantity))}${outgrows(shown, quantity) ? `\n${t("picture.most", { most: tight(largest(shown, quantity)) })}` : ""}`;
}

/** Where the operands of the explained number stand in the picture. */
function operandBoxes(shape) {
  const told = explanation.value;
  if (!told || told.t !== selection.value.t || told.quantity !== selection.value.quantity || told.unit !== selection.value.unit) return [];
  const factors = told.lines.flatMap((line) => line.terms)
    .flatMap((term) => [term, ...term.parts]).flatMap((term) => term.factors);
  const boxes = factors.filter(({ t: step_, unit }) => step_ >= 1 && unit).map((factor) => boxOf(shape, factor)).filter(Boolean);
  const apart = [...new Map(boxes.map((box) => [`${box.x},${box.y}`, box])).values()];
  return apart.length > MOST_APART ? joined(apart) : apart;
}

/** Boxes that stand one directly below the other as one. */
function joined(boxes) {
  const inOrder = [...boxes].sort((a, b) => a.x - b.x || a.y - b.y);
  return inOrder.reduce((all, box) => {
    const above = all.at(-1);
    if (above && above.x === box.x && Math.abs(above.y + above.height - box.y) < 0.5) above.height = box.y + box.height - above.y;
    else all.push({ ...box });
    return all;
  }, []);
}

export const moveRows = (by) => select(rowsAway(picture.value, selection.value, by));

export function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    ArrowLeft: () => move(-1), ArrowRight: () => move(1),
    e: () => { byEquation.value = !byEquation.value; },
    ArrowUp: () => moveRows(-1), ArrowDown: () => moveRows(1),
    Home: () => select({ t: 1 }), End: () => select({ t: trace.value.shape.T }),
    " ": toggle,
  };
  if (!actions[event.key]) return;
  event.preventDefault();
  if (event.key !== " ") pause();
  actions[event.key]();
}

/** Paint a picture on a canvas, at the screen's own density. */
export function draw(canvas, shape, shown, theme) {
  const density = densityNow();
  const [w, h] = [Math.round(shape.width * density), Math.round(shape.height * density)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${shape.width}px`;
    canvas.style.height = `${shape.height}px`;
  }
  const ink = inks();
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  paint(context, shape, shown, { theme, signed: onPaper.value, ...ink, faint: ink.line, channels: channelsOf(shown), outputs: shown.about.outputs });
}
