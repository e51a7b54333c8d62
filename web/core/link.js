// Experiment and view <-> the address' hash. Only what differs from the defaults is written, readable as it stands:
// #hidden_size=5&updates=40&t=7&quantity=c
// What is long is packed, and its name has a ~ before it. Nothing is judged here. Text that is no number is passed on as it
// is, and Python says what is wrong with it. py_lstm/link.py reads and writes the same; `kinds` is what it says of the
// fields of an experiment and of the view, {fields: {name: kind}, view: {name: kind}, version, former, task}: which version
// this is, what py_lstm/versions.py has of those before, and the default's task. A link without a version is one of version 1.

import { mended, pairsOf } from "./mending.js";
import { canonical, number } from "./numerals.js";
import { pack, unpack } from "./packing.js";

// Text is packed from this length on, where that makes it shorter; an answer always, so that it is not read in passing.
const LONG = 80;
const COVERED = ["answer"];

/** @param options  {whole}: false for a part of a link, which is neither packed nor says its version */
export function encode(experiment, view, defaults, kinds, { whole = true } = {}) {
  const pairs = [];
  for (const [name, value] of Object.entries(experiment)) {
    if (name !== "version" && JSON.stringify(value) !== JSON.stringify(defaults[name]) && !derived(name, experiment)) {
      pairs.push([name, write(kinds.fields[name], value)]);
    }
  }
  for (const name of Object.keys(kinds.view)) if (view[name] !== undefined && view[name] !== null) pairs.push([name, String(view[name])]);
  const unknown = "version" in experiment && !known(experiment.version, kinds);       // kept until Python says so
  if (whole && (unknown || (pairs.length && kinds.version > 1))) pairs.unshift(["version", write(null, unknown ? experiment.version : kinds.version)]);
  const written = pairs.map(([name, text]) => {
    const plain = escaped(text);
    const covered = COVERED.includes(name);
    const short = whole && (covered || plain.length > LONG) ? pack(wellFormed(text)) : null;
    return short !== null && (covered || short.length + 1 < plain.length) ? `~${escaped(name)}=${short}` : `${escaped(name)}=${plain}`;
  });
  // Messengers leave a stop or a bracket at the end out of the link.
  return written.join("&").replace(/[^\w=-]$/, (last) => `%${last.charCodeAt(0).toString(16).toUpperCase()}`);
}

const wellFormed = (text) => text.replace(/\p{Surrogate}/gu, "\uFFFD");
const escaped = (text) => encodeURIComponent(wellFormed(text)).replace(/%2C/g, ",").replace(/%3B/g, ";")
  .replace(/%3A/g, ":").replace(/%5B/g, "[").replace(/%5D/g, "]");

/**
 * {experiment: fields named in the text, view: {...}}; what is broken, an escape or something packed, is kept as its letters.
 * What begins with # is a link, which may be older than this page, and may have been changed on its way: see mending.js.
 */
export function decode(text, kinds) {
  const { pairs, isLink } = mended(text, kinds);
  const found = named(pairs, kinds);
  if (isLink && (Object.keys(found.experiment).length || Object.keys(found.view).length)) fillIn(found, kinds);
  return found;
}

const known = (version, kinds) => Number.isInteger(version) && version >= 1 && version <= kinds.version;

/** What a link of an earlier version leaves out, where that is otherwise now. */
function fillIn({ experiment, view }, kinds) {
  const version = experiment.version ?? 1;
  if (!known(version, kinds) || version === kinds.version) return;
  delete experiment.version;
  const former = (task) => Object.assign({}, ...kinds.former.slice(version - 1).reverse().map((one) => (Object.hasOwn(one, task) ? one[task] : {})));
  const add = (all) => {
    for (const [name, value] of Object.entries(all)) {
      const side = Object.hasOwn(kinds.view, name) ? view : experiment;
      if (!Object.hasOwn(side, name)) side[name] = value;
    }
  };
  add(former(""));
  add(former(experiment.task ?? kinds.task));
}

