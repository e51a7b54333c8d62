// The card of the first visit's walk, in the place of the caption.

import { useLayoutEffect, useRef } from "preact/hooks";
import { short } from "../core/format.js";
import { t } from "../core/i18n.js";
import { trace } from "../core/state.js";
import { answer, goTo, leaveTour, LENGTH, lesson, predict, tourStep } from "../core/tour.js";
import { numberIn } from "../core/trace.js";

export function Tour() {
  const { text, numbers = {}, question } = lesson.value;
  const values = Object.fromEntries(Object.entries(numbers).map(([name, place]) => [name, short(numberIn(trace.value, place))]));
  const open = question && !answer.value;
  const last = tourStep.value === LENGTH - 1;
  const card = useRef(null);
  // Who starts it or goes on from further down the page has its words before the eyes, and the way on under the hand.
  useLayoutEffect(() => {
    card.current.scrollIntoView({ block: "nearest" });
    card.current.querySelector(".chosen").focus({ preventScroll: true });
  }, [tourStep.value, answer.value]);
  return (
    <div class="tour" ref={card} role="region" aria-label={t("tour.label")} aria-live="polite">
      <p>{t(text, values)} {question && <Answer {...question} />}</p>
      <p class="buttons">
        {open ? ["rise", "fall"].map((what) => <button key={what} type="button" class="chosen" data-answer={what} onClick={() => predict(what)}>{t(`tour.${what}`)}</button>)
          : <button type="button" class="chosen" onClick={() => goTo(tourStep.value + 1)}>{t(last ? "tour.done" : "tour.next")}</button>}
        {tourStep.value > 0 && <button type="button" class="plain" onClick={() => goTo(tourStep.value - 1)}>{t("tour.back")}</button>}
        <button type="button" class="plain" onClick={leaveTour}>{t("tour.leave")}</button>
        <small>{t("tour.place", { step: tourStep.value + 1, of: LENGTH })}</small>
      </p>
    </div>
  );
}

/** What happened. Before the question is answered it only keeps its place, so that what stands below does not move. */
function Answer({ quantity, unit, from, to }) {
  const [before, after] = [from, to].map((step) => numberIn(trace.value, { quantity, unit, t: step }));
  const happened = after > before ? "rise" : "fall";
  const what = t(`tour.happened.${happened}`, { before: short(before), after: short(after) });
  const said = (right) => `${t(right ? "tour.right" : "tour.wrong")} ${what}`;
  if (answer.value) return <strong>{said(answer.value === happened)}</strong>;
  const [one, other] = [said(true), said(false)];
  return <strong class="gone" aria-hidden="true">{one.length > other.length ? one : other}</strong>;
}
