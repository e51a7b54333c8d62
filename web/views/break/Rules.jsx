// The damages as switches, in their three groups; set-ups on one click; and the way into the puzzle.

import { SETUPS, setUp } from "../../core/breaking.js";
import { damage, repair, RULES, setRule } from "../../core/damage.js";
import { full } from "../../core/format.js";
import { t } from "../../core/i18n.js";
import { number } from "../../core/numerals.js";
import { another } from "../../core/puzzle.js";
import { refused, schema } from "../../core/state.js";
import { Controls } from "../Controls.jsx";
import { Refusal, Typed } from "../fields.jsx";
import { focusNext } from "../focus.js";
import { ruleName } from "./names.js";
import { bringIntoSight } from "./sight.js";

// Where a set-up's story is told, if it is not at the top.
const SHOWS_IN = { gap: ".memory", tutorial: ".train-on" };

export function Rules({ onClose }) {
  const some = Object.keys(damage.value).length > 0;
  return (
    <div class="rules">
      <button type="button" class="close" onClick={onClose}>{t("controls.close")}</button>
      <div class="setups" role="group" aria-label={t("break.setups")}>
        <h2>{t("break.setups")}</h2>
        {Object.keys(SETUPS).map((name) => (
          <button key={name} type="button" onClick={() => { setUp(name); onClose(); bringIntoSight(SHOWS_IN[name]); }}>{t(`break.setup.${name}`)}</button>))}
        <button type="button" class="find" onClick={() => { focusNext(".puzzle h2"); another(); onClose(); }}>{t("puzzle.begin")}</button>
      </div>
      <p class="buttons"><button type="button" class="repair" disabled={!some} onClick={repair}>{t("break.repair")}</button></p>
      <p data-field="damage"><Refusal field="damage" id="damage-wrong" /></p>
      <p data-field="damage_from"><Refusal field="damage_from" id="damage_from-wrong" /></p>
      {schema.damage.kinds.map((kind) => (
        <fieldset key={kind} class="rule-group">
          <legend>{t(`break.kind.${kind}`)}</legend>
          <p class="note">{t(`break.kind.${kind}.note`)}</p>
          {Object.keys(RULES).filter((name) => RULES[name].kind === kind).map((name) => <Rule key={name} name={name} />)}
        </fieldset>))}
      <details class="network">
        <summary>{t("break.network")}</summary>
        <Controls onClose={onClose} />
      </details>
    </div>
  );
}

function Rule({ name }) {
  const rule = RULES[name];
  const on = Object.hasOwn(damage.value, name);
  const value = damage.value[name];
  const wrong = refused.value?.field === "damage" && refused.value.details?.rule === name;
  const step = rule.whole ? 1 : rule.high > 2 ? 0.1 : 0.05;
  return (
    <div class={on ? "rule on" : "rule"} data-rule={name}>
      <label>
        <input type="checkbox" role="switch" checked={on} aria-describedby={`rule-${name}`}
          onChange={() => setRule(name, on ? null : rule.usual)} />
        <span>{ruleName(name)}</span>
      </label>
      {on && !rule.switch && (
        <div class="amount">
          <input type="range" aria-label={ruleName(name)} min={rule.low} max={Math.min(rule.high, SLIDES[name] ?? rule.high)} step={step} value={value}
            onInput={(event) => setRule(name, Number(event.currentTarget.value))} />
          <Typed type="text" class="number" inputMode="decimal" aria-label={t("break.valueOf", { name: ruleName(name) })} value={typeof value === "number" ? full(value) : value}
            aria-invalid={wrong || undefined} onEnter={(text) => setRule(name, number(text))} />
        </div>)}
      <p class="note" id={`rule-${name}`}>{t(`break.rule.${name}.note`)}</p>
    </div>
  );
}

// How far the sliders of rules without a natural end go; more can be typed.
const SLIDES = { truncated: 24, noise: 2, longer: 5 };
