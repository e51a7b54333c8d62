// What a set-up brings into sight: at once, and again as its curves come and the page grows, unless a hand has moved it meanwhile.

import { useEffect } from "preact/hooks";

let wanted = null;
for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) addEventListener(type, () => { wanted = null; }, { capture: true, passive: true });

/** @param selector  of what is to be seen; none for what stands at the top */
export function bringIntoSight(selector) {
  wanted = selector ?? null;
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  document.querySelector(selector ?? ".break-caption")?.scrollIntoView({ behavior, block: "start" });
}

/** In what is to be seen: `grown` says what of it has come. */
export function useSight(selector, grown) {
  useEffect(() => { if (wanted === selector) bringIntoSight(selector); }, [selector, ...grown]);
}
