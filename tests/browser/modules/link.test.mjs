// web/core/link.js: what is written is read back, and nothing that stands in an address can make it fail.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import fc from "../../../web/node_modules/fast-check/lib/fast-check.js";
import { decode, decodeBeside, encode, encodeBeside } from "../../../web/core/link.js";
import { number } from "../../../web/core/numerals.js";
import { pack, unpack } from "../../../web/core/packing.js";

// What Python says of the fields, in the page that was built.
const PAGE = readFileSync(new URL("../../../dist/index.html", import.meta.url), "utf8");
const { schema } = JSON.parse(PAGE.match(/id="recording">(.*?)<\/script>/s)[1]);
const KINDS = schema.link;
const DEFAULTS = schema.defaults;
// JSON has no -0, and Python's answer is JSON.
const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const place = fc.tuple(fc.constantFrom("weight_ih", "weight_hh", "bias", "x", "h_0"), fc.array(fc.nat(300), { minLength: 1, maxLength: 2 }))
  .map(([tensor, index]) => `${tensor}[${index.join(",")}]`);
const experiment = fc.record({
  task: fc.constantFrom("latch", "recall", "parity", "adding", "wave"), length: fc.integer({ min: 1, max: 200 }),
  input_size: fc.integer({ min: 1, max: 4 }), sequence_seed: fc.nat(2 ** 31), hidden_size: fc.integer({ min: 1, max: 64 }), seed: fc.nat(2 ** 31),
  initializer: fc.constantFrom("uniform", "glorot_orthogonal", "tutorial"), scale: real, forget_bias: real, updates: fc.nat(500),
  batch_size: fc.integer({ min: 1, max: 64 }), optimizer: fc.constantFrom("adam", "sgd"), learning_rate: real, weight_decay: real, clip_norm: real,
  loss_at: fc.constantFrom("every", "last"), gradient_of: fc.constantFrom("output", "loss"), output_step: fc.nat(200),
  edits: fc.dictionary(place, real, { maxKeys: 5 }), damage_from: fc.option(fc.nat(300)),
  damage: fc.dictionary(fc.constantFrom("clamp_f", "no_carry", "noise", "longer"), fc.oneof(fc.constant(1), real), { maxKeys: 3 }),
  changes: fc.dictionary(fc.nat(500).map(String), fc.dictionary(fc.constantFrom("learning_rate", "clip_norm"), real, { minKeys: 1 }), { maxKeys: 40 }),
}).map((fields) => ({ ...DEFAULTS, ...fields, edits: { ...fields.edits }, damage: { ...fields.damage },
  changes: Object.fromEntries(Object.entries(fields.changes).map(([update, to]) => [update, { ...to }])) }));
const own = fc.tuple(experiment, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 })).chain(([fields, width, steps]) =>
  fc.record({ values: fc.array(fc.array(real, { minLength: width, maxLength: width }), { minLength: steps, maxLength: steps }),
    targets: fc.option(fc.array(real, { minLength: steps, maxLength: steps })) })
    .map(({ values, targets }) => ({ ...fields, task: "own", values, targets, length: DEFAULTS.length, input_size: DEFAULTS.input_size })));
const view = fc.record({ room: fc.constantFrom("backward"), quantity: fc.constantFrom("f", "dz_o", "tanh_c"), t: fc.integer({ min: 1, max: 200 }),
  unit: fc.integer({ min: 1, max: 64 }), lang: fc.constantFrom("zh-CN"), theme: fc.constantFrom("dark"),
  hide: fc.constantFrom("rooms,seed"), question: fc.string({ unit: "grapheme", minLength: 1 }), answer: fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }) }, { requiredKeys: [] });

test("an experiment and a view come back as they were", () => {
  fc.assert(fc.property(fc.oneof(experiment, own), view, (fields, seen) => {
    const back = decode(`#${encode(fields, seen, DEFAULTS, KINDS)}`, KINDS);
    assert.deepEqual({ ...DEFAULTS, ...back.experiment }, fields);
    assert.deepEqual(back.view, { ...seen });
  }), { numRuns: 500 });
});

