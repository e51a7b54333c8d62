// web/core/layout.js for any shape: boxes stand inside the picture, none covers another, and each is found again.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "../../../web/node_modules/fast-check/lib/fast-check.js";
import { boxOf, counterpart, layout, numberAt, rowsAway } from "../../../web/core/layout.js";

const room = fc.constantFrom("forward", "backward");
const shape = fc.record({ T: fc.integer({ min: 1, max: 200 }), I: fc.integer({ min: 1, max: 4 }), H: fc.integer({ min: 1, max: 64 }) });
const space = fc.record({ width: fc.integer({ min: 100, max: 3000 }), height: fc.integer({ min: 100, max: 2000 }),
  minColumn: fc.constantFrom(9, 13) });
const small = shape.map(({ T, I, H }) => ({ T: Math.min(T, 12), I, H: Math.min(H, 6) }));
const numbers = (picture) => picture.groups.flatMap(({ quantity, rows }) => Array.from({ length: rows }, (_, k) =>
  Array.from({ length: picture.T }, (_, t) => ({ quantity, unit: k + 1, t: t + 1 }))).flat());

test("every box is inside, and the groups stand one below the other", () => {
  fc.assert(fc.property(shape, room, space, (s, r, available) => {
    const picture = layout(s, r, available);
    let below = 0;
    for (const group of picture.groups) {
      assert.ok(group.y >= below && group.rowHeight > 0);
      below = group.y + group.height;
      for (const unit of [1, group.rows]) {
        for (const t of [1, s.T]) {
          const box = boxOf(picture, { quantity: group.quantity, unit, t });
          assert.ok(box.x >= 0 && box.x + box.width <= picture.width);
          assert.ok(box.y >= group.y && box.y + box.height <= below);
        }
      }
    }
    assert.ok(below <= picture.axis && picture.axis < picture.height);
  }));
});

test("no two boxes overlap", () => {
  fc.assert(fc.property(small, room, space, (s, r, available) => {
    const picture = layout(s, r, available);
    const covered = new Set();
    for (const place of numbers(picture)) {
      const { x, y, width, height } = boxOf(picture, place);
      assert.ok(width >= 1 && height >= 1);
      covered.add(`${x},${y}`);
    }
    const area = numbers(picture).reduce((sum, place) => { const b = boxOf(picture, place); return sum + b.width * b.height; }, 0);
    const free = picture.groups.reduce((sum, group) => sum + group.height * picture.width, 0);
    assert.equal(covered.size, numbers(picture).length);
    assert.ok(Math.abs(area - free) < 1e-6, "boxes fill their groups exactly, so none covers another");
  }), { numRuns: 40 });
});

test("any point of a box leads to its number", () => {
  fc.assert(fc.property(shape, room, space, fc.nat(), fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    fc.double({ min: 0.01, max: 0.99, noNaN: true }), (s, r, available, pick, across, down) => {
      const picture = layout(s, r, available);
      const group = picture.groups[pick % picture.groups.length];
      const place = { quantity: group.quantity, unit: (pick % group.rows) + 1, t: (pick % s.T) + 1 };
      const box = boxOf(picture, place);
      assert.deepEqual(numberAt(picture, box.x + across * box.width, box.y + down * box.height), place);
    }), { numRuns: 500 });
});

test("any point anywhere leads to a number that exists", () => {
  const anywhere = fc.double({ min: -500, max: 5000, noNaN: true });
  fc.assert(fc.property(shape, room, space, anywhere, anywhere, (s, r, available, x, y) => {
    const picture = layout(s, r, available);
    const place = numberAt(picture, x, y);
    assert.ok(boxOf(picture, place));
    assert.ok(place.t >= 1 && place.unit >= 1);
  }));
});

test("steps up and down come back, and never leave the picture", () => {
  fc.assert(fc.property(shape, room, fc.nat(), fc.integer({ min: -300, max: 300 }), (s, r, pick, by) => {
    const picture = layout(s, r, { width: 800, height: 600 });
    const group = picture.groups[pick % picture.groups.length];
    const place = { quantity: group.quantity, unit: (pick % group.rows) + 1, t: 1 };
    const moved = rowsAway(picture, place, by);
    assert.ok(boxOf(picture, moved));
    const rows = picture.groups.flatMap((g) => Array.from({ length: g.rows }, (_, k) => `${g.quantity}${k + 1}`));
    const from = rows.indexOf(`${place.quantity}${place.unit}`);
    const to = rows.indexOf(`${moved.quantity}${moved.unit}`);
    assert.equal(to, Math.min(rows.length - 1, Math.max(0, from + by)));
  }));
});

test("a quantity's counterpart in the other room leads back to it", () => {
  for (const quantity of ["x", "f", "i", "g", "o", "c", "h", "y"]) {
    const other = counterpart(quantity, "backward");
    assert.notEqual(other, quantity);
    assert.equal(counterpart(other, "forward"), quantity);
  }
  assert.equal(counterpart("tanh_c", "backward"), "tanh_c");
});
