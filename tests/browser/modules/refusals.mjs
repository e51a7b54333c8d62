// For each refusal that the given file lists, as Python tells it: the key of its sentence, and the sentence in both languages.
import { readFileSync } from "node:fs";
import { withNeighbours } from "./neighbours.mjs";

globalThis.navigator ??= { languages: [], language: "en" };
const i18n = await withNeighbours("i18n.js", {});
const { keyOf, refusal } = await withNeighbours("refusal.js", { "./i18n.js": i18n });
const all = JSON.parse(readFileSync(process.env.REFUSALS, "utf8"));
console.log(JSON.stringify(all.map((error) => {
  const said = { key: keyOf(error) };
  for (const lang of ["en", "zh-CN"]) {
    i18n.lang.value = lang;
    said[lang] = refusal(error);
  }
  return said;
})));
