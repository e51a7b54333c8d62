// Keys that work wherever the focus stands. Where something is being typed they are the text field's own.

import { redo, undo } from "./edits.js";
import { direction, move, pause } from "./player.js";
import { projector } from "./state.js";
import { goTo, lesson, tourStep } from "./tour.js";

const TYPING = "textarea, select, [contenteditable], input:not([type=range]):not([type=checkbox]):not([type=radio])";

/** Whether Page Down would scroll something where the focus stands. */
function scrolls() {
  for (let at = document.activeElement; at && at !== document.body; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(at).overflowY)) return true;
  }
  return document.scrollingElement.scrollHeight > innerHeight + 1;
}

/** Which way a key leads: 1 onwards, -1 back. A clicker sends Page Down and Page Up; the walk goes on by arrows, too. */
function way({ key, ctrlKey, metaKey, altKey, shiftKey, target, defaultPrevented }) {
  if (defaultPrevented || ctrlKey || metaKey || altKey || shiftKey || document.querySelector("dialog[open]") || target.closest?.(TYPING)) return 0;
  const page = { PageDown: 1, PageUp: -1 }[key] ?? 0;
  if (lesson.value) return page || (target.closest?.("input") ? 0 : { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0);
  return page && (projector.value || target.closest?.("#picture") || !scrolls()) ? page : 0;
}

/** In the walk its next card, else the pass's next step. */
function go(by) {
  if (!lesson.value) { pause(); return move(by * direction()); }
  if (by > 0 && document.querySelector(".tour [data-answer]")) return undefined;       // a question is answered first
  return tourStep.value + by >= 0 && goTo(tourStep.value + by);
}

/** What a key event asks for: "undo", "redo", "help" or null. */
function asked({ key, ctrlKey, metaKey, altKey, shiftKey, target, defaultPrevented }) {
  if (defaultPrevented || altKey || target.closest?.(TYPING) || document.querySelector("dialog[open]")) return null;
  if (!ctrlKey && !metaKey) return key === "?" ? "help" : null;
  if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  return key.toLowerCase() === "y" && ctrlKey && !shiftKey ? "redo" : null;
}

/** @param help  opens the list of keys */
export function listen(help) {
  const actions = { undo, redo, help };
  addEventListener("keydown", (event) => {
    const by = way(event);
    if (by) { event.preventDefault(); go(by); return; }
    const what = asked(event);
    if (!what) return;
    event.preventDefault();
    actions[what]();
  });
}
