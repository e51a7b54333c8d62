// The pure parts of the Train room: axes, the path of a long series, growing curves, and what a change means in mid-run.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "../../../web/node_modules/fast-check/lib/fast-check.js";
import { grow } from "../../../web/core/curves.js";
import { decodeBeside, encodeBeside } from "../../../web/core/link.js";
import { atMoment, followed, inForce } from "../../../web/core/moment.js";
import { linear, logarithmic, path, roundUp } from "../../../web/core/scale.js";

const ROOM = { changeable: ["learning_rate", "clip_norm"], restarting: ["seed", "task"] };

test("ticks lie on the axis, in order, and ends map to ends", () => {
  fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, span) => {
    const axis = linear(low, low + span, 0, 300);
    assert.ok(axis.ticks.length >= 1 && axis.ticks.every((tick, k) => axis.at(tick) >= -1 && axis.at(tick) <= 301 && (k === 0 || tick > axis.ticks[k - 1])));
  }));
  const log = logarithmic(0.002, 3, 100, 0);
  assert.deepEqual([log.at(10), log.at(0.001), log.at(0), log.at(-5)], [0, 100, 100, 100]);
  const runaway = logarithmic(0.7, 1e296, 100, 0);                              // a run begins where it began
  assert.ok(runaway.at(0.7) < runaway.at(0.1) + 1e-9 && runaway.low <= 0.7 && runaway.at(1e150) < 60);
  assert.deepEqual([logarithmic(1e-40, 1, 100, 0).low, logarithmic(1e-40, 1e-5, 100, 0).low].map((low) => Math.round(Math.log10(low))), [-12, -17]);
  assert.ok(log.ticks.every((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9)));
  assert.deepEqual([roundUp(1), roundUp(120), roundUp(0.03)], [1, 200, 0.05]);
});

test("a path of a long series has at most two points for half a pixel and keeps its extremes", () => {
  const values = Float64Array.from({ length: 100_000 }, (_, k) => Math.sin(k) * 50 + 50);
  values[51_234] = 400;
  const x = linear(0, values.length, 0, 300).at;
  const drawn = path(values, x, (value) => value);
  assert.ok(drawn.match(/[ML]/g).length <= 2 * 602);
  assert.ok(drawn.includes(" 400.0"));
  assert.equal(path(Float64Array.of(NaN, Infinity), x, (value) => value), "");
});

test("curves grow by what is new, begin again from 0 and forget runs that are gone", () => {
  const frame = (run, values) => Object.fromEntries(["loss", "score", "norm", "loss_mean", "score_mean"].map((kind) => [`${run}.${kind}`, { data: Float64Array.from(values) }]));
  let curves = {};
  const all = [];
  for (let k = 0; k < 50; k += 1) {
    const news = Array.from({ length: k }, (_, j) => k * 100 + j);
    curves = grow(curves, { main: { from: all.length, count: all.length + k } }, frame("main", news));
    all.push(...news);
    assert.deepEqual([...curves.main.loss], all);
  }
  curves = grow(curves, { main: { from: 2, count: 3 }, beside0: { from: 0, count: 1 } }, { ...frame("main", [7]), ...frame("beside0", [1]) });
  assert.deepEqual([...curves.main.loss], [...all.slice(0, 2), 7]);
  assert.deepEqual(Object.keys(grow(curves, { main: { from: 0, count: 0 } }, frame("main", []))), ["main"]);
});

test("in mid-run a setting is changed from now on, later changes are forgotten, and what restarts begins at 0 with what holds now", () => {
  const base = { learning_rate: 0.02, clip_norm: 1, seed: 1, updates: 80, changes: { 30: { clip_norm: 2 }, 70: { learning_rate: 1 } } };
  const place = { done: 50, running: false, ...ROOM };
  assert.deepEqual(atMoment({ learning_rate: 0.1 }, base, place), { changes: { 30: { clip_norm: 2 }, 50: { learning_rate: 0.1 } } });
  assert.deepEqual(atMoment({ learning_rate: 0.1 }, base, { ...place, done: 0 }), { learning_rate: 0.1, changes: {} });
  assert.deepEqual(atMoment({ seed: 2 }, base, place), { clip_norm: 2, changes: {}, updates: 0, seed: 2 });
  assert.equal(atMoment({ seed: 2 }, base, { ...place, running: true }).updates, 80);
  assert.deepEqual(atMoment({ seed: 1 }, base, place), { seed: 1 });
  assert.deepEqual(atMoment({ updates: 3 }, base, place), { updates: 3 });
  assert.deepEqual(inForce(base, 100), { clip_norm: 2, learning_rate: 1 });
});

test("what is trained beside the first follows it in all but that in which it differs; a kept run stays what it was", () => {
  const first = { task: "latch", length: 24, forget_bias: 1, seed: 1, changes: {}, updates: 80, edits: {} };
  const rnn = { ...first, updates: 0, cell: "rnn" };
  const other = { ...first, updates: 0, forget_bias: 0 };
  const kept = { ...first, updates: 80, seed: 4 };
  const longer = { ...first, length: 60, changes: { 30: { clip_norm: 2 } }, updates: 0, edits: { "bias[0]": 1 } };
  const changed = { length: 60, changes: longer.changes };
  assert.deepEqual(followed([rnn, other, kept], first, longer), [{ ...rnn, ...changed }, { ...other, ...changed }, kept]);
  assert.deepEqual(followed([other], first, { ...first, forget_bias: 3 }), [other]);
  assert.deepEqual(followed([other, rnn], first, { ...first, task: "recall", forget_bias: 3 }), [{ ...other, task: "recall" }, { ...rnn, task: "recall", forget_bias: 3 }]);
  const same = [rnn];
  assert.equal(followed(same, first, { ...first, updates: 200 }), same);
});

test("runs beside the first travel in a link as what differs", () => {
  const first = { seed: 1, hidden_size: 3, changes: {}, updates: 10 };
  const kinds = { fields: { seed: "number", hidden_size: "number", changes: "changes", updates: "number" }, view: {} };
  const others = [{ ...first, seed: 2 }, { ...first, hidden_size: 5, changes: { 4: { clip_norm: 2 } } }];
  const text = encodeBeside(others, first, kinds);
  assert.equal(text, "seed=2|hidden_size=5&changes=4:clip_norm:2");
  assert.deepEqual(decodeBeside(text, first, kinds), others);
  assert.equal(encodeBeside([], first, kinds), null);
});
