// The keys that hold everywhere on the page. Those of the picture and of a field belong to these.

import { redo, undo } from "./edits.js";

// Where letters are typed, going back is the browser's and takes back letters.
const TYPED = "textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button])";

/** Ctrl+Z (on a Mac Command+Z) goes back one experiment; with Shift, or Ctrl+Y, forth. */
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest?.(TYPED)) return;
  const key = event.key.toLowerCase();
  const go = key === "z" ? (event.shiftKey ? redo : undo) : key === "y" && !event.shiftKey ? redo : null;
  if (!go) return;
  event.preventDefault();
  go();
});
