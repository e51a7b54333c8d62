// The page's state, as signals. Views read it; what changes it are the few functions below.

import { batch, computed, effect, signal } from "@preact/signals";
import { Engine } from "./engine.js";
import { lang, LOCALES, preferredLanguage } from "./i18n.js";
import { counterpart } from "./layout.js";
import { decode, encode } from "./link.js";
import { nearest, traceOf } from "./trace.js";

const inline = (id) => JSON.parse(document.getElementById(id).textContent);
const runtime = inline("runtime");
const recording = inline("recording");
export const schema = recording.schema;

export const ROOMS = ["forward", "backward"];
export const THEMES = ["light", "dark"];

const linked = decode(location.hash, schema.defaults);
const named = (list, value, otherwise) => (list.includes(value) ? value : otherwise);

// What is asked for, and what is on the screen. They differ while Python works, and while something asked is refused.
export const wanted = signal({ ...schema.defaults, ...linked.experiment });
export const trace = signal(traceOf(recording.frame, Float64Array.from(recording.frame.numbers)));
export const isRecording = signal(true);
export const refused = signal(null);                    // {field, code, message, details} of the last request, or null

export const engineState = signal("recording");         // recording, loading, live, failed
export const progress = signal({});                     // bytes received by runtime file
export const runtimeFiles = runtime.files;
export const trouble = signal(null);                    // an Error of the engine, while it is not live

export const room = signal(named(ROOMS, linked.view.room, "forward"));
export const projector = signal(linked.view.projector === "1");                // larger type, stronger contrast
export const theme = signal(named(THEMES, linked.view.theme, null));            // null: as the system says
// A link may point at a number that only the trace it asks for has. It is kept until that trace is there.
const pointed = ({ quantity, t, unit }) => ({ ...schema.selection, ...JSON.parse(JSON.stringify({ quantity, t, unit })) });
let pointedAt = pointed(linked.view);
export const selection = signal(nearest(trace.value, pointedAt));
export const told = signal({ explanation: recording.frame.explanation });      // what Python says of the selection
export const explanation = computed(() => told.value.explanation);
export const report = signal(null);                     // the gradient check: {rows, running, method, eps}
export const touched = signal(Boolean(location.hash));  // the opening sentence leaves at the first touch

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal(systemDark.matches ? "dark" : "light");
systemDark.addEventListener("change", (event) => { systemTheme.value = event.matches ? "dark" : "light"; });
export const shownTheme = computed(() => theme.value ?? systemTheme.value);

lang.value = named(Object.keys(LOCALES), linked.view.lang, preferredLanguage());

// Python -------------------------------------------------------------------------------------------------------------

const hash = {};
/** After the next picture, or at once where there is none to come because the tab is hidden. */
const painted = () => new Promise((resolve) => (document.hidden ? resolve() : requestAnimationFrame(() => resolve())));

export const engine = new Engine(runtime, {
  state(name, error = null) {
    engineState.value = name;
    trouble.value = error;
  },
  progress(bytes) { progress.value = bytes; },
  async frame(header) {
    batch(() => {
      trace.value = traceOf(header, header.data);
      isRecording.value = false;
      told.value = header;
      report.value = null;
      const place = nearest(trace.value, pointedAt ?? selection.value);
      if (!engine.request) pointedAt = null;           // else this is a frame of an experiment already given up
      if (!same(place, selection.value)) selection.value = place;
      refused.value = null;
    });
    if (!same(header.explanation, selection.value)) explainSelection();
    for (const follow of followers) follow();
    await painted();
  },
});

const followers = [];
/** Call `follow` after every frame from Python. */
export const afterFrame = (follow) => followers.push(follow);

export const same = (a, b) => a.quantity === b.quantity && a.t === b.t && a.unit === b.unit;

/** What changes apply to. What was refused is not asked for again: then it is the last good experiment. */
export const present = () => (refused.value ? { ...trace.value.experiment, updates: trace.value.wanted } : wanted.value);

/** Ask for an experiment; resolves when its picture is painted, rejects with the sentence if it is refused. */
export async function request(patch, base = present()) {
  wanted.value = { ...base, ...fitting(base, patch), ...JSON.parse(JSON.stringify(patch)) };    // plain values only
  refused.value = null;
  const { error } = await engine.run(wanted.value, here(pointedAt ? nearest(trace.value, pointedAt) : selection.value));
  if (error) {
    refused.value = error;
    pointedAt = null;
    throw new Error(error.message);
  }
}

