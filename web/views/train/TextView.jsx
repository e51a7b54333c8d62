// A text as the network reads and writes it: every letter coloured by one unit's state, and under it that state as a bar.

import { signal, useComputed } from "@preact/signals";
import { useId } from "preact/hooks";
import { colourOf, css, readable, STOPS } from "../../core/colour.js";
import { full, short } from "../../core/format.js";
import { percent, t } from "../../core/i18n.js";
import { asText, colouredBy, draw, found, passage, prompt, refusedWriting, temperature, written } from "../../core/reading.js";
import { refusal } from "../../core/refusal.js";
import { select } from "../../core/selection.js";
import { isRecording, shownTheme, trace } from "../../core/state.js";
import { Typed, Whole } from "../fields.jsx";
import { Icon } from "../Icon.jsx";
import { named, written as withWidth } from "../paint.js";
import { Tex } from "../Tex.jsx";
import { asking } from "../notes.js";

const pointed = signal(null);                           // {of, place}: the letter under pointer, finger or keys

/** As text, or as gates of a piece of it. */
export function TextChoice() {
  return (
    <p class="text-choice" role="group" aria-label={t("text.choice")}>
      <button type="button" class="plain" aria-pressed={asText.value} onClick={() => { asText.value = true; }}>{t("text.asText")}</button>
      <button type="button" class="plain" aria-pressed={!asText.value} onClick={() => { asText.value = false; }}>{t("text.asGates")}</button>
    </p>
  );
}

export function TextView() {
  const by = colouredBy.value;
  const shown = passage.value;
  if (isRecording.value || !shown) return <p class="note text-view">{asking()}</p>;
  const range = rangeOf([shown, written.value], by);
  return (
    <section class="text-view" aria-label={t("text.label")}>
      <ColouredBy by={by} range={range} />
      <div class="texts">
        <figure>
          <figcaption>{t(shown.heldFrom > 0 ? "text.readsPartly" : "text.reads", { from: shown.heldFrom + 1 })}</figcaption>
          <Letters name="passage" shown={shown} by={by} range={range} label={t("text.readsLabel")} />
        </figure>
        <figure>
          <figcaption>{t("text.writes")}</figcaption>
          <Asked />
          {written.value && <Letters name="written" shown={written.value} by={by} range={range} label={t("text.writesLabel")} />}
        </figure>
      </div>
      <Reading by={by} />
      <Followers />
    </section>
  );
}

/** The units that follow something in the text, each with the number that says so. */
function Followers() {
  const told = found.value;
  const by = colouredBy.value;
  return (
    <div class="followers">
      <h3>{t("text.followers")}</h3>
      {told && told.found.length === 0 && <p class="note">{t("text.noFollowers")}</p>}
      <ul>
        {told?.found.map(({ trait, quantity, unit, correlation, chance }) => (
          <li key={trait}>
            <button type="button" class={Math.abs(correlation) > 2 * chance ? "follower" : "follower weak"} aria-pressed={by.quantity === quantity && by.unit === unit}
              data-trait={trait} data-correlation={correlation} onClick={() => select({ quantity, unit })}>
              <span class="trait">{t(`trait.${trait}`)}</span>
              <span class="who"><Tex>{`${quantity}_{${unit}}`}</Tex></span>
              <span class="r"><i aria-hidden="true"><b class={correlation < 0 ? "negative" : ""} style={{ width: `${50 * Math.abs(correlation)}%` }} />
                <u style={{ width: `${100 * chance}%`, left: `${50 - 50 * chance}%` }} /></i>{short(correlation)}</span>
            </button></li>))}
      </ul>
      {told && told.found.length > 0 && <p class="note">{t("text.correlation", { count: told.count })}</p>}
    </div>
  );
}

function ColouredBy({ by, range }) {
  const id = useId();
  return (
    <p class="coloured-by">
      <label for={`${id}-quantity`}>{t("text.colouredBy")}</label>{" "}
      <select id={`${id}-quantity`} value={by.quantity} onChange={(event) => select({ quantity: event.currentTarget.value, unit: by.unit })}>
        {["c", "h"].map((name) => <option key={name} value={name}>{t("announce", { place: name, value: t(`quantity.${name}`) })}</option>)}
      </select>{" "}
      <label for={`${id}-unit`}>{t("text.ofUnit")}</label>{" "}
      <Whole id={`${id}-unit`} label={t("text.ofUnit")} value={by.unit} low={1} high={trace.value.shape.H}
        onEnter={(unit) => select({ quantity: by.quantity, unit })} />
      <span class="scale"><span>{short(-range)}</span>
        <i aria-hidden="true" style={{ background: `linear-gradient(90deg in oklab, ${STOPS[shownTheme.value].join(", ")})` }} /><span>{short(range)}</span></span>
      <span class="note">{t("text.bar")}</span>
    </p>
  );
}

