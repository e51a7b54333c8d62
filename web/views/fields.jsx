// The controls' building blocks. Each shows what is wanted, and under itself what is wrong with it.

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { t } from "../core/i18n.js";
import { number } from "../core/numerals.js";
import { refusal } from "../core/refusal.js";
import { change } from "../core/requests.js";
import { refused, schema, wanted } from "../core/state.js";
import { Icon } from "./Icon.jsx";

/** The sentence under a field, if its value is the one that was refused. */
export function Refusal({ field, id }) {
  const wrong = refused.value?.field === field ? refused.value : null;
  return <span id={id} class="refusal" role="alert">{wrong && refusal(wrong)}</span>;
}

const invalid = (field) => (refused.value?.field === field ? true : undefined);

/** What is being typed stays until it is entered or left, however often the page is told of a training meanwhile. */
export function Typed({ as: Box = "input", value, onEnter, ...rest }) {
  const typed = useSignal(null);
  return (
    <Box {...rest} value={typed.value ?? value} onInput={(event) => { typed.value = event.currentTarget.value; }}
      onChange={(event) => { typed.value = null; onEnter(event.currentTarget.value); }} onBlur={() => { typed.value = null; }} />
  );
}

/** A slider with its number beside it, which can be typed. */
export function Slider({ field, step = 1, min, max }) {
  const id = useId();
  const [low, high] = schema.sliders[field] ?? [min, max];
  const value = wanted.value[field];
  return (
    <div class="field" data-field={field}>
      <label for={id}>{t(`field.${field}`)}</label>
      <input type="range" aria-label={t(`field.${field}`)} min={low} max={high} step={step} value={value}
        onInput={(event) => change({ [field]: Number(event.currentTarget.value) })} />
      <Typed id={id} class="number" type="text" inputMode="decimal" value={value} aria-invalid={invalid(field)} aria-describedby={`${id}-wrong`}
        onEnter={(text) => change({ [field]: number(text) })} />
      <Refusal field={field} id={`${id}-wrong`} />
    </div>
  );
}

/** One of the first thousand seeds that is not this one. */
function otherThan(seed) {
  const drawn = Math.floor(Math.random() * 999);
  return drawn < seed ? drawn : drawn + 1;
}

/** A number with a button for another one. */
export function Seed({ field }) {
  const id = useId();
  return (
    <div class="field" data-field={field}>
      <label for={id}>{t(`field.${field}`)}</label>
      <button type="button" class="icon small" title={t("controls.another")} aria-label={t("controls.anotherLabel", { name: t(`field.${field}`) })}
        onClick={() => change({ [field]: otherThan(wanted.value[field]) })}><Icon name="dice" /></button>
      <Typed id={id} class="number" type="text" inputMode="numeric" value={wanted.value[field]} aria-invalid={invalid(field)}
        aria-describedby={`${id}-wrong`} onEnter={(text) => change({ [field]: number(text) })} />
      <Refusal field={field} id={`${id}-wrong`} />
    </div>
  );
}

/** A number that spans decades. `value` is what stands there, if it is not the experiment's own. */
export function NumberField({ field, value = wanted.value[field] }) {
  const id = useId();
  return (
    <div class="field" data-field={field}>
      <label for={id}>{t(`field.${field}`)}</label>
      <Typed id={id} class="number wide" type="text" inputMode="decimal" value={value} aria-invalid={invalid(field)}
        aria-describedby={`${id}-wrong`} onEnter={(text) => change({ [field]: number(text) })} />
      <Refusal field={field} id={`${id}-wrong`} />
    </div>
  );
}

/** A whole number that is no field of the experiment, such as an index; the arrow keys go one up or down. */
export function Whole({ id, label, value, low, high, onEnter }) {
  const wrong = useSignal(null);                        // {text, beside}: what was typed while it was `beside`
  const wrongId = useId();
  const fits = (entered) => Number.isInteger(entered) && entered >= low && entered <= high;
  const enter = (text) => {
    const entered = number(text);
    wrong.value = fits(entered) ? null : { text, beside: value };
    if (fits(entered)) onEnter(entered);
  };
  const said = wrong.value?.beside === value ? wrong.value.text : null;
  return (
    <>
      <Typed id={id} type="text" inputMode="numeric" value={value} aria-label={label} aria-invalid={said === null ? undefined : true} aria-describedby={wrongId}
        onEnter={enter} onKeyDown={(event) => {
          const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (!by) return;
          event.preventDefault();
          if (fits(value + by)) onEnter(value + by);
        }} />
      <span id={wrongId} class="refusal" role="alert">{said !== null && t("refused.integer.between", { name: label, got: `'${said}'`, low, high })}</span>
    </>
  );
}

/** One of a few. */
export function Choice({ field, options, groups, wide, label = (option) => t(`${field}.${option}`), onChoose }) {
  const id = useId();
  const choose = onChoose ?? ((value) => change({ [field]: value }));
  const known = options.includes(wanted.value[field]);
  return (
    <div class={wide ? "field tall" : "field"} data-field={field}>
      <label for={id} class={wide ? "visually-hidden" : undefined}>{t(`field.${field}`)}</label>
      <select id={id} value={known ? wanted.value[field] : ""} aria-invalid={invalid(field)} aria-describedby={`${id}-wrong`}
        onChange={(event) => choose(event.currentTarget.value)}>
        {!known && <option value="">{String(wanted.value[field])}</option>}
        {groups ? Object.entries(groups).map(([group, members]) => (
          <optgroup key={group} label={t(`${field}.group.${group}`)}>
            {members.map((option) => <option key={option} value={option}>{label(option)}</option>)}
          </optgroup>)) : options.map((option) => <option key={option} value={option}>{label(option)}</option>)}
      </select>
      <Refusal field={field} id={`${id}-wrong`} />
    </div>
  );
}
