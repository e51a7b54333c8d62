// What is said above all rooms of the link that was followed, and of what was refused.

import { inRow, sentences, t } from "../core/i18n.js";
import { isTrouble, nameOf, refusal } from "../core/refusal.js";
import { linkNotes, linkRefused, refused, room, trace } from "../core/state.js";

// In the order in which they are said, what is lost last.
const NOTES = ["encoded", "entities", "query", "lead", "broken", "signs", "tracking", "trailing", "cut"];

const WRITTEN = { tracking: (names) => inRow(names.split(", ")), cut: (names) => inRow(names.split(", ").map(nameOf)) };

/** What had to be mended of a link, and what of it is lost. */
export function LinkNote() {
  const notes = linkNotes.value;
  const said = NOTES.filter((code) => Object.hasOwn(notes, code)).map(
    (code) => t(`changed.${code}`, { what: WRITTEN[code]?.(notes[code]) ?? notes[code] }));
  return said.length > 0 && (
    <p class={"cut" in notes ? "link-note refusal" : "link-note"} role="status"><span>{sentences([t("changed"), ...said])}</span>{" "}
      <button type="button" class="plain" onClick={() => { linkNotes.value = {}; }}>{t("check.close")}</button></p>);
}

/** A refusal where its field is out of sight; that of a link everywhere, with what is on the screen instead. */
export function RefusedNote() {
  const wrong = refused.value;
  if (!wrong || (room.value === "train" && wrong.code === "diverged")) return null;       // which that room tells itself
  const ofLink = wrong === linkRefused.value;
  const told = ofLink ? t("refused.link", { sentence: refusal(wrong) }) : refusal(wrong);
  return (
    <p class={ofLink || isTrouble(wrong) || room.value === "break" ? "refused-note shown" : "refused-note"} role="alert">
      {ofLink || isTrouble(wrong) ? sentences([told, shown()]) : told}</p>);
}

/** Which experiment is on the screen, in place of the one that was refused. */
function shown() {
  const { task, hidden_size: units, updates } = trace.value.experiment;
  return t("refused.shown", { task: t(`task.${task}`), units, steps: trace.value.shape.T, updates });
}
