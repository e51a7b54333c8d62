// Makes the snapshot that web/python/restore.js restores: `node snapshot.mjs RUNTIME PACKAGES OUTPUT`, where RUNTIME is
// a folder with Pyodide's core files, PACKAGES one that holds what goes into site-packages, and OUTPUT is the file to
// write. Clock, entropy and what names this machine are replaced, so the same sources give the same bytes.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checksum, link, trampolineCell } from "../python/restore.js";

const [runtime, packages, output] = process.argv.slice(2);
const CONTENTS = path.join(path.dirname(fileURLToPath(import.meta.url)), "snapshot_contents.py");
const SITE = "/lib/python3.14/site-packages";
const PAGE = 1024;                           // whether to keep, zero or store memory is decided for so many bytes
const WORD = 4;
const OWN_SLOTS = 1024;                      // of the function table, left free for what an engine puts there by itself
const MOMENTS = [Date.UTC(2020, 1, 1), Date.UTC(2031, 6, 8, 9, 10, 11, 121)];
let moment = MOMENTS[0];
const OPTIONS = {
  indexURL: runtime,
  lockFileContents: JSON.parse(readFileSync(path.join(runtime, "pyodide-lock.json"))),
  packageBaseUrl: "./",
  _sysExecutable: "python",
  env: { HOME: "/home/pyodide", LANG: "C.UTF-8", PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
};

/** From here on nothing depends on when and where this runs. */
function standStill() {
  let state = 1;
  const fill = (view) => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = (state = Math.imul(state, 0x5bd1e995) + moment | 0) >>> 24;
    return view;
  };
  createRequire(import.meta.url)("node:crypto").randomFillSync = fill;
  globalThis.crypto.getRandomValues = fill;
  globalThis.performance.now = () => moment - MOMENTS[0];
  globalThis.Date = class extends Date {
    constructor(...given) { super(...(given.length ? given : [moment])); }
    static now() { return moment; }
  };
}

/** Every file in a folder as [path inside it, bytes], in an order that no file system decides. */
function walk(folder, inside = "") {
  return readdirSync(path.join(folder, inside), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = inside + entry.name;
      return entry.isDirectory() ? walk(folder, `${name}/`) : [[name, readFileSync(path.join(folder, name))]];
    });
}

/** An interpreter in which everything has been imported, with what link() will need to know about it. */
async function makeInterpreter(loadPyodide, files) {
  const python = await loadPyodide({ ...OPTIONS, _makeSnapshot: true });
  const module = python._module;
  const { FS, HEAP32 } = module;
  // Engines with wasm-GC put a helper of CPython's there. WebKit does not know an exported function again that stands in the
  // table already, and puts each that the modules name there once more.
  module.wasmTable.grow(OWN_SLOTS);
  const firstSlot = module.wasmTable.length;
  for (const [name, bytes] of files) {
    FS.mkdirTree(path.posix.dirname(`${SITE}/${name}`));
    FS.writeFile(`${SITE}/${name}`, bytes);
  }
  const scope = python.globals.get("dict")();
  python.runPython(readFileSync(CONTENTS, "utf8"), { globals: scope, filename: "<snapshot>" });
  scope.destroy();
  python.runPython("import gc; gc.collect(); del gc");
  clearFreeMemory(module);
  const held = JSON.stringify(module.API.serializeHiwireState());
  if (held !== '{"hiwireKeys":[null],"immortalKeys":[]}') throw new Error(`the snapshot holds JavaScript objects: ${held}`);
  return { module, firstSlot };
}

/** What was freed still holds its bytes, which would be downloaded for nothing. */
function clearFreeMemory(module) {
  const held = [];
  const end = () => module.HEAPU32[module._emscripten_get_sbrk_ptr() / WORD];
  for (let size = 1 << 16; size >= 16; size /= 2) {
    for (;;) {
      const before = end();
      const address = module._malloc(size);
      module.HEAPU8.fill(0, address, address + size);
      if (end() !== before) { module._free(address); break; }
      held.push(address);
    }
  }
  held.forEach((address) => module._free(address));
}

/** The compiled modules of an interpreter, in the order of their places in the function table. */
function describeLibraries(module, files) {
  const { loadedLibsByName, loadedLibsByHandle } = module.LDSO;
  const libraries = new Map();
  for (const [handle, entry] of Object.entries(loadedLibsByHandle).map(([key, entry]) => [Number(key), entry])) {
    if (handle === 0) continue;
    const known = libraries.get(entry.name);
    if (known) { known.handles.push(handle); continue; }
    const strange = Object.keys(entry.exports).find((name) => /^__(em_js__|start_em_asm)/.test(name));
    if (strange) throw new Error(`${entry.name} brings JavaScript along, which a snapshot cannot: ${strange}`);
    const [memoryBase, memorySize, tableBase, tableSize] =
      [12, 16, 20, 24].map((offset) => module.HEAPU32[(handle + offset) / WORD]);
    const [, content] = files.find(([name]) => `${SITE}/${name}` === entry.name);
    libraries.set(entry.name, {
      name: entry.name, global: entry.global, references: Number.isFinite(entry.refcount) ? entry.refcount : null,
      handles: [handle], memoryBase, memorySize, tableBase, tableSize, bytes: content.length, content,
    });
  }
  const unknown = Object.keys(loadedLibsByName).filter((name) => name !== "__main__" && !libraries.has(name));
  if (unknown.length) throw new Error(`no handle is known for ${unknown}`);
  return [...libraries.values()].sort((a, b) => a.tableBase - b.tableBase);
}

