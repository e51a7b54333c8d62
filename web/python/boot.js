// Starts Python in the worker by one of two recipes with the same outcome, an interpreter in which `import bridge` works:
//
// restored  Pyodide, and the memory of an interpreter that had imported everything already; see restore.js.
// plain     loadPyodide, NumPy's and py_lstm's wheels, import. It follows whenever the first recipe throws, and is the
//           only one where a browser lacks what that one needs.

import { startPlain } from "./plain.js";
import { readSnapshot, restoring, wake } from "./restore.js";

const WASM = "pyodide.asm.wasm";
const SCRIPTS = ["pyodide.mjs", "pyodide.asm.mjs"];
const LATER_MS = 3000;
const REPORT_MS = 100;

/**
 * @param runtime  {base, files, recipe}: the runtime's folder, its files, and the recipe that is insisted on, if any
 * @param on       {recipe(name), bytes(file, count)}: what is being done
 */
export async function boot(runtime, on) {
  if (runtime.recipe !== "plain" && "DecompressionStream" in self) {
    try {
      return await watched(restored, "restored", runtime, on);
    } catch (error) {
      if (runtime.recipe === "restored") throw error;
    }
  }
  return watched(plain, "plain", runtime, on);
}

/** Run a recipe while every byte of its files is counted, and leave the worker's functions as they were. */
async function watched(recipe, name, { base, files }, on) {
  on.recipe(name);
  const { fetch } = self;
  const { instantiateStreaming } = WebAssembly;
  const [count, flush] = gathered(on.bytes);
  const failed = countBytes(files, count);
  // A file that does not arrive is told through `failed`. Inside Pyodide it may reject a promise, too, that nobody has come
  // to wait for yet.
  let lost = false;
  failed.catch(() => { lost = true; });
  self.addEventListener("unhandledrejection", (event) => { if (lost) event.preventDefault(); });
  try {
    return await Promise.race([recipe(base, (script) => {
      const { bytes } = files.find((file) => file.name === script);
      return import(base + script).then((module) => { count(script, bytes); return module; });
    }, failed), failed]);
  } finally {
    flush();
    self.fetch = fetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
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

async function plain(base, load) {
  const { loadPyodide } = await load("pyodide.mjs");
  return startPlain(loadPyodide, { indexURL: base });
}

async function restored(base, load, failed) {
  const wasm = fetch(base + WASM);                      // asked for before the scripts that will want them are there
  const compiled = WebAssembly.compileStreaming(wasm);
  const snapshot = fetch(base + "snapshot.gz")
    .then(({ body }) => readSnapshot(body.pipeThrough(new DecompressionStream("gzip"))));
  compiled.catch(() => {});
  snapshot.catch(() => {});
  // Once a download has failed, the other recipe is under way and the worker's functions are its own.
  const [{ loadPyodide }, { default: factory }] = await Promise.race([failed, Promise.all(SCRIPTS.map(load))]);
  handOver(base + WASM, wasm, compiled);
  const python = await loadPyodide({
    indexURL: base,
    packageBaseUrl: base,
    lockFileContents: snapshot.then(({ lock }) => lock, () => new Promise(() => {})),
    stdLibURL: "data:,",
    ...restoring(factory, snapshot),
  });
  const restoredFrom = await snapshot;
  wake(python, restoredFrom, later(base, ["python_stdlib.zip", restoredFrom.lock.packages.numpy.file_name]));
  return python;
}

/** Let Pyodide have the module that is compiling already when it asks for the file. */
function handOver(url, response, compiled) {
  const { fetch } = self;
  self.fetch = (resource, options) => (String(resource.url ?? resource) === url ? response : fetch(resource, options));
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const module = await compiled;
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
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
 * Count what arrives of every runtime file; the browser's own fetch does the work. Gives a promise that rejects when one
 * does not arrive whole: Pyodide by itself would wait for its WebAssembly for ever.
 */
function countBytes(files, onBytes) {
  let broken;
  const failed = new Promise((_, reject) => { broken = reject; });
  const plain = self.fetch.bind(self);
  self.fetch = async (resource, options) => {
    const name = String(resource.url ?? resource).split("/").pop().split("?")[0];
    if (!files.some((file) => file.name === name)) return plain(resource, options);
    const response = await plain(resource, options).catch((error) => { broken(error); throw error; });
    if (!response.ok) broken(new Error(`${name}: ${response.status} ${response.statusText}`));
    if (!response.body || !response.ok) return response;
    const counter = new TransformStream({
      transform(chunk, controller) { onBytes(name, chunk.byteLength); controller.enqueue(chunk); },
    });
    // Status and type are kept: WebAssembly.compileStreaming insists on application/wasm.
    response.body.pipeTo(counter.writable).catch(broken);
    return new Response(counter.readable, { status: response.status, headers: response.headers });
  };
  return failed;
}
