// Every word on the page comes from web/locales. {name} in a text is replaced by the value given.

import { signal } from "@preact/signals";
import en from "../locales/en.json";

// English is there from the start; the words of another language come when it is asked for.
const BRING = { "zh-CN": () => import("../locales/zh-CN.json") };
export const LANGUAGES = ["en", ...Object.keys(BRING)];
export const LOCALES = { en };
/** The language that is spoken; `speak` changes it. */
export const lang = signal("en");
let wanted = "en";

/** Bring a language's words here; resolves to whether they are. */
async function bring(language) {
  if (Object.hasOwn(LOCALES, language)) return true;
  try { LOCALES[language] = (await BRING[language]()).default; } catch { return false; }
  return true;
}

/** So that a change of language does not need the line. */
export const bringAllWords = async () => (await Promise.all(LANGUAGES.map(bring))).every(Boolean);

/** Speak a language as soon as its words are there; resolves then. Where they do not come, nothing changes. */
export async function speak(language) {
  wanted = language;
  if (await bring(language) && wanted === language) lang.value = language;
}

export function preferredLanguage() {
  return navigator.languages?.some((tag) => /^zh\b/i.test(tag)) && !/^en\b/i.test(navigator.language) ? "zh-CN" : "en";
}

export function t(key, values = {}) {
  const text = LOCALES[lang.value][key] ?? LOCALES.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A share as the reader's language writes a percentage, with so many decimals. */
export const percent = (share, decimals = 0) => new Intl.NumberFormat(lang.value, { style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  .format(share).replace("-", "−");

/** Sentences one after the other, as the language sets them. */
export const sentences = (all) => all.filter(Boolean).join(lang.value === "en" ? " " : "");

/** "a, b, and c" or "a、b和c"; of a choice "a, b, or c". */
export const listed = (all, type = "conjunction") => new Intl.ListFormat(lang.value, { type }).format(all.map(String));

/** One thing after the other, without a word between: "a, b". */
export const inRow = (all) => all.filter((one) => one !== "" && one !== null && one !== false).join(t("list.comma"));

/** Of several words each: "a; b". */
export const apart = (all) => all.filter((one) => one !== "" && one !== null && one !== false).join(t("list.semicolon"));
