// An experiment that comes as a file, chosen or dropped. Python judges it before anything changes; what is on the screen stays
// until then, and afterwards the browser's way back leads there.

import { signal } from "@preact/signals";
import { t } from "./i18n.js";
import { textOf } from "./files.js";
import { refusal } from "./refusal.js";
import { change, engine } from "./requests.js";
import { beside, puzzle } from "./state.js";

/** What became of the last file: {good, sentence}, or null. */
export const arrival = signal(null);

export async function openExperiment(file) {
  arrival.value = null;
  let text = null;
  try {
    text = await textOf(file);
  } catch {                                             // a folder, or a file that is gone or may not be read
    text = "";
  }
  const answer = await engine.opened(text);
  if (!answer) return say(false, t("take.later"));
  if (answer.error) return say(false, refusal(answer.error));
  beside.value = [];
  puzzle.value = null;
  await change(answer.experiment, answer.experiment);
  return say(true, t("take.opened", { name: file.name }));
}

function say(good, sentence) {
  const mine = { good, sentence };
  arrival.value = mine;
  return mine;
}

// Without this, a browser would leave the page for a file that is dropped on it.
const holdsFiles = ({ dataTransfer }) => [...(dataTransfer?.types ?? [])].includes("Files");
addEventListener("dragover", (event) => { if (holdsFiles(event)) event.preventDefault(); });
addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) openExperiment(file);
});
