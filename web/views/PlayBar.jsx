// The play head's controls, the step it stands at, and the number under the pointer.

import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { direction, pause, playing, toggle } from "../core/player.js";
import { select, selection, step, trace } from "../core/store.js";
import { numberIn } from "../core/trace.js";
import { Icon } from "./Icon.jsx";
import { hovered } from "./Score.jsx";
import { placeName } from "./symbols.jsx";

export function PlayBar() {
  const { T } = trace.value.shape;
  const now = selection.value.t;
  const button = (icon, label, action, disabled) => (
    <button type="button" class="icon" aria-label={t(label)} title={t(label)} disabled={disabled}
      onClick={() => { pause(); action(); }}><Icon name={icon} /></button>);
  return (
    <div class="playbar">
      {button("first", "play.first", () => select({ t: 1 }), now === 1)}
      {button("left", "play.back", () => step(-1), now === 1)}
      <button type="button" class="icon primary" aria-label={t(playing.value ? "play.pause" : "play.play")}
        title={t(playing.value ? "play.pause" : "play.play")} onClick={toggle}>
        <Icon name={playing.value ? "pause" : direction() > 0 ? "play" : "playLeft"} />
      </button>
      {button("right", "play.forward", () => step(1), now === T)}
      {button("last", "play.last", () => select({ t: T }), now === T)}
      <input type="range" class="scrub" min="1" max={T} value={now} aria-label={t("table.step")}
        onInput={(event) => { pause(); select({ t: Number(event.currentTarget.value) }); }} />
      <output class="now">{t("play.step", { t: now, T })}</output>
      <output class="hovered" aria-hidden="true">
        {hovered.value && t("announce", { place: placeName(trace.value, hovered.value), value: short(numberIn(trace.value, hovered.value)) })}
      </output>
    </div>
  );
}
