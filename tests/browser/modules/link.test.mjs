// web/core/link.js: what is written is read back, and nothing that stands in an address can make it fail.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "../../../web/node_modules/fast-check/lib/fast-check.js";
import { decode, encode, number, parseRows } from "../../../web/core/link.js";

const DEFAULTS = { task: "latch", values: null, targets: null, length: 24, input_size: 2, sequence_seed: 602, hidden_size: 3,
  seed: 1, initializer: "uniform", scale: 1, forget_bias: 1, updates: 200, batch_size: 32, optimizer: "adam",
  learning_rate: 0.02, weight_decay: 0, clip_norm: 1, loss_at: "every", gradient_of: "output", output_step: 0, edits: {}, version: 1 };
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
  edits: fc.dictionary(place, real, { maxKeys: 5 }),
}).map((fields) => ({ ...DEFAULTS, ...fields, edits: { ...fields.edits } }));
const own = fc.tuple(experiment, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 })).chain(([fields, width, steps]) =>
  fc.record({ values: fc.array(fc.array(real, { minLength: width, maxLength: width }), { minLength: steps, maxLength: steps }),
    targets: fc.option(fc.array(real, { minLength: steps, maxLength: steps })) })
    .map(({ values, targets }) => ({ ...fields, task: "own", values, targets, length: DEFAULTS.length, input_size: DEFAULTS.input_size })));
const view = fc.record({ room: fc.constantFrom("backward"), quantity: fc.constantFrom("f", "dz_o", "tanh_c"), t: fc.integer({ min: 1, max: 200 }),
  unit: fc.integer({ min: 1, max: 64 }), lang: fc.constantFrom("zh-CN"), theme: fc.constantFrom("dark") }, { requiredKeys: [] });

test("an experiment and a view come back as they were", () => {
  fc.assert(fc.property(fc.oneof(experiment, own), view, (fields, seen) => {
    const back = decode(`#${encode(fields, seen, DEFAULTS)}`, DEFAULTS);
    assert.deepEqual({ ...DEFAULTS, ...back.experiment }, fields);
    assert.deepEqual(back.view, { ...seen });
  }), { numRuns: 500 });
});

test("words that no experiment has come back as well: a link is kept while Python loads", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (task) => {
    assert.equal({ ...DEFAULTS, ...decode(encode({ ...DEFAULTS, task }, {}, DEFAULTS), DEFAULTS).experiment }.task, task);
  }));
});

test("the same experiment is the same text, and the default is none", () => {
  assert.equal(encode(DEFAULTS, {}, DEFAULTS), "");
  fc.assert(fc.property(experiment, (fields) => {
    const text = encode(fields, {}, DEFAULTS);
    assert.equal(encode({ ...DEFAULTS, ...decode(text, DEFAULTS).experiment }, {}, DEFAULTS), text);
    assert.match(text, /^[\w.~!*'()=&,;:[\]%+-]*$/, "nothing that an address or a chat would cut off");
  }));
});

test("whatever stands in an address is read without an error", () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string().map((text) => `values=${text}&edits=${text}&targets=${text}`),
    fc.stringMatching(/^[%&=#;:,0-9a-f]*$/)), (text) => {
    const { experiment: fields, view: seen } = decode(text, DEFAULTS);
    assert.equal(typeof fields, "object");
    assert.equal(typeof seen, "object");
    encode({ ...DEFAULTS, ...fields }, seen, DEFAULTS);
  }), { numRuns: 1000 });
});

test("a number is read as JavaScript reads it, text stays text", () => {
  fc.assert(fc.property(real, (value) => assert.equal(number(String(value)), value)));
  for (const [text, value] of [["1", 1], [" -2.5 ", -2.5], ["−3", -3], ["1e-3", 0.001], ["+4", 4], [".5", 0.5]]) assert.equal(number(text), value);
  for (const text of ["", " ", "1,5", "0x10", "Infinity", "NaN", "1e999", "one", "1 2", "--1", "e"]) assert.equal(number(text), text);
});

test("typed rows", () => {
  fc.assert(fc.property(fc.array(fc.array(real, { minLength: 2, maxLength: 2 }), { minLength: 2, maxLength: 9 }), fc.constantFrom(" ", ", ", "\t"),
    fc.constantFrom("\n", ";", "\n\n"), (rows, between, end) => {
      assert.deepEqual(parseRows(rows.map((row) => row.join(between)).join(end)), rows);
    }));
  assert.deepEqual(parseRows("1, 2 3"), [[1], [2], [3]]);
  assert.deepEqual(parseRows("  "), []);
  assert.deepEqual(parseRows("1 2\n3 x"), [[1, 2], [3, "x"]]);
});
