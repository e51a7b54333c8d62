// web/core/keep.js: what is kept in the browser is the last moment of a run, however slowly a browser keeps it.
import assert from "node:assert/strict";
import test from "node:test";
import { signal } from "../../../web/node_modules/@preact/signals/dist/signals.mjs";
import { settled, withNeighbours } from "./neighbours.mjs";

/** The page around it, after training up to `updates`: Python answers, and the browser keeps, when the test says so. */
async function page({ kept = undefined, forbids = false } = {}) {
  const waiting = { asked: [], written: [] };
  const stored = [];
  const restored = [];
  const asks = (list, more) => new Promise((resolve) => { list.push({ ...more, go: resolve }); });
  const state = {
    curves: signal({ main: { count: 0 } }), engineState: signal("live"), isRecording: signal(false), room: signal("train"),
    running: signal(false), schema: { defaults: { task: "latch", updates: 0 } }, trace: signal({ experiment: { updates: 0 } }),
    wanted: signal({ task: "latch", updates: 0 }),
  };
  const greetings = [];
  globalThis.document = { hidden: false };
  const listeners = {};
  globalThis.addEventListener = (name, listen) => { listeners[name] = listen; };
  const clock = [];
  globalThis.setInterval = (tick) => { clock.push(tick); };
  const keeping = await withNeighbours("keep.js", {
    "idb-keyval": {
      get: async () => { if (forbids) throw new Error("forbidden"); return kept; },
      set: async (name, value) => {
        await asks(waiting.written);
        if (forbids) throw new Error("forbidden");
        stored.push(value.experiment.updates);
      },
      del: async () => {},
    },
    "./requests.js": {
      beforeFirst: (greet) => greetings.push(greet), change: async (patch) => { state.wanted.value = patch; },
      engine: {
        checkpoint: async () => {
          const { updates } = state.trace.value.experiment;                 // Python tells the moment of when it was asked
          await asks(waiting.asked);
          return { experiment: { updates }, data: new Float64Array(1) };
        },
        restore: async (what) => { restored.push(what.experiment.updates); return {}; },
      },
    },
    "./state.js": state,
  });
  return { ...keeping, state, waiting, stored, restored, greetings, every3Seconds: () => clock.forEach((tick) => tick()),
    at: (updates) => { state.trace.value = { experiment: { updates } }; },
    async goes(list) { list.shift().go(); await settled(); } };
}

test("a moment asked for while an earlier one is being kept is kept after it, and the last one wins", async () => {
  for (const during of ["asked", "written"]) {
    const { state, waiting, stored, at, every3Seconds, goes } = await page();
    state.running.value = true;
    at(10);
    every3Seconds();                                       // the run is kept as it goes on ...
    if (during === "written") await goes(waiting.asked);
    at(20);
    state.running.value = false;                           // ... and ends while that is not done
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    while (waiting.asked.length + waiting.written.length) await goes(waiting.asked.length ? waiting.asked : waiting.written);
    assert.deepEqual(stored, [10, 20], `the run ended while it was ${during}`);
  }
});

test("however often it is asked for meanwhile, what is kept afterwards is the last and is kept once", async () => {
  const { state, waiting, stored, at, every3Seconds, goes } = await page();
  state.running.value = true;
  at(1);
  every3Seconds();
  for (const updates of [2, 3, 4]) { at(updates); every3Seconds(); }
  while (waiting.asked.length + waiting.written.length) await goes(waiting.asked.length ? waiting.asked : waiting.written);
  assert.deepEqual(stored, [1, 4]);
  every3Seconds();
  await goes(waiting.asked);
  assert.deepEqual([stored, waiting.written], [[1, 4], []], "nothing new, nothing kept");
});

test("a moment asked for while Python says that there is nothing new is kept as well", async () => {
  const { state, waiting, stored, at, every3Seconds, goes } = await page();
  state.running.value = true;
  at(5);
  every3Seconds();
  await goes(waiting.asked);
  await goes(waiting.written);
  every3Seconds();                                         // still at 5
  at(6);
  every3Seconds();
  while (waiting.asked.length + waiting.written.length) await goes(waiting.asked.length ? waiting.asked : waiting.written);
  assert.deepEqual(stored, [5, 6]);
});

test("a new Python is given what was kept last, also where the browser keeps nothing and says so", async () => {
  const { state, waiting, stored, restored, greetings, unkept, at, every3Seconds, goes } = await page({ forbids: true });
  state.running.value = true;
  at(7);
  every3Seconds();
  await goes(waiting.asked);
  await goes(waiting.written);
  assert.deepEqual([stored, unkept.value], [[], true]);
  await greetings[0]({ restore: async (what) => { restored.push(what.experiment.updates); } });
  assert.deepEqual(restored, [7]);
});

test("the run of an earlier visit is offered, until something is trained here", async () => {
  const kept = { version: 1, experiment: { updates: 300 } };
  const { state, offered, takeUp, restored } = await page({ kept });
  await settled();
  assert.equal(offered.value, kept);
  await takeUp();
  assert.deepEqual([offered.value, restored, state.wanted.value], [null, [300], { updates: 300 }]);
  const other = await page({ kept });
  await settled();
  other.state.running.value = true;
  assert.equal(other.offered.value, null);
});
