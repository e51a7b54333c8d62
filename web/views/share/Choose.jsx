// Which controls the link shows. What can be chosen is what stands on the page: its parts, and in them each single control.

import { useLayoutEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { PARTS } from "../../core/handed.js";
import { t } from "../../core/i18n.js";

/** The controls in a part of the page, by name: fields of the experiment, or damages. */
function controlsIn(place) {
  const found = new Map();
  for (const element of document.querySelectorAll(place)) {
    for (const control of element.querySelectorAll(".field[data-field], [data-rule]")) {
      const { field, rule } = control.dataset;
      found.set(rule ?? field, rule ? `break.rule.${rule}` : `field.${field}`);
    }
  }
  return [...found];
}

// The four groups are inside the experiment; where there are none, as in Break, its controls are chosen one by one.
const GROUPS = ["sequence", "network", "training", "backward"];

export function Choose({ hidden }) {
  const controls = useSignal({});
  // Before the list is seen, so that nothing moves in it when somebody clicks.
  useLayoutEffect(() => {
    const inGroups = Object.fromEntries(GROUPS.map((part) => [part, controlsIn(PARTS[part])]).filter(([, some]) => some.length));
    controls.value = Object.keys(inGroups).length ? inGroups : { experiment: controlsIn(PARTS.experiment) };
  }, []);
  const set = (names, shown) => {
    const next = new Set(hidden.value);
    for (const name of names) if (shown) next.delete(name); else next.add(name);
    hidden.value = next;
  };
  const box = (name, label, off = false) => (
    <label key={name}><input type="checkbox" data-show={name} checked={!off && !hidden.value.has(name)} disabled={off}
      onChange={(event) => set([name], event.currentTarget.checked)} /> {label}</label>);
  const parts = Object.keys(PARTS).filter((part) => !GROUPS.includes(part) || controls.value[part]);
  return (
    <fieldset class="choose">
      <legend>{t("share.show")}</legend>
      <p class="note">{t("share.show.note")}</p>
      <div class="buttons">
        <button type="button" onClick={() => { hidden.value = new Set(); }}>{t("share.show.all")}</button>
        <button type="button" onClick={() => set(parts, false)}>{t("share.show.none")}</button>
      </div>
      <ul>
        {parts.map((part) => {
          const off = GROUPS.includes(part) && hidden.value.has("experiment");
          const gone = off || hidden.value.has(part);
          return (
            <li key={part}>
              {box(part, t(`share.part.${part}`), off)}
              {controls.value[part]?.length > 0 && (
                <details class="single">
                  <summary>{t("share.show.single", { part: t(`share.part.${part}`) })}</summary>
                  <div class="singles">{controls.value[part].map(([name, label]) => box(name, t(label), gone))}</div>
                </details>)}
            </li>);
        })}
      </ul>
    </fieldset>);
}