function named(pairs, kinds) {
  const experiment = {};
  const view = {};
  for (let [name, value] of pairs) {
    const unpacked = name.startsWith("~") ? unpack(value) : null;
    if (unpacked !== null) [name, value] = [name.slice(1), unpacked];
    if (Object.hasOwn(kinds.view, name)) view[name] = kinds.view[name] === "loose" ? Number(value) : value;
    else if (name !== "__proto__") experiment[name] = read(Object.hasOwn(kinds.fields, name) ? kinds.fields[name] : null, value);
  }
  return { experiment, view };
}

/** The experiments trained beside the first, each as what differs from it. */
export function encodeBeside(experiments, first, kinds) {
  return experiments.map((experiment) => encode(experiment, {}, first, kinds, { whole: false })).join("|") || null;
}

export function decodeBeside(text, first, kinds) {
  if (!text) return [];
  return text.split("|").map((part) => ({ ...first, ...named(pairsOf(part), kinds).experiment }));
}

// The sizes of an own sequence follow from its numbers, and the inputs of an own text from its characters.
const derived = (name, { task }) => (task === "own" && name === "length") || ((task === "own" || task === "own_text") && name === "input_size");

const WRITE = {
  rows: (rows) => rows.map((row) => [row].flat().join(",")).join(";"),
  list: (numbers) => numbers.join(","),
  places: (places) => Object.entries(places).map(([place, value]) => `${place}:${value}`).join(";"),
  switches: (rules) => Object.entries(rules).map(([rule, size]) => (size === 1 ? rule : `${rule}:${size}`)).join(";"),
  changes: (changes) => Object.entries(changes).flatMap(([update, fields]) => Object.entries(fields).map(([field, to]) => `${update}:${field}:${to}`)).join(";"),
};

// What is asked for may be nothing an experiment could have, and is kept while Python loads, which will say so.
function write(kind, value) {
  if (value === null || value === undefined) return "";
  const fits = kind === "rows" || kind === "list" ? Array.isArray(value) : typeof value === "object";
  return Object.hasOwn(WRITE, kind ?? "") && fits ? WRITE[kind](value) : String(value);
}

const READ = {
  rows: (text) => text.split(";").map((row) => row.split(",").map(canonical)),
  list: (text) => text.split(",").map(canonical),
  places: (text) => Object.fromEntries(text.split(";").filter(Boolean).map((edit) => {
    const at = edit.lastIndexOf(":");
    return at < 0 ? [edit, ""] : [edit.slice(0, at), number(edit.slice(at + 1))];
  }).filter(([place]) => place !== "__proto__")),
  switches: readSwitches,
  changes: readChanges,
};

const FLAGS = { true: true, false: false };
const EMPTY_IS_NONE = ["rows", "list", "text", "count"];

function read(kind, text) {
  if (text === "" && EMPTY_IS_NONE.includes(kind)) return null;
  if (kind === "word" || kind === "text") return text;
  if (kind === "flag") return Object.hasOwn(FLAGS, text) ? FLAGS[text] : text;
  return Object.hasOwn(READ, kind ?? "") ? READ[kind](text) : number(text);
}

/** "100:learning_rate:0.002;250:clip_norm:0.5" as {100: {learning_rate: 0.002}, 250: {clip_norm: 0.5}} */
function readChanges(text) {
  const changes = {};
  for (const [update, field = "", value = ""] of text.split(";").filter(Boolean).map((change) => change.split(":"))) {
    if (update === "__proto__" || field === "__proto__") continue;
    changes[update] = { ...(Object.hasOwn(changes, update) ? changes[update] : {}), [field]: number(value) };
  }
  return changes;
}

/** "clamp_f:0.5;no_carry" as {clamp_f: 0.5, no_carry: 1} */
function readSwitches(text) {
  return Object.fromEntries(text.split(";").filter(Boolean).map((rule) => {
    const at = rule.indexOf(":");
    return at < 0 ? [rule, 1] : [rule.slice(0, at), number(rule.slice(at + 1))];
  }).filter(([name]) => name !== "__proto__"));
}