/** Edits belong to the network and the sequence they were made in, and a chosen output to its length. */
function fitting(base, patch) {
  const changes = (...names) => names.some((name) => name in patch && JSON.stringify(patch[name]) !== JSON.stringify(base[name]));
  const kept = Object.entries(base.edits ?? {}).filter(([place]) => (place.startsWith("x[")
    ? !changes("task", "values", "length", "input_size", "sequence_seed") : !changes("hidden_size", "input_size")));
  return { edits: Object.fromEntries(kept), ...(changes("length", "values", "task") ? { output_step: 0 } : {}) };
}

/** As `request`, for controls: a refusal is shown at the field, so nobody needs to catch it. */
export const change = (patch, base) => request(patch, base).catch(() => {});

const here = (place) => ({ ...place, room: room.value });

let recorded = null;
async function explainSelection() {
  const place = selection.value;
  let answer = null;
  if (engine.state === "live") {
    answer = await engine.explain(here(place));
  } else if (isRecording.value) {
    recorded ??= fetch(runtime.explanations).then((response) => (response.ok ? response.json() : null)).catch(() => null);
    const found = (await recorded)?.[place.quantity][place.t - 1][place.unit - 1];
    if (found) answer = { explanation: found };
  }
  if (answer?.explanation && same(place, selection.value)) told.value = answer;
}

/** Check every tensor's gradient, one after the other; `report` grows meanwhile. Resolves to all rows. */
export async function check() {
  const mine = { rows: [], running: true };
  report.value = mine;
  const isMine = () => report.value?.rows === mine.rows;
  try {
    for (const tensor of schema.tensors) {
      const answer = await engine.check(tensor);
      if (!isMine()) throw new Error("The experiment changed while its gradients were checked.");
      mine.rows.push(...answer.tensors);
      report.value = { rows: mine.rows, running: true, method: answer.method, eps: answer.eps };
    }
  } catch (error) {
    if (isMine()) report.value = null;
    throw error;
  }
  report.value = { ...report.value, running: false };
  return mine.rows;
}

// One selection for every view -------------------------------------------------------------------------------------------

export function select(place) {
  pointedAt = null;
  const next = nearest(trace.value, { ...selection.value, ...place });
  if (same(next, selection.value)) return;
  selection.value = next;
  explainSelection();
}

export function step(by) {
  select({ t: selection.value.t + by });
}

export function enter(name) {
  if (name === room.value) return;
  batch(() => {
    room.value = name;
    select({ quantity: counterpart(selection.value.quantity, name) });
  });
  explainSelection();                                   // what is told differs from room to room
}

// The address -----------------------------------------------------------------------------------------------------------

export function link() {
  const at = pointedAt ?? selection.value;
  const place = same(at, schema.selection) ? {} : at;
  return encode(trace.value.done && !isRecording.value ? trace.value.experiment : wanted.value, {
    room: room.value === "forward" ? null : room.value,
    ...place,
    lang: lang.value === preferredLanguage() ? null : lang.value,
    theme: theme.value,
    projector: projector.value ? 1 : null,
  }, schema.defaults);
}

/** Begin: boot Python, ask for what the link says, and keep the address in step with the page from then on. */
export function begin() {
  const first = request({}).catch(async () => {
    // The link asks for something that does not exist. Say so, and show the default, live.
    const reason = refused.value;
    await engine.run(schema.defaults, here(selection.value));
    refused.value = reason;
  });
  engine.start();
  let timer;
  effect(() => {
    const text = link();
    clearTimeout(timer);
    // Browsers refuse more than about a hundred changes in half a minute.
    timer = setTimeout(() => {
      if (text === hash.written || refused.value || !trace.value.done) return;
      const address = text ? `#${text}` : location.pathname + location.search;
      // Another room or experiment is a place to come back to; a moved selection is not.
      const place = JSON.stringify([room.value, wanted.value]);
      if (hash.place !== undefined && place !== hash.place) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
      hash.written = text;
      hash.place = place;
    }, 400);
  });
  addEventListener("hashchange", () => {
    const text = location.hash.replace(/^#/, "");
    if (text === hash.written) return;
    hash.written = text;
    hash.place = undefined;
    const { experiment, view } = decode(text, schema.defaults);
    batch(() => {
      room.value = named(ROOMS, view.room, "forward");
      theme.value = named(THEMES, view.theme, null);
      projector.value = view.projector === "1";
      lang.value = named(Object.keys(LOCALES), view.lang, preferredLanguage());
    });
    pointedAt = pointed(view);
    change(experiment, schema.defaults);
  });
  return first;
}
