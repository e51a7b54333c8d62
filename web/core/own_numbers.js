// What is typed or pasted as numbers of one's own. Python reads it and says how (py_lstm/number_table.py); only what it has
// understood, in one way, becomes part of the experiment. Until Python is there, or is back, the text waits.

import { effect, signal } from "@preact/signals";
import { question } from "./questions.js";
import { change } from "./requests.js";
import { engineState, wanted } from "./state.js";

// By field, "values" or "targets": {text, over, value, how, others, wrong}. `over` is what the experiment had when it was typed, `value`
// what it gets; as long as there is neither a value nor something wrong, Python has not answered.
const typed = signal({});

const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
const waits = (entry) => entry && entry.value === undefined && !entry.wrong;

/** What was typed in this field, or null where the experiment has got other numbers since. */
export function typedIn(field) {
  const entry = typed.value[field];
  const now = wanted.value[field];
  return entry && (same(now, entry.over) || (entry.value !== undefined && same(now, entry.value))) ? entry : null;
}

export function enter(field, text) {
  typed.value = { ...typed.value, [field]: { text, over: wanted.value[field] } };
  judge(field);
}

/** Take one of several readings of what was typed; it is written so that it has no other. */
export function choose(field, { rows, how }) {
  take(field, { text: written(rows), over: wanted.value[field] }, { rows, how, others: [] });
}

const asking = new Set();

/** Ask Python how what is typed reads. One question at a time: what is typed meanwhile is asked about afterwards. */
async function judge(field) {
  if (asking.has(field)) return;
  asking.add(field);
  let entry;
  try {
    do {
      entry = typed.value[field];
      await ask(field, entry);
    } while (entry !== typed.value[field] && waits(typed.value[field]));
  } finally {
    asking.delete(field);
  }
}

async function ask(field, entry) {
  if (field === "targets" && !entry.text.trim()) { take(field, entry, { rows: null, how: null, others: [] }); return; }
  const steps = field === "targets" && Array.isArray(wanted.value.values) ? wanted.value.values.length : null;
  let found = null;
  const { mine, error } = await question(`numbers.${field}`, "numbers", [field, entry.text, steps], (part) => { found = part; });
  if (!mine || typed.value[field] !== entry) return;
  if (error) typed.value = { ...typed.value, [field]: { ...entry, wrong: error } };
  else if (found) take(field, entry, found);
}

function take(field, entry, { rows, how, others }) {
  const value = field === "targets" ? rows?.map(([number]) => number) ?? null : rows;
  typed.value = { ...typed.value, [field]: { ...entry, value, how, others } };
  // To all that stands in the fields, also where it was refused.
  change({ [field]: value }, wanted.value);
}

/** Rows as text that is read as these rows and nothing else: a comma with a space after it never is a decimal mark. */
export function written(rows) {
  if (!Array.isArray(rows)) return "";
  const steps = rows.map((row) => [row].flat());
  if (steps.every((row) => row.length === 1)) return steps.join(", ");
  return steps.length === 1 ? `[[${steps[0].join(", ")}]]` : steps.map((row) => row.join(", ")).join("\n");
}

effect(() => {
  if (engineState.value !== "live") return;
  for (const field of ["values", "targets"]) if (waits(typed.peek()[field])) judge(field);
});
effect(() => { if (wanted.value.task !== "own") typed.value = {}; });
