// The play head's controls, with a finger also the way to other rows, the step it stands at, and the number under the pointer.

import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { byEquation, direction, move, pause, playing, speed, SPEEDS, toggle } from "../core/player.js";
import { select } from "../core/selection.js";
import { selection, trace } from "../core/state.js";
import { nearest, numberIn } from "../core/trace.js";
import { Icon } from "./Icon.jsx";
import { onPhone } from "../core/window.js";
import { hovered, moveRows } from "./Score.jsx";
import { placeName } from "./symbols.jsx";

export function PlayBar() {
  const { T } = trace.value.shape;
  const now = selection.value.t;
  const ends = (t_) => !byEquation.value && now === t_;
  const button = (icon, label, action, disabled) => (
    <button type="button" class="icon" aria-label={t(label)} title={t(label)} disabled={disabled}
      onClick={() => { pause(); action(); }}><Icon name={icon} /></button>);
  return (
    <div class="playbar">
      {button("first", "play.first", () => select({ t: 1 }), now === 1)}
      {button("left", "play.back", () => move(-1), ends(1))}
      <button type="button" class="icon primary" aria-label={t(playing.value ? "play.pause" : "play.play")}
        title={t(playing.value ? "play.pause" : "play.play")} onClick={toggle}>
        <Icon name={playing.value ? "pause" : direction() > 0 ? "play" : "playLeft"} />
      </button>
      {button("right", "play.forward", () => move(1), ends(T))}
      {onPhone.value && <>
        {button("up", "play.up", () => moveRows(-1))}
        {button("down", "play.down", () => moveRows(1))}
      </>}
      {button("last", "play.last", () => select({ t: T }), now === T)}
      <input type="range" class="scrub" min="1" max={T} value={now} aria-label={t("table.step")}
        onInput={(event) => { pause(); select({ t: Number(event.currentTarget.value) }); }} />
      <label class="by"><span class="visually-hidden">{t("play.by")}</span>
        <select value={byEquation.value ? "equation" : "step"} onChange={(event) => { byEquation.value = event.currentTarget.value === "equation"; }}>
          {["step", "equation"].map((name) => <option key={name} value={name}>{t(`play.by.${name}`)}</option>)}
        </select></label>
      <label class="by"><span class="visually-hidden">{t("play.speed")}</span>
        <select value={speed.value} onChange={(event) => { speed.value = Number(event.currentTarget.value); }}>
          {SPEEDS.map((factor) => <option key={factor} value={factor}>{factor}×</option>)}
        </select></label>
      <output class="now">{t("play.step", { t: now, T })}</output>
    </div>
  );
}

/** The number under a resting pointer. */
export function Hovered() {
  const place = hovered.value && nearest(trace.value, hovered.value);
  return (
    <p class="hovered" aria-hidden="true">
      {place ? t("announce", { place: placeName(trace.value, place), value: short(numberIn(trace.value, place)) }) : "\u00a0"}
    </p>);
}
