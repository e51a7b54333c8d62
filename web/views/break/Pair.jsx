// Before and after, side by side in the same places or, where one is too long for that, above each other; or their difference.

import { effect, signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { before, waiting } from "../../core/breaking.js";
import { t } from "../../core/i18n.js";
import { engine } from "../../core/requests.js";
import { isRecording, trace } from "../../core/state.js";
import { unpack } from "../../core/trace.js";
import { Legend } from "../Legend.jsx";
import { called } from "./Numbers.jsx";
import { asChange, Picture, pictureOf, useRoom } from "./Picture.jsx";

const difference = signal(false);

export function Pair() {
  const { frame, free, half, phone } = useRoom();
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
            {whole && <Picture shown={whole} width={each} title={called("before")} letters ranges={stacked} />}
            <Picture shown={broken} width={each} title={isRecording.value ? t("break.recorded") : called("after")} letters={stacked || !whole} ranges selectable faded={waiting.value} />
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
      const isOfThis = answer?.arrays?.h && JSON.stringify(answer.experiment) === JSON.stringify(now.experiment);
      if (isOfThis && before.value === of && trace.value === now) {
        changed.value = { ...now, arrays: { ...now.arrays, ...unpack(answer.arrays, answer.data) }, isChange: true };
      }
    });
  }), []);
  if (!changed.value) return null;
  return (
    <>
      <Picture shown={changed.value} width={width} title={t("break.afterMinusBefore")} letters ranges selectable />
      <Legend of={{ picture: asChange(pictureOf(changed.value.shape, width)), shown: changed.value }} />
    </>);
}
