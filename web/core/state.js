// The page's state, as signals, with the values it starts with. Everything reads it; `requests` and `selection` change it.

import { computed, signal } from "@preact/signals";
import { LANGUAGES, preferredLanguage, speak } from "./i18n.js";
import { grow } from "./curves.js";
import { decode, decodeBeside } from "./link.js";
import { mended } from "./mending.js";
import { inline, runtime } from "./place.js";
import { nearest, traceOf } from "./trace.js";
import { onPaper } from "./window.js";

const recording = inline("recording");
export const schema = recording.schema;

export const ROOMS = ["forward", "backward", "train", "break"];
export const THEMES = ["light", "dark"];

// What the address said when the page was opened. Some programs make a ? of its #.
export const linked = decode(location.search + location.hash, schema.link);
export const named = (list, value, otherwise) => (list.includes(value) ? value : otherwise);

/** What the fields of an experiment with this task are where nobody says. */
export function defaultsOf(task = schema.defaults.task) {
  const known = Object.hasOwn(schema.tasks, task) ? schema.tasks[task].settings : Object.hasOwn(schema.own, task) ? schema.own[task] : {};
  return { ...schema.defaults, ...known, task };
}

/** How far the page trains by itself: as far as its slider, or as its task needs. */
export const mostUpdates = ({ task }) => Math.max(schema.sliders.updates[1], defaultsOf(task).updates);

// What is asked for, and what is on the screen. They differ while Python works, and while something asked is refused.
export const wanted = signal({ ...defaultsOf(linked.experiment.task), ...linked.experiment });
export const trace = signal(traceOf(recording.frame, Float64Array.from(recording.frame.numbers)));
export const isRecording = signal(true);
export const curves = signal(grow({}, recording.frame.curves, trace.value.more));  // loss, score, norm of every update, by run
export const refused = signal(null);                    // {field, code, message, details} of the last request, or null

export const engineState = signal("recording");         // recording, loading, live, failed
export const progress = signal({});                     // bytes received by runtime file
export const runtimeFiles = runtime.files;
export const trouble = signal(null);                    // why the engine failed, as a refusal, while it has
export const catchingUp = signal(false);                // whether a new Python does once more what is on the screen

export const room = signal(named(ROOMS, linked.view.room, "forward"));
export const projector = signal(linked.view.projector === "1");                // larger type, stronger contrast
export const theme = signal(named(THEMES, linked.view.theme, null));            // null: as the system says
// A link may point at a number that only the trace it asks for has. It is kept until that trace is there.
export const pointed = ({ quantity, t, unit }) => ({ ...schema.selection, ...JSON.parse(JSON.stringify({ quantity, t, unit })) });
export const pointedAt = signal(pointed(linked.view));
export const selection = signal(nearest(trace.value, pointedAt.value));
export const told = signal({ explanation: recording.frame.explanation });      // what Python says of the selection
export const explanation = computed(() => told.value.explanation);
export const report = signal(null);                     // the gradient check: {rows, running, method, eps}
// The bug to be found, by its number; null: no puzzle.
export const puzzle = signal(puzzleNumber(linked.view.puzzle));
export const measured = signal(linked.view.measured || null);   // what was measured of it, as its link says it
// What was mended or left out of the link that was followed last, see mending.js; and what of it Python refused.
export const linkNotes = signal(mended(location.search + location.hash, schema.link).notes);
export const linkRefused = signal(null);
export const touched = signal(Boolean(location.hash) || Object.keys(linkNotes.value).length > 0);  // the opening sentence leaves at the first touch

// Training that goes on by itself, and what is set about it.
export const running = signal(false);
export const stopWhen = signal({ kind: "learnt" });      // {kind, value}, or null: as it is chosen
export const stopAt = signal(null);                     // {kind, value}, or null: of the training that goes on
export const beside = signal(decodeBeside(linked.view.beside, wanted.value, schema.link));    // experiments trained beside the first
export const happened = signal(null);                   // what ended a training before its time: {kind, ...}

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal(systemDark.matches ? "dark" : "light");
systemDark.addEventListener("change", (event) => { systemTheme.value = event.matches ? "dark" : "light"; });
export const shownTheme = computed(() => (onPaper.value ? "light" : theme.value ?? systemTheme.value));

export function puzzleNumber(text) {
  return /^[0-9]{1,9}$/.test(text ?? "") ? Number(text) : null;
}

/** When the words of the visitor's language are there, or will not come. */
export const spoken = speak(named(LANGUAGES, linked.view.lang, preferredLanguage()));

export const same = (a, b) => a.quantity === b.quantity && a.t === b.t && a.unit === b.unit;
