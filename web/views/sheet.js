// On a phone the inspector is a sheet of three heights, and the experiment another one that opens over it. Where they stand,
// and that each begins at its top whenever it shows something else.

import { effect, signal } from "@preact/signals";
import { onPhone } from "../core/window.js";
import { report, room, selection } from "../core/state.js";

const HEIGHTS = ["peek", "half", "full"];
export const sheet = signal("peek");
export const controlsOpen = signal(false);

/** One height more (1) or less (-1). */
export function resize(by) {
  sheet.value = HEIGHTS[Math.min(HEIGHTS.length - 1, Math.max(0, HEIGHTS.indexOf(sheet.value) + by))];
}

const toTop = (selector) => document.querySelector(selector)?.scrollTo(0, 0);

/** Run `action` whenever what `of` reads changes, not at first. */
function whenever(of, action) {
  let begun = false;
  let last;
  effect(() => {
    const now = of();
    if (begun && now !== last) action(now);
    [begun, last] = [true, now];
  });
}

whenever(() => room.value, () => {
  for (const column of ["main", ".left", ".right"]) toTop(column);
  window.scrollTo(0, 0);
});
whenever(() => selection.value, () => { if (onPhone.value) toTop(".right"); });
whenever(() => sheet.value, () => toTop(".right"));

// The table of a check stands at the top of its column or sheet, where it should be seen; on a tablet below the picture.
whenever(() => report.value?.rows ?? null, (asked) => {
  if (!asked) return;
  sheet.value = "full";
  controlsOpen.value = false;
  toTop(".right");
  requestAnimationFrame(() => document.querySelector(".check")?.scrollIntoView({ block: "nearest" }));
});

// What a slider changes stands above the sheet that the slider is in.
whenever(() => onPhone.value && controlsOpen.value, (open) => {
  if (open) requestAnimationFrame(() => document.querySelector(".curves, .score, .pair")?.scrollIntoView({ block: "start" }));
});
