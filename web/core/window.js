// What kind of window the page stands in. The same conditions are in styles/small.css.

import { signal } from "@preact/signals";

function matching(condition) {
  const list = matchMedia(condition);
  const now = signal(list.matches);
  list.addEventListener("change", (event) => { now.value = event.matches; });
  return now;
}

/** The inspector is a sheet from below, and the experiment stands behind a button: a phone, upright or on its side. */
export const onPhone = matching("screen and (max-width: 799px), screen and (max-width: 999px) and (max-height: 499px)");
/** So low that the sheet at rest has one line: a phone on its side, or a laptop's window at 200 %. */
export const isLow = matching("screen and (max-height: 499px)");
/** Of the height that a laptop's window has, or lower, and wider than a phone. */
export const isLaptop = matching("screen and (min-width: 800px) and (max-height: 999px)");
/** Worked with a finger. */
export const byTouch = matching("(hover: none) and (pointer: coarse)");
/** On paper, which is white; see views/paper.js. */
export const onPaper = signal(false);
