// What a link hands over beside the experiment: a question with its answer, and which controls are out of sight.

import { computed, effect, signal } from "@preact/signals";
import { linked } from "./state.js";

export const MOST_LETTERS = 2000;                       // of a question, and of its answer
const MOST_HIDDEN = 100;

/** Parts of the page that can be hidden, and where they are. Any single control can be, too, by the name of its field or rule. */
export const PARTS = {
  rooms: ".top nav",
  menu: ".top > .extras, .top > .share-button, .top > .more",
  experiment: ".left, .open-controls",
  sequence: "[data-part=sequence]",
  network: "[data-part=network]",
  training: "[data-part=training]",
  backward: "[data-part=backward]",
  play: ".playbar",
  details: ".right",
  below: ".legend, .reach, .growth, .numbers-table",
};

export const hidden = signal(new Set());                // names of parts, fields and rules
export const question = signal(null);
export const answer = signal(null);
// What is being put together in the share dialog: it stays while the page stands, and begins with what the page's own link said.
export const draft = { hidden: signal(new Set()), question: signal(""), answer: signal(""), look: signal(false) };
export const framed = signal(linked.view.frame === "1");    // the compact form, for another page's frame

export function takeHanded(view) {
  const clipped = (text) => text?.slice(0, MOST_LETTERS) || null;
  hidden.value = new Set((view.hide ?? "").split(",").filter((name) => /^[a-z][a-z0-9_]{0,40}$/.test(name)).slice(0, MOST_HIDDEN));
  question.value = clipped(view.question);
  answer.value = clipped(view.answer);
  draft.hidden.value = hidden.value;
  draft.question.value = question.value ?? "";
  draft.answer.value = answer.value ?? "";
}
takeHanded(linked.view);

const placeOf = (name) => (Object.hasOwn(PARTS, name) ? PARTS[name] : `.field[data-field="${name}"], [data-rule="${name}"]`);
const rules = computed(() => [...hidden.value].map((name) => `${placeOf(name)} { display: none !important; }`).join("\n"));

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
effect(() => {
  sheet.replaceSync(rules.value);
  // The columns beside what is hidden widen; see styles/share.css.
  document.documentElement.dataset.hide = [...hidden.value].filter((name) => Object.hasOwn(PARTS, name)).join(" ");
  document.documentElement.toggleAttribute("data-frame", framed.value);
});
