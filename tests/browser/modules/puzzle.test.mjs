// web/core/puzzle.js: what is asked of a bug is told one after the other, and what waits belongs to the bug it was asked about.
import assert from "node:assert/strict";
import test from "node:test";
import { signal } from "../../../web/node_modules/@preact/signals/dist/signals.mjs";
import { settled, withNeighbours } from "./neighbours.mjs";

/** The Break room with bug number 7, whose Python answers each question when the test says so. */
async function page() {
  const asked = [];
  const state = {
    engineState: signal("live"), isRecording: signal(false), measured: signal(null), puzzle: signal(7), room: signal("break"),
    schema: { damage: { blocks: [], checked: [], mostSteps: 6, suspects: [], watched: [] } },
    trace: signal({ done: false, experiment: { damage: {}, damage_from: null, edits: {} } }),
  };
  const puzzle = await withNeighbours("puzzle.js", {
    "./requests.js": {
      change: async () => {},
      engine: { question: (what, args, onPart) => new Promise((resolve) => { asked.push({ what, args, onPart, resolve }); }) },
    },
    "./state.js": state, "./trace.js": { traceOf: (part) => part },
  });
  /** Python answers its oldest question with these parts. */
  async function answers(...parts) {
    const { onPart, resolve } = asked.shift();
    for (const part of parts) onPart(part, null);
    resolve({});
    await settled();
  }
  await settled();
  return { ...puzzle, state, asked, answers, what: () => asked.map(({ what, args }) => [what, args[0]]) };
}

const begun = (seed) => ({ kind: "begun", seed, path: "", count: 0, wrong: [], solved: false, answer: null });
const told = (seed, count, measurement) => ({ ...begun(seed), path: `${count}`, count, measurement, blocks: { f: true }, values: null });

test("two measurements asked for at once are both told, in their order", async () => {
  const { log, standing, measure, answers, asked, what } = await page();
  assert.deepEqual(what(), [["begin_puzzle", 7]]);
  await answers(begun(7));
  const [first, second] = [{ steps: 1 }, { steps: 2 }];
  const both = Promise.all([measure(first), measure(second)]);
  await settled();
  while (asked.length) await answers(told(7, log.value.length + 1, asked[0].args[0]));
  await both;
  assert.deepEqual(log.value.map(({ measurement }) => measurement), [first, second]);
  assert.equal(standing.value.count, 2);
});

test("Python is asked for the second when it has told the first", async () => {
  const { measure, guess, answers, what } = await page();
  await answers(begun(7));
  measure({ steps: 1 });
  measure({ steps: 2 });
  guess("no_carry");
  await settled();
  assert.deepEqual(what(), [["measure", { steps: 1 }]]);
  await answers(told(7, 1, { steps: 1 }));
  assert.deepEqual(what(), [["measure", { steps: 2 }]]);
  await answers(told(7, 2, { steps: 2 }));
  assert.deepEqual(what(), [["guess", "no_carry"]]);
});

test("two guesses at once are both told, and what is right is followed by the shortest proof", async () => {
  const { verdict, standing, fewest, guess, answers, asked, what } = await page();
  await answers(begun(7));
  const both = Promise.all([guess("no_carry"), guess("noise")]);
  await settled();
  assert.equal(asked.length, 1);
  await answers({ ...told(7, 0, null), name: "no_carry", right: false, wrong: ["no_carry"] });
  assert.deepEqual([verdict.value.name, standing.value.wrong], ["no_carry", ["no_carry"]]);
  await answers({ ...told(7, 0, null), name: "noise", right: true, wrong: ["no_carry"], solved: true, answer: "noise" });
  await both;
  assert.deepEqual([verdict.value.right, standing.value.answer, what()[0][0]], [true, "noise", "fewest"]);
  await answers({ proof: [1] });
  assert.deepEqual(fewest.value, { proof: [1] });
});

test("what waits for its turn when another bug is taken is never asked about that one", async () => {
  const { log, measure, answers, state, what } = await page();
  await answers(begun(7));
  measure({ steps: 1 });
  measure({ steps: 2 });
  await settled();
  state.puzzle.value = 8;
  await settled();
  assert.deepEqual(what(), [["measure", { steps: 1 }], ["begin_puzzle", 8]]);
  await answers(told(7, 1, { steps: 1 }));                  // too late
  assert.deepEqual([log.value, what()], [[], [["begin_puzzle", 8]]]);
  await answers(begun(8));
  measure({ steps: 3 });
  await settled();
  assert.deepEqual(what(), [["measure", { steps: 3 }]]);
});
