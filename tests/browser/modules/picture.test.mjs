// What the picture is painted with: the scale of two traces side by side, and marks that noise has made to something else.
import assert from "node:assert/strict";
import test from "node:test";
import { rangeOf } from "../../../web/core/trace.js";
import { paint } from "../../../web/views/paint.js";

const traceWith = (name, values) => ({ arrays: { [name]: { shape: [values.length, 1], data: Float64Array.from(values) } } });

test("c has the scale of g and h up to 2, its own from 3 on, and one scale for two traces side by side", () => {
  const range = (most) => rangeOf(traceWith("c", [0.1, -most]), "c");
  assert.deepEqual([0.5, 1, 2, 2.5, 3, 20.2].map(range), [1, 1, 1, 2, 3, 20.2]);
  for (let most = 0.1; most < 5; most += 0.01) assert.ok(range(most) >= range(most - 0.01) && range(most) - range(most - 0.01) < 0.0201);
  const [one, other] = [traceWith("c", [0.5]), traceWith("c", [7])];
  assert.deepEqual([rangeOf({ ...one, beside: other }, "c"), rangeOf({ ...other, beside: one }, "c")], [7, 7]);
});

test("a mark is a triangle where it is one; with noise in it, it is a bar", () => {
  const painted = (marks) => {
    const calls = { fill: 0, fillRect: 0 };
    const context = new Proxy({}, { get: (_, name) => (name in calls ? () => { calls[name] += 1; } : () => ({})), set: () => true });
    const x = Float64Array.from(marks.flatMap((mark) => [0.5, mark]));
    const trace = { arrays: { x: { shape: [marks.length, 2], data: x } } };
    const groups = [{ quantity: "x", mark: "bar", rows: 2, y: 0, rowHeight: 18, height: 36 }];
    paint(context, { T: marks.length, column: 20, width: 60, height: 60, axis: 40, groups }, trace, { theme: "light", channels: ["value", "mark"] });
    return calls;
  };
  assert.equal(painted([0, 1, 0, 1]).fill, 2);
  assert.equal(painted([0.2, 1.3, -0.4, 0.9]).fill, 0);
  assert.equal(painted([0.2, 1.3, -0.4, 0.9]).fillRect, painted([0, 1, 0, 1]).fillRect + 8);
});