test("words that no experiment has come back as well: a link is kept while Python loads", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (task) => {
    assert.equal({ ...DEFAULTS, ...decode(encode({ ...DEFAULTS, task }, {}, DEFAULTS, KINDS), KINDS).experiment }.task, task);
  }));
});

test("the same experiment is the same text, and the default is none", () => {
  assert.equal(encode(DEFAULTS, {}, DEFAULTS, KINDS), "");
  fc.assert(fc.property(experiment, (fields) => {
    const text = encode(fields, {}, DEFAULTS, KINDS);
    assert.equal(encode({ ...DEFAULTS, ...decode(text, KINDS).experiment }, {}, DEFAULTS, KINDS), text);
    assert.match(text, /^[\w.~!*'()=&,;:[\]%+-]*$/, "nothing that an address or a chat would cut off");
  }));
});

test("whatever stands in an address is read without an error", () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string().map((text) => `values=${text}&edits=${text}&targets=${text}&~text=${text}&changes=${text}&~answer=${text}`),
    fc.stringMatching(/^[%&=#;:,0-9a-f]*$/)), (text) => {
    const { experiment: fields, view: seen } = decode(text, KINDS);
    assert.equal(typeof fields, "object");
    assert.equal(typeof seen, "object");
    encode({ ...DEFAULTS, ...fields }, seen, DEFAULTS, KINDS);
  }), { numRuns: 1000 });
});

test("long text comes back from its packing, and what was never packed is nothing", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => assert.equal(unpack(pack(text)), text)));
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 50 }), fc.nat(), (text, at) => {
    const packed = pack(text);
    assert.equal(unpack(packed.slice(0, at % packed.length)), null, "cut off");
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => { unpack(text); }), { numRuns: 1000 });
  for (const text of ["", "A", "=", "K8lI+", "__8"]) assert.equal(unpack(text), null);
  assert.equal(unpack(pack("0".repeat(1_000_000))).length, 1_000_000);
  assert.equal(unpack(pack("0".repeat(1_000_001))), null, "larger than any link's");
});

test("a half of a letter does not stop a link from being written", () => {
  assert.equal(decode(encode({ ...DEFAULTS, text: "a\uD800b" }, {}, DEFAULTS, KINDS), KINDS).experiment.text, "a\uFFFDb");
});

test("a link of an earlier version is filled in where something is otherwise now, a later one says which it is", () => {
  const third = { ...KINDS, version: 3, task: "latch", former: [{ latch: { updates: 7, seed: 8 }, reber: { hidden_size: 5 }, "": { task: "reber", t: 4 } }, { latch: { seed: 9 } }] };
  assert.deepEqual(decode("#task=latch&hidden_size=2", third), { experiment: { task: "latch", hidden_size: 2, updates: 7, seed: 8 }, view: { t: 4 } });
  assert.deepEqual(decode("#room=backward&t=6", third), { experiment: { task: "reber", hidden_size: 5 }, view: { room: "backward", t: 6 } });
  assert.deepEqual(decode("#version=2&updates=3", third).experiment, { updates: 3, seed: 9 });
  assert.deepEqual(decode("#version=3&updates=3", third).experiment, { version: 3, updates: 3 });
  assert.deepEqual(decode("#task=constructor&version=2", third).experiment, { task: "constructor" });
  for (const text of ["", "#", "updates=3"]) assert.deepEqual(decode(text, third).experiment, text === "updates=3" ? { updates: 3 } : {});
  const now = { ...DEFAULTS, version: 3 };
  assert.equal(encode(now, {}, now, third), "");
  assert.equal(encode({ ...now, seed: 5 }, { t: 3 }, now, third), "version=3&seed=5&t=3");
  assert.equal(encode({ ...now, version: 7 }, {}, now, third), "version=7", "kept until Python has said what it is");
  assert.equal(encodeBeside([{ ...now, seed: 5 }], now, third), "seed=5");
  assert.deepEqual(decodeBeside("seed=5", now, third), [{ ...now, seed: 5 }]);
});

