// What is wrong with what was asked for, in the reader's language. Python says which field, what is wrong as a word (the code),
// and the values; names, numbers, quotes and lists are written here as the language writes them.

import { lang, listed, LOCALES, t } from "./i18n.js";

const MOST_OF_A_NAME = 60;                              // a link can name fields that do not exist

/** The key of the sentence for a refusal: the one written for its field, else that for its code. */
export function keyOf({ field, code, details = {} }) {
  if (field?.startsWith("~")) return "refused.packed";  // see packing.js
  const bounds = details.low != null && details.high != null ? ".between" : details.low != null ? ".atLeast" : "";
  return [`refused.${field}.${code}${bounds}`, `refused.${field}.${code}`, `refused.${code}${bounds}`, `refused.${code}`]
    .find((key) => Object.hasOwn(LOCALES.en, key)) ?? "refused.other";
}

/** The sentence. */
export function refusal(error) {
  const { field, details = {} } = error;
  const filled = Object.fromEntries(Object.entries(details).map(
    ([name, value]) => [name, WRITTEN[name]?.(value, field) ?? written(value)]));
  return t(keyOf(error), { ...filled, name: nameOf(field?.startsWith("~") ? field.slice(1) : field) });
}

const WRITTEN = {
  choices: (all, field) => listed(all.map((one) => optionOf(one, field === "momentum" ? "optimizer" : field)), "disjunction"),
  rule: ruleOf,
  got: (value, field) => (Object.hasOwn(LOCALES.en, `break.rule.${value}`) && field === "damage" ? ruleOf(value) : written(value)),
  other: ruleOf,
  optimizer: (name) => optionOf(name, "optimizer"),
  task: (name) => t("quoted", { text: t(`task.${name}`) }),
};

const known = (key) => (Object.hasOwn(LOCALES.en, key) ? t(key) : null);

function ruleOf(name) { return t("quoted", { text: known(`break.rule.${name}`) ?? name }); }

const optionOf = (option, field) => known(`${field}.${option}`) ?? known(`field.${option}`) ?? option;

/** What a field is called on the page; a name that no field has in quotes. */
export function nameOf(field) {
  const short = field?.length > MOST_OF_A_NAME ? `${field.slice(0, MOST_OF_A_NAME)} …` : String(field);
  return known(`field.${field}`) ?? t("quoted", { text: short });
}

const ESCAPES = { n: "\n", r: "\r", t: "\t" };
const WORDS = { nan: "NaN", inf: "∞", "-inf": "−∞" };

/** A value as Python quotes it, written as the page writes such a value. */
function written(value) {
  const text = String(value);
  if (Object.hasOwn(WORDS, text)) return WORDS[text];
  if (text === "None") return t("refused.nothing");
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return text.replace(/\.0$/, "").replace(/-/g, "−");
  const [, mark, inside] = text.match(/^(['"])(.*)$/s) ?? [];
  if (!mark) return text;
  const whole = inside.endsWith(mark) ? inside.slice(0, -1) : inside.replace(/\.\.\.$/, "…");
  return t("quoted", { text: whole.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g, (_, x, u, U, one) =>
    (one ? ESCAPES[one] ?? one : String.fromCodePoint(parseInt(x ?? u ?? U, 16)))) });
}

/** Whether a refusal is the page's own trouble, not a fault of what was asked for: of no field. */
export const isTrouble = ({ code }) => code === "memory" || code === "python";