/** The functions in the table that stand in no library's own range: [slot, library, exported name]. */
function describeSlots(module, firstSlot, libraries) {
  const owners = new Map();
  for (const [library, { exports }] of Object.entries(module.LDSO.loadedLibsByName)) {
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value === "function" && !owners.has(value)) owners.set(value, [library, name]);
    }
  }
  const slots = [];
  for (let slot = firstSlot; slot < module.wasmTable.length; slot += 1) {
    const entry = module.wasmTable.get(slot);
    if (!entry || libraries.some(({ tableBase, tableSize }) => slot >= tableBase && slot < tableBase + tableSize)) continue;
    if (!owners.has(entry)) throw new Error(`nobody owns the function in slot ${slot}`);
    slots.push([slot, ...owners.get(entry)]);
  }
  return slots;
}

/** A module as it is just before the memory is copied, with another environment each time. */
async function freshlyLinked(loadPyodide, factory, state, name, then) {
  moment = then;
  let fresh = null;
  const reached = new Error("linked");
  await loadPyodide({
    ...OPTIONS,
    _sysExecutable: name,
    env: { HOME: `/home/${name}`, LANG: name },
    _loadSnapshot: new Uint8Array(0),
    async createPyodideModule(settings) {
      fresh = await factory(settings);
      const globals = Object.fromEntries(Object.entries(fresh.GOT).map(([key, { value }]) => [key, value]));
      state.globals = state.allGlobals.filter(([key, value]) => globals[key] !== value);
      link(fresh, state);
      throw reached;
    },
  }).catch((error) => { if (error !== reached) throw error; });
  return fresh.HEAPU32.slice();
}

/** Which pages a fresh module has already, which are zero, and which have to be stored. */
function compareMemory(words, freshOnes) {
  const KEEP = 0, ZERO = 1, STORE = 2;
  const perPage = PAGE / WORD;
  const runs = [];
  const stored = [];
  let sum = 0;
  for (let first = 0; first < words.length; first += perPage) {
    const page = words.subarray(first, first + perPage);
    const kind = freshOnes.every((fresh) => page.every((word, i) => fresh[first + i] === word)) ? KEEP
      : page.every((word) => word === 0) ? ZERO : STORE;
    while (runs.length % 3 !== (kind + 1) % 3 || runs.length === 0) {
      if (runs.length && (runs.length - 1) % 3 === kind) break;
      runs.push(0);
    }
    runs[runs.length - 1] += 1;
    if (kind === KEEP) sum = checksum(words, first, first + perPage, sum);
    if (kind === STORE) stored.push(page);
  }
  while (runs.length % 3) runs.push(0);
  return { runs, keptSum: sum, stored: Buffer.concat(stored.map((page) => new Uint8Array(page.buffer, page.byteOffset, PAGE))) };
}

async function main() {
  standStill();
  const load = (name) => import(pathToFileURL(path.join(runtime, name)));
  const { loadPyodide } = await load("pyodide.mjs");
  const { default: factory } = await load("pyodide.asm.mjs");
  const files = walk(packages);
  const { module, firstSlot } = await makeInterpreter(loadPyodide, files);
  const described = describeLibraries(module, files);
  const state = {
    build: module.API.config.BUILD_ID,
    lock: OPTIONS.lockFileContents,
    site: SITE,
    page: PAGE,
    heap: module.HEAP8.length,
    table: module.wasmTable.length,
    firstSlot,
    libraries: described.map(({ content, ...library }) => library),
    slots: describeSlots(module, firstSlot, described),
    allGlobals: Object.entries(module.GOT).map(([name, { value }]) => [name, value]).sort(),
    modules: await Promise.all(described.map(({ content }) => WebAssembly.compile(content))),
  };
  const fresh = [await freshlyLinked(loadPyodide, factory, state, "one", MOMENTS[0]),
    await freshlyLinked(loadPyodide, factory, state, "another-one", MOMENTS[1])];
  const { stored, ...memory } = compareMemory(module.HEAPU32, fresh);
  const { allGlobals, modules, ...kept } = state;
  const sources = files.filter(([name]) => !name.startsWith("numpy"));
  const header = Buffer.from(JSON.stringify({
    ...kept, ...memory, files: sources.map(([name, bytes]) => [`${SITE}/${name}`, bytes.length]),
  }));
  const prefix = Buffer.alloc(8);
  const parts = [prefix, header, ...described.map(({ content }) => content), ...sources.map(([, bytes]) => bytes), stored];
  const all = Buffer.concat(parts);
  prefix.writeUInt32LE(all.length, 0);
  prefix.writeUInt32LE(header.length, 4);
  prefix.copy(all);
  writeFileSync(output, all);
}

// Node would print the line that threw, which in Pyodide's minified code is a megabyte long.
process.exitCode = await main().then(() => 0, (error) => {
  console.error(`error: ${error.message ?? error}\n${String(error.stack).split("\n").filter((line) => line.length < 300).slice(0, 8).join("\n")}`);
  return 1;
});
