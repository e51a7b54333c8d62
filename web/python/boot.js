// Starts Python in the worker by one of two recipes with the same outcome, an interpreter in which `import bridge` works:
//
// restored  Pyodide, and the memory of an interpreter that had imported everything already; see restore.js.
// plain     loadPyodide, NumPy's and py_lstm's wheels, import. It follows whenever the first recipe throws.
//
// The first saves seconds of computing and loads half a megabyte more. Both begin with Pyodide's WebAssembly; how fast that
// begins to arrive decides between them. Only where the half megabyte would take longer than the computing it saves, it is
// the plain one. What lies in the browser's cache arrives at once.

import decoder from "zstd.wasm";
import { download, fileOf, Missing, refusedBy } from "./download.js";
import { startPlain } from "./plain.js";
import { readSnapshot, restoring, wake } from "./restore.js";
import { unpack } from "./zstd.js";

const WASM = "pyodide.asm.wasm";
const SNAPSHOT = "snapshot.zst";
const SCRIPTS = ["pyodide.mjs", "pyodide.asm.mjs"];
const LATER_MS = 3000;
const REPORT_MS = 100;

const SLOW_LINE = 250_000;                              // bytes per second: 2 Mbit/s
const PACKED = 0.37;                                    // of the WebAssembly, where the host compresses it
const ENOUGH_TO_TELL = 250_000;                         // bytes of it, unpacked
const LONG_ENOUGH_MS = 1500;
const LATE_MS = 50;

/**
 * @param runtime  {base, files, recipe, fresh}: the runtime's folder, its files, the recipe that is insisted on, if any, and
 *                 whether the files are to be loaded anew, whatever the browser has kept of them
 * @param on       {recipe(name), bytes(file, count), silent(file)}: what is being done; silent: a download is tried again
 */
export async function boot({ base, files, recipe, fresh }, on) {
  const wanted = Object.hasOwn(RECIPES, recipe ?? "") ? recipe : null;
  const first = watch(files, on, fresh);
  let name = wanted;
  try {
    const wasm = startWasm(base + WASM, first);         // asked for before the scripts that will want it are there
    name ??= await isFast(first, wasm) ? "restored" : "plain";
    on.recipe(name);
    return await first.race(RECIPES[name](base, first, wasm));
  } catch (error) {
    if (wanted || name === "plain" || isFinal(error, files)) throw error;
  } finally {
    first.end();
  }
  const second = watch(files, on, fresh);
  on.recipe("plain");
  try {
    return await second.race(plain(base, second, startWasm(base + WASM, second)));
  } finally {
    second.end();
  }
}

const RECIPES = { restored, plain };

/** Whether the other recipe would fail for the same reason. */
const isFinal = (error, files) => error instanceof Missing && FINAL.includes(error.code)
  && files.some(({ name, recipes }) => name === error.details.file && recipes.includes("plain"));
const FINAL = ["status", "other", "led"];

async function plain(base, watched, wasm) {
  handOver(base + WASM, wasm);
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all(SCRIPTS.map((script) => load(base + script)));
  return startPlain(loadPyodide, { indexURL: base, createPyodideModule });
}

async function restored(base, watched, wasm) {
  const snapshot = fetch(base + SNAPSHOT).then((response) => response.arrayBuffer())
    .then((packed) => unpack(decoder, new Uint8Array(packed))).then(readSnapshot);
  snapshot.catch(() => {});
  // Once a download has failed, the other recipe is under way and the worker's functions are its own.
  const [{ loadPyodide }, { default: factory }] = await watched.race(Promise.all(SCRIPTS.map((script) => load(base + script))));
  handOver(base + WASM, wasm);
  const python = await loadPyodide({
    indexURL: base,
    packageBaseUrl: base,
    lockFileContents: snapshot.then(({ lock }) => lock, () => new Promise(() => {})),
    stdLibURL: "data:,",
    ...restoring(factory, snapshot),
  });
  const { lock, site } = await snapshot;
  wake(python, { lock, site }, later(base, ["python_stdlib.zip", lock.packages.numpy.file_name]));
  return python;
}

/**
 * A script, fetched first, since that can be mended on the way and an import cannot. Where the host calls it something that
 * browsers take for no script, it is one all the same.
 */
async function load(url) {
  const content = await (await fetch(url)).arrayBuffer();
  try {
    return await import(url);
  } catch {
    return import(URL.createObjectURL(new Blob([content], { type: "text/javascript" })));
  }
}

