// What the link that was followed says to its reader: a question whose answer is covered, and that controls are hidden.

import { useSignal } from "@preact/signals";
import { answer, hidden, question } from "../../core/handed.js";
import { t } from "../../core/i18n.js";

export const Handed = () => (
  <>
    {question.value && <Question key={question.value} />}
    {hidden.value.size > 0 && (
      <p class="handed-note">{t("handed.hidden")}{" "}
        <button type="button" class="plain" onClick={() => { hidden.value = new Set(); }}>{t("handed.showAll")}</button></p>)}
  </>);

function Question() {
  const open = useSignal(false);
  return (
    <section class="handed" aria-label={t("handed.question")}>
      <p class="handed-text">{question.value}</p>
      {answer.value && (
        <>
          <button type="button" aria-expanded={open.value} onClick={() => { open.value = !open.value; }}>
            {t(open.value ? "handed.hideAnswer" : "handed.showAnswer")}</button>
          <p class="handed-text" role="status">{open.value && answer.value}</p>
        </>)}
    </section>);
}
