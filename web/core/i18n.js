// Every word on the page comes from web/locales. {name} in a text is replaced by the value given.

import { signal } from "@preact/signals";
import en from "../locales/en.json";
import zh from "../locales/zh-CN.json";

export const LOCALES = { en, "zh-CN": zh };
export const lang = signal("en");

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

const MOST_OF_A_NAME = 60;                              // a link can name fields that do not exist

/** What is wrong, said in the reader's language; Python's own sentence where no translation fits. */
export function refusal({ field, code, message, details = {} }) {
  const named = field?.length > MOST_OF_A_NAME ? `${field.slice(0, MOST_OF_A_NAME)} …` : field;
  if (field?.startsWith("~")) return t("refused.packed", { name: named.slice(1) });    // see core/packing.js
  const name = t(`field.${field}`) === `field.${field}` ? named : t(`field.${field}`);
  const bounds = details.low != null && details.high != null ? ".between" : details.low != null ? ".atLeast" : "";
  for (const key of [`refused.${field}.${code}${bounds}`, `refused.${field}.${code}`, `refused.${code}${bounds}`, `refused.${code}`]) {
    if (LOCALES[lang.value][key]) {
      return t(key, { ...details, name, choices: details.choices?.join(", ") });
    }
  }
  return message;
}
