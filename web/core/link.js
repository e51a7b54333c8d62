// Experiment and view <-> the address' hash. Only what differs from the defaults is written, readable as it stands:
// #hidden_size=5&updates=40&t=7&quantity=c
// Nothing is judged here. Text that is no number is passed on as it is, and Python says what is wrong with it.

const VIEW = ["room", "quantity", "t", "unit", "lang", "theme", "projector", "beside", "puzzle"];

export function encode(experiment, view, defaults) {
  const pairs = [];
  for (const [name, value] of Object.entries(experiment)) {
    if (JSON.stringify(value) !== JSON.stringify(defaults[name]) && !derived(name, experiment)) {
      pairs.push([name, write(name, value)]);
    }
  }
  for (const name of VIEW) if (view[name] !== undefined && view[name] !== null) pairs.push([name, String(view[name])]);
  return pairs.map(([name, text]) => `${name}=${encodeURIComponent(text).replace(/%2C/g, ",").replace(/%3B/g, ";")
    .replace(/%3A/g, ":").replace(/%5B/g, "[").replace(/%5D/g, "]")}`).join("&");
}

/** {experiment: fields named in the hash, view: {...}}; a broken escape is kept as its letters. */
export function decode(hash, defaults) {
  const experiment = {};
  const view = {};
  for (const pair of hash.replace(/^#/, "").split("&")) {
    if (!pair) continue;
    const at = pair.indexOf("=");
    const name = unescape(at < 0 ? pair : pair.slice(0, at));
    const text = unescape(at < 0 ? "" : pair.slice(at + 1));
    if (VIEW.includes(name)) view[name] = name === "t" || name === "unit" ? Number(text) : text;
    else experiment[name] = read(name, text, defaults[name]);
  }
  return { experiment, view };
}

/** The experiments trained beside the first, each as what differs from it. */
export function encodeBeside(experiments, first) {
  return experiments.map((experiment) => encode(experiment, {}, first)).join("|") || null;
}

export function decodeBeside(text, first, defaults) {
  if (!text) return [];
  return text.split("|").map((part) => ({ ...first, ...decode(part, defaults).experiment }));
}

// The sizes of an own sequence follow from its numbers, and the inputs of an own text from its characters.
const derived = (name, { task }) => (task === "own" && name === "length") || ((task === "own" || task === "own_text") && name === "input_size");

function write(name, value) {
  if (name === "values") return value.map((row) => [row].flat().join(",")).join(";");
  if (name === "targets") return value.join(",");
  if (name === "edits") return Object.entries(value).map(([place, number]) => `${place}:${number}`).join(";");
  if (name === "damage") return Object.entries(value ?? {}).map(([rule, size]) => (size === 1 ? rule : `${rule}:${size}`)).join(";");
  if (name === "changes") {
    return Object.entries(value).flatMap(([update, fields]) => Object.entries(fields).map(([field, to]) => `${update}:${field}:${to}`)).join(";");
  }
  return String(value);
}

function read(name, text, fallback) {
  if (name === "values") return text.split(";").map((row) => row.split(",").map(number));
  if (name === "targets") return text.split(",").map(number);
  if (name === "edits") {
    return Object.fromEntries(text.split(";").filter(Boolean).map((edit) => {
      const at = edit.lastIndexOf(":");
      return at < 0 ? [edit, ""] : [edit.slice(0, at), number(edit.slice(at + 1))];
    }));
  }
  if (name === "text") return text;
  if (name === "changes") return readChanges(text);
  if (name === "damage") return readDamage(text);
  return typeof fallback === "string" ? text : number(text);
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
function readDamage(text) {
  return Object.fromEntries(text.split(";").filter(Boolean).map((rule) => {
    const at = rule.indexOf(":");
    return at < 0 ? [rule, 1] : [rule.slice(0, at), number(rule.slice(at + 1))];
  }).filter(([name]) => name !== "__proto__"));
}

function unescape(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/** The number that `text` is, or the text itself. */
export function number(text) {
  const clean = text.trim().replace(/−/g, "-");
  return clean !== "" && /^[-+.\deE]+$/.test(clean) && Number.isFinite(Number(clean)) ? Number(clean) : text;
}

/**
 * Typed or pasted numbers as rows. Several lines: a line is a step and its numbers are the inputs.
 * One line: every number is a step.
 */
export function parseRows(text) {
  const lines = text.trim().split(/[\n;]+/).map((line) => line.trim()).filter(Boolean)
    .map((line) => line.split(/[\s,\t]+/).filter(Boolean).map(number));
  return lines.length === 1 ? lines[0].map((value) => [value]) : lines;
}