test("an answer cannot be read in the link, a short question can", () => {
  const text = encode(DEFAULTS, { question: "Why?", answer: "mark" }, DEFAULTS, KINDS);
  assert.match(text, /^question=Why%3F&~answer=[\w-]+$/);
  assert.deepEqual(decode(text, KINDS).view, { question: "Why?", answer: "mark" });
});

test("the settings of every task under every damage take less than 300 characters", () => {
  let longest = "";
  const others = { ...schema.tasks, ...Object.fromEntries(Object.entries(schema.own).map(([name, settings]) => [name, { settings }])) };
  const names = Object.keys(schema.damage.rules);
  for (const [task, { settings }] of Object.entries(others)) {
    const usual = { ...DEFAULTS, ...settings, task };
    for (const rule of [null, ...names]) {
      // Every slider moved, a damage with a value of many digits, a selection, another room, language and theme.
      const changed = { ...usual, sequence_seed: 987654, hidden_size: 13, seed: 123456, forget_bias: -2.75, scale: 1.35, updates: 1234, learning_rate: 0.0123,
        optimizer: "sgd", length: 57, damage: rule ? { [rule]: 0.123456 } : {} };
      const text = encode(changed, { room: "backward", quantity: "dc_via_h", t: 57, unit: 13, lang: "zh-CN", theme: "dark", projector: 1 },
        { ...usual, task: DEFAULTS.task }, { ...KINDS, version: 99 });         // with what a later version says of itself
      if (text.length > longest.length) longest = text;
    }
  }
  assert.ok(names.length > 20 && Object.keys(others).length > 15);
  assert.ok(longest.length < 300, `${longest.length}: ${longest}`);
});

test("an own sequence and an own text are packed where that is shorter", () => {
  const values = Array.from({ length: 200 }, (_, t) => [Math.sin(t), Math.cos(t)]);
  const plain = values.map((row) => row.join(",")).join(";").length;
  const text = encode({ ...DEFAULTS, task: "own", values }, {}, DEFAULTS, KINDS);
  assert.ok(text.length < 0.75 * plain, `${text.length} of ${plain}`);
  assert.deepEqual(decode(text, KINDS).experiment.values, values);
  const poem = "床前明月光,疑是地上霜。举头望明月,低头思故乡。".repeat(3);
  assert.ok(encode({ ...DEFAULTS, task: "own_text", text: poem }, {}, DEFAULTS, KINDS).length < 0.25 * encodeURIComponent(poem).length);
});

test("what stands beside may differ in a text, and in having no value at all", () => {
  const first = { ...DEFAULTS, damage_from: 0, text: "a|b&c=d" };
  const others = [{ ...first, damage_from: null }, { ...first, text: "x".repeat(200) }, { ...first, damage: { clamp_f: 0.5 }, text: null }];
  const view = decode(encode(first, { beside: encodeBeside(others, first, KINDS) }, DEFAULTS, KINDS), KINDS).view;
  assert.deepEqual(decodeBeside(view.beside, first, KINDS), others);
});

test("a number is read as people type it, text stays text", () => {
  fc.assert(fc.property(real, (value) => assert.equal(number(String(value)), value)));
  for (const [text, value] of [["1", 1], [" -2.5 ", -2.5], ["−3", -3], ["1e-3", 0.001], ["+4", 4], [".5", 0.5], ["1,5", 1.5], ["０，０５", 0.05]]) assert.equal(number(text), value);
  for (const text of ["", " ", "1,500", "10²", "0x10", "Infinity", "NaN", "1e999", "one", "1 2", "--1", "e"]) assert.equal(number(text), text);
});

