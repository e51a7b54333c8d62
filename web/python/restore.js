// Starts Pyodide with the memory of an interpreter that has already imported NumPy, py_lstm and the page's bridge.
// web/build/snapshot.mjs makes that memory at build time, for exactly the Pyodide that web/package.json pins.
//
// Pyodide's own snapshots know the memory alone. What NumPy's compiled modules need besides - their places in memory
// and in the function table, and the addresses by which modules find each other - is put back here, through what
// Emscripten leaves on the module and before the memory is copied. Every assumption is checked. An exception thrown
// here costs time and nothing else: boot.js then starts Python the plain way.
//
// The file, packed with zstd whatever the host does: length of all, length of the header (both u32, little-endian), the
// header as JSON, then the compiled modules, the source files and the memory, each one after the other.

const PREFIX = 8;

/** Read an unpacked snapshot; `memory` stays a part of `bytes`. */
export async function readSnapshot(bytes) {
  const lengths = new DataView(bytes.buffer, bytes.byteOffset);
  const total = bytes.length >= PREFIX ? lengths.getUint32(0, true) : NaN;
  if (total !== bytes.length) throw new Error(`the snapshot has ${bytes.length} bytes and should have ${total}`);
  let at = PREFIX;
  const next = (length) => bytes.subarray(at, at += length);
  const header = JSON.parse(new TextDecoder().decode(next(lengths.getUint32(4, true))));
  const modules = header.libraries.map((library) => WebAssembly.compile(next(library.bytes)));
  const files = header.files.map(([path, length]) => [path, next(length).slice()]);
  return { ...header, modules: await Promise.all(modules), files, memory: bytes.subarray(at) };
}

/** After the memory: entropy of this visit's own, and a way to the files that nothing has needed so far. */
export function wake(python, { lock, site }, read) {
  python.runPython("import random, numpy; random.seed(); numpy.random.seed()", { globals: python.globals.get("dict")() });
  python.pyimport("latecomers").expect(() => {
    python.FS.writeFile("/lib/python314.zip", read("python_stdlib.zip"));
    python.unpackArchive(read(lock.packages.numpy.file_name), "wheel", { extractDir: site });
  });
}

/** What loadPyodide takes as options `_loadSnapshot` and `createPyodideModule`. `factory` is pyodide.asm.mjs's. */
export function restoring(factory, snapshot) {
  return {
    _loadSnapshot: new Uint8Array(0),                   // its presence makes Pyodide leave out Python's own start
    async createPyodideModule(settings) {
      const [module, restored] = await Promise.all([factory(settings), snapshot]);
      link(module, restored);
      module.API.restoreSnapshot = () => {
        copyMemory(module, restored);
        restored.memory = null;                           // a phone has no room for it twice
        return { hiwireKeys: [null], immortalKeys: [] };  // NumPy and py_lstm hold no JavaScript object
      };
      for (const [path, bytes] of restored.files) {
        module.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
        module.FS.writeFile(path, bytes);
      }
      return module;
    },
  };
}

/** Instantiate the compiled modules where they were, without what has left its traces in the memory already. */
export function link(module, { heap, table, firstSlot, globals, libraries, modules, slots }) {
  if (module.HEAP8.length > heap) throw new Error("this engine's memory is larger than the snapshot's");
  module.growMemory(heap);
  if (module.HEAP8.length !== heap) throw new Error("the memory does not grow");
  if (module.wasmTable.length > firstSlot) throw new Error(`the function table has ${module.wasmTable.length} slots, more than the snapshot's ${firstSlot}`);
  module.wasmTable.grow(table - module.wasmTable.length);
  for (const [name, value] of globals) {
    (module.GOT[name] ??= new WebAssembly.Global({ value: "i32", mutable: true })).value = value;
  }
  const { loadedLibsByName: loaded, loadedLibsByHandle: byHandle } = module.LDSO;
  libraries.forEach((library, index) => {
    const dylink = module.getDylinkMetadata(modules[index]);
    if (dylink.memorySize !== library.memorySize || dylink.tableSize !== library.tableSize) {
      throw new Error(`${library.name} is not the one of the snapshot`);
    }
    const exports = instantiate(module, modules[index], dylink, library);
    const entry = module.newDSO(library.name, undefined, exports);
    entry.refcount = library.references ?? Infinity;
    entry.global = library.global;
    for (const handle of library.handles) byHandle[handle] = entry;
  });
  for (const [slot, name, symbol] of slots) module.setWasmTableEntry(slot, loaded[name].exports[symbol]);
  module.updateTableMap(firstSlot, table - firstSlot);  // or a later import would take new slots for the same functions
}

function instantiate(module, compiled, dylink, { memoryBase, tableBase }) {
  const main = module.LDSO.loadedLibsByName.__main__.exports;
  let exports = null;
  const env = new Proxy({}, {
    get(stubs, name) {
      if (name === "__memory_base") return memoryBase;
      if (name === "__table_base") return tableBase;
      if (name in main && !main[name].stub) return main[name];
      return stubs[name] ??= (...args) => (main[name] && !main[name].stub ? main[name] : exports[name])(...args);
    },
  });
  const addresses = new Proxy(dylink.weakImports, module.GOTHandler);
  const instance = new WebAssembly.Instance(compiled, {
    env, wasi_snapshot_preview1: env, "GOT.mem": addresses, "GOT.func": addresses,
  });
  exports = module.relocateExports(instance.exports, memoryBase);
  return exports;
}

/** Make the memory the snapshot's. `runs` says, three counts of pages after three, which to keep, zero and store. */
export function copyMemory(module, { build, page, runs, keptSum, memory }) {
  if (module.API.config.BUILD_ID !== build) throw new Error("the snapshot was made for another Pyodide");
  const bytes = module.HEAPU8;
  // CPython keeps the table index of a helper that not every engine has, so each engine keeps its own.
  const own = trampolineCell(module);
  const trampoline = module.HEAP32[own];
  let sum = 0;
  let at = 0;
  let from = 0;
  for (let i = 0; i < runs.length; i += 3) {
    const [keep, zero, store] = [runs[i] * page, runs[i + 1] * page, runs[i + 2] * page];
    sum = checksum(module.HEAPU32, at >> 2, (at + keep) >> 2, sum);
    at += keep;
    bytes.fill(0, at, at + zero);
    at += zero;
    bytes.set(memory.subarray(from, from + store), at);
    at += store;
    from += store;
  }
  if (at !== bytes.length || from !== memory.length) throw new Error("the snapshot's memory has another size");
  if (sum !== keptSum) throw new Error("a fresh module's memory is not the one the snapshot was made against");
  module.HEAP32[own] = trampoline;
}

/** Where CPython keeps that table index, counted in 32-bit words. */
export function trampolineCell(module) {
  return (module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >> 2]) >> 2;
}

export function checksum(words, first, end, sum) {
  for (let i = first; i < end; i += 1) sum = Math.imul(sum ^ words[i], 0x01000193);
  return sum;
}