function Asked() {
  const id = useId();
  return (
    <div class="asked">
      <label for={`${id}-prompt`}>{t("text.prompt")}</label>
      <Typed id={`${id}-prompt`} type="text" maxLength={200} value={prompt.value} placeholder={t("text.promptNone")} aria-describedby={`${id}-wrong`}
        aria-invalid={refusedWriting.value?.field === "prompt" || undefined} onEnter={(text) => { prompt.value = text; }} />
      <span class="together">
        <label for={`${id}-temperature`}>{t("text.temperature")}</label>
        <input id={`${id}-temperature`} type="range" min="0" max="2" step="0.1" value={temperature.value} aria-valuetext={String(temperature.value)}
          onChange={(event) => { temperature.value = Number(event.currentTarget.value); }} />
        <output>{temperature.value.toFixed(1)}</output>
      </span>
      <button type="button" class="icon small" aria-label={t("text.another")} title={t("text.another")} onClick={() => { draw.value += 1; }}><Icon name="dice" /></button>
      <span id={`${id}-wrong`} class="refusal" role="alert">{refusedWriting.value && refusal(refusedWriting.value)}</span>
    </div>
  );
}

/** Letters with their state; pointer, finger and arrow keys read one. */
function Letters({ name, shown, by, range, label }) {
  const theme = shownTheme.value;
  const place = useComputed(() => (pointed.value?.of === name ? pointed.value.place : null));
  const values = shown[by.quantity].map((state) => state[by.unit - 1]);
  const at = (event) => {
    const k = event.target.closest?.("[data-k]")?.dataset.k;
    if (k !== undefined) pointed.value = { of: name, place: Number(k) };
  };
  const keys = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    pointed.value = { of: name, place: Math.max(0, Math.min(shown.letters.length - 1, (place.value ?? -1) + step)) };
  };
  return (
    <div class="letters-read" data-text={name} data-updates={shown.updates} tabIndex={0} role="application" aria-label={t("picture.named", { title: label, help: t("text.keys") })}
      onPointerOver={at} onPointerDown={at} onKeyDown={keys} onFocus={() => { if (place.value === null) pointed.value = { of: name, place: 0 }; }}>
      {shown.letters.map((letter, k) => {
        const value = values[k];
        const rgb = colourOf(value, range, theme);
        const style = { background: rgb ? css(rgb) : undefined, color: rgb ? readable(rgb) : undefined, "--size": Math.min(1, Math.abs(value) / range).toFixed(3) };
        const classes = `ch${value < 0 ? " down" : ""}${k < shown.heldFrom ? " learnt" : ""}${k < shown.prompted ? " prompted" : ""}${place.value === k ? " here" : ""}`;
        return <i key={k} class={classes} data-k={k} data-value={value} style={style}>{withWidth(letter)}</i>;
      })}
    </div>
  );
}

/** The number of the letter that is pointed at, and what was foretold there. */
function Reading({ by }) {
  const { of, place } = pointed.value ?? {};
  const shown = of === "written" ? written.value : passage.value;
  const letter = shown?.letters[place];
  if (letter === undefined) return <p class="text-reading" role="status">{t("text.pointAt")}</p>;
  const value = shown[by.quantity][place][by.unit - 1];
  const foretold = of === "passage" && Number.isFinite(shown.pNext[place]);
  const inPercent = (share) => percent(share, share < 0.1 ? 1 : 0);
  return (
    <p class="text-reading" role="status">
      <b>{named(letter)}</b> {t("text.place", { place: place + 1 })}{"  "}
      <Tex>{`${by.quantity}_{${by.unit}}`}</Tex> = <span data-number="state" title={full(value)}>{short(value)}</span>
      {foretold && <span class="foretold"> {t(shown.guess[place] === shown.letters[place + 1] ? "text.foretoldRight" : "text.foretold",
        { guess: named(shown.guess[place]), share: inPercent(shown.pGuess[place]), next: named(shown.letters[place + 1] ?? ""), chance: inPercent(shown.pNext[place]) })}</span>}
    </p>
  );
}

/** The ends of the colour scale: h lies between -1 and 1; of c the largest on the screen. */
function rangeOf(texts, { quantity, unit }) {
  if (quantity === "h") return 1;
  return texts.reduce((most, shown) => (shown ? shown.c.reduce((sofar, state) => Math.max(sofar, Math.abs(state[unit - 1])), most) : most), 1e-12);
}
