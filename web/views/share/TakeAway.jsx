// What is on the screen, to be taken away as files, and an experiment to be opened again. Python makes every file; a picture in
// pixels is its picture in vectors, drawn by the browser.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { link } from "../../core/address.js";
import { bytesOf, mayDownload, pngOf, save } from "../../core/files.js";
import { t } from "../../core/i18n.js";
import { arrival, openExperiment } from "../../core/open_experiment.js";
import { packageFile } from "../../core/place.js";
import { refusal } from "../../core/refusal.js";
import { engine } from "../../core/requests.js";
import { engineState, isRecording, report, room, selection, shownTheme, trace } from "../../core/state.js";
import { picture } from "../Score.jsx";
import { addressOf } from "./addressOf.js";
import { CopyBox } from "./CopyBox.jsx";
import { headline, origin } from "./origin.js";

const GROUPS = { pictures: ["png", "svg"], numbers: ["csv", "tidy", "npz", "check", "curves"], again: ["json", "script", "wheel"] };

export function TakeAway() {
  const said = useSignal(null);                         // {good, sentence, text} of the last file; text: to be copied instead
  const busy = useSignal(false);
  const live = engineState.value === "live" && !isRecording.value;
  const there = { check: Boolean(report.value) && !report.value.running, curves: room.value === "train" };
  const takeOne = async (kind) => {
    if (busy.value) return;
    busy.value = true;
    try {
      said.value = await take(kind);
    } catch (error) {
      said.value = { good: false, sentence: t("take.failed", { reason: error.message }) };
    }
    busy.value = false;
  };
  return (
    <section class="take">
      <h3>{t("take.title")}</h3>
      {!live && <p class="note">{t("take.later")}</p>}
      {Object.entries(GROUPS).map(([group, kinds]) => (
        <div key={group} role="group" aria-label={t(`take.${group}`)}>
          <h4>{t(`take.${group}`)}</h4>
          <ul>
            {kinds.filter((kind) => there[kind] ?? true).map((kind) => (
              <li key={kind}>
                <button type="button" data-take={kind} disabled={!live} aria-describedby={`take-${kind}`} onClick={() => takeOne(kind)}>{t(`take.${kind}`)}</button>
                <span class="note" id={`take-${kind}`}>{t(`take.${kind}.note`)}</span>
              </li>))}
            {group === "again" && <Open live={live} />}
          </ul>
        </div>))}
      <p class={said.value && !said.value.good ? "refusal" : "said"} role="status">{said.value?.sentence}</p>
      {said.value?.text && <CopyBox name="take.text" text={said.value.text} rows={5} />}
      {mayDownload() !== true && <p class="note"><a href={addressOf(link({ frame: null }))} target="_blank" rel="noopener">{t("take.alone")}</a></p>}
    </section>
  );
}

/** A file chosen from the disk. */
function Open({ live }) {
  const field = useRef(null);
  const chosen = async ({ target }) => {
    const [file] = target.files;
    target.value = "";                                  // so that the same file can be chosen again
    if (file) await openExperiment(file);
  };
  return (
    <li>
      <button type="button" data-take="open" disabled={!live} aria-describedby="take-open" onClick={() => field.current.click()}>{t("take.open")}</button>
      <span class="note" id="take-open">{t("take.open.note")}</span>
      <input ref={field} type="file" accept=".json,application/json" hidden onChange={chosen} />
      {arrival.value && <p class={arrival.value.good ? "said" : "refusal"} role={arrival.value.good ? "status" : "alert"}>{arrival.value.sentence}</p>}
    </li>);
}

/** Make a file and hand it to the browser; resolves to what is said of it. */
async function take(kind) {
  let content, name, type;
  if (kind === "wheel") {
    try {
      ({ name, content } = await packageFile());
    } catch {
      return { good: false, sentence: t("take.noWheel") };
    }
    type = "application/octet-stream";
  } else {
    const answer = await engine.take(kind === "png" ? "svg" : kind, described());
    if (!answer) throw new Error(t("take.later"));
    if (answer.error) throw new Error(refusal(answer.error));
    ({ name, type } = answer);
    content = answer.text ?? bytesOf(answer.base64);
  }
  if (kind === "png") {
    content = await pngOf(content);
    name = name.replace(/svg$/, "png");
    type = content.type;
  }
  const blob = new Blob([content], { type });
  save(name, blob);
  // A frame that may not save files is told so by nobody.
  const may = mayDownload();
  const sentence = t({ true: "take.saved", false: "take.forbidden", null: "take.handed" }[may], { name, size: sizeOf(blob.size) });
  return { good: may !== false, sentence, text: may !== true && typeof content === "string" ? content : null };
}

/** What is on the screen, and where it comes from. */
function described() {
  const { experiment } = trace.value;
  const { groups } = picture.value;
  return {
    experiment,
    room: room.value,
    quantities: groups.map(({ quantity }) => quantity),
    theme: shownTheme.value,
    title: headline(),
    notes: [t("take.from", { link: origin() })],
    selection: selection.value,
    report: report.value && { method: report.value.method, eps: report.value.eps, rows: report.value.rows },
  };
}

const sizeOf = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
