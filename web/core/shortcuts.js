// Keys that work wherever the focus stands. Where something is being typed they are the text field's own.

import { redo, undo } from "./edits.js";

const TYPING = "textarea, select, [contenteditable], input:not([type=range]):not([type=checkbox]):not([type=radio])";

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
    const what = asked(event);
    if (!what) return;
    event.preventDefault();
    actions[what]();
  });
}
