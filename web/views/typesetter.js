// KaTeX and those of its fonts that every formula here needs. Until they are there formulas are plain text; nobody waits long.

import { computed, signal } from "@preact/signals";
import { Part } from "../core/part.js";

const PATIENCE_MS = 3000;

const fonts = () => Promise.allSettled(["KaTeX_Math", "KaTeX_Main"].map((name) => document.fonts.load(`1em ${name}`)));

export const typesetter = new Part("views/katex.js", async () => (await Promise.all([import("./katex.js"), fonts()]))[0]);

const late = signal(false);
/** Whether formulas will not change their size soon: what is built around them can be shown. */
export const isSet = computed(() => Boolean(typesetter.module.value) || typesetter.failed.value || late.value);

export function bringTypesetter() {
  setTimeout(() => { late.value = true; }, PATIENCE_MS);
  return typesetter.want();
}
