// The colours that canvases share with the style sheets. To ask for one in the middle of a change costs a new layout of
// all styles, so each look of the page is asked once.

import { projector, shownTheme } from "../core/state.js";
import { onPaper } from "../core/window.js";

const PAPER = 3;

/** Canvas pixels for each of the page's. */
export const densityNow = () => (onPaper.value ? PAPER : window.devicePixelRatio || 1);

const NAMES = ["ink", "open", "empty", "line", "muted", "target", "paper"];
const kept = new Map();

/** {ink, open, empty, ...}: the variables of styles/base.css as they are now. */
export function inks() {
  const look = `${shownTheme.value} ${projector.value}`;
  if (kept.has(look)) return kept.get(look);
  const root = document.documentElement;
  const variables = getComputedStyle(root);
  const found = Object.fromEntries(NAMES.map((name) => [name, variables.getPropertyValue(`--${name}`).trim()]));
  // The page's look changes a moment after what it is said to be.
  if (root.dataset.theme === shownTheme.value && root.hasAttribute("data-projector") === projector.value) kept.set(look, found);
  return found;
}
