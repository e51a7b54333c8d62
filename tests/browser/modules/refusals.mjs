// For each refusal that the given file lists, as Python tells it: the key of its sentence, and the sentence in both languages.
import { readFileSync } from "node:fs";
import { withNeighbours } from "./neighbours.mjs";

globalThis.navigator ??= { languages: [], language: "en" };
const i18n = await withNeighbours("i18n.js", {});
const { keyOf, refusal } = await withNeighbours("refusal.js", { "./i18n.js": i18n });
const all = JSON.parse(readFileSync(process.env.REFUSALS, "utf8"));
const said = all.map((error) => ({ key: keyOf(error) }));
for (const lang of i18n.LANGUAGES) {
  await i18n.speak(lang);
  all.forEach((error, k) => { said[k][lang] = refusal(error); });
}
console.log(JSON.stringify(said));