function startWasm(url, watched) {
  const response = fetch(url);
  const module = WebAssembly.compileStreaming(response);
  response.catch(() => {});
  module.catch((error) => watched.lost(new Missing("other", { file: WASM, type: error.message })));
  return { response, module };
}

/** Let Pyodide have the module that is compiling already when it asks for the file. If it asks again, it gets another. */
function handOver(url, { response, module }) {
  const { fetch } = self;
  const { instantiateStreaming } = WebAssembly;
  let given = false;
  self.fetch = (resource, options) => {
    if (given || String(resource.url ?? resource) !== url) return fetch(resource, options);
    given = true;
    return response;
  };
  WebAssembly.instantiateStreaming = async (asked, imports) => {
    if (asked !== response && await asked !== await response) return instantiateStreaming(asked, imports);
    const compiled = await module;
    return { module: compiled, instance: await WebAssembly.instantiate(compiled, imports) };
  };
}

/**
 * Whether the line is fast enough for the restored recipe. A slow one takes a moment to show itself. A machine that is busy
 * looks late, which says nothing of the line: it is fast if so much came in the time that has really passed, and slow only if
 * that much time was not spent waiting for the machine.
 */
async function isFast(watched, { response }) {
  const begun = performance.now();
  let [waited, last] = [0, begun];
  const { headers } = await watched.race(response);
  const slow = (headers.get("Content-Encoding") ? SLOW_LINE / PACKED : SLOW_LINE) / 1000;
  return watched.race(new Promise((resolve) => {
    const look = () => {
      const [got, now] = [watched.received(WASM), performance.now()];
      waited += Math.min(now - last, LATE_MS);
      last = now;
      if (got >= ENOUGH_TO_TELL && got >= slow * (now - begun)) resolve(true);
      else if (waited > LONG_ENOUGH_MS) resolve(false);
      else setTimeout(look, 5);
    };
    look();
  }));
}

/**
 * Files that nothing has needed so far. They are fetched when the page is at rest, so that it goes on without a
 * network; who needs one earlier waits for it.
 */
function later(base, names) {
  const there = new Map();
  setTimeout(async () => {
    for (const name of names) {
      const response = await fetch(base + name, { priority: "low" }).catch(() => null);
      if (response?.ok) there.set(name, await response.arrayBuffer().catch(() => null));
    }
  }, LATER_MS);
  return (name) => new Uint8Array(there.get(name) ?? fetchNow(base + name));
}

function fetchNow(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${url}: ${request.status}`);
  return request.response;
}

/**
 * While it lasts, every byte of the runtime's files is counted and their downloads are mended on the way. What it gives
 * can `race` work against a file that does not arrive after all: Pyodide by itself would wait for its WebAssembly for ever.
 */
function watch(files, on, fresh) {
  const { fetch } = self;
  const load = fresh ? (url, options) => fetch(url, { ...options, cache: "reload" }) : fetch;
  const { instantiateStreaming } = WebAssembly;
  const [count, flush] = gathered(on.bytes);
  const received = new Map();
  let broken;
  const failed = new Promise((_, reject) => { broken = reject; });
  // A file that does not arrive is told through `failed`. Inside Pyodide it may reject a promise, too, that nobody has come
  // to wait for yet.
  let lost = false;
  failed.catch(() => { lost = true; });
  self.addEventListener("unhandledrejection", (event) => { if (lost) event.preventDefault(); });
  self.fetch = async (resource, options) => {
    const url = String(resource.url ?? resource);
    const file = files.find(({ name }) => name === fileOf(url));
    if (!file) return fetch(resource, options);
    const response = await download(load, url, file.bytes, {
      bytes(more) {
        received.set(file.name, (received.get(file.name) ?? 0) + more);
        count(file.name, more);
      },
      silent: () => on.silent(file.name),
      lost: broken,
    }, { begins: file.begins });
    if (!response.ok) broken(refusedBy(response));
    return response;
  };
  return {
    received: (name) => received.get(name) ?? 0,
    lost: broken,
    race: (work) => Promise.race([work, failed]),
    end() {
      flush();
      self.fetch = fetch;
      WebAssembly.instantiateStreaming = instantiateStreaming;
    },
  };
}

/** Reports now and then: a message and a picture for each piece that arrives would cost more than the piece. */
function gathered(onBytes) {
  const counts = new Map();
  let last = -Infinity;
  const flush = () => {
    for (const [name, count] of counts) onBytes(name, count);
    counts.clear();
    last = performance.now();
  };
  return [(name, count) => {
    counts.set(name, (counts.get(name) ?? 0) + count);
    if (performance.now() - last > REPORT_MS) flush();
  }, flush];
}
