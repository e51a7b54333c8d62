// Starts Pyodide in Node.js as the page's worker does (web/python/boot.js), from a folder with the page's runtime.
import { readFileSync } from "node:fs";
import { devNull } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { decoder } from "../../web/build/zstd.mjs";
import { readSnapshot, restoring, wake } from "../../web/python/restore.js";
import { unpack } from "../../web/python/zstd.js";

/** `recipe` is "plain" or "restored". */
export async function start(runtime, recipe, env = {}) {
  const load = (name) => import(pathToFileURL(path.join(runtime, name)));
  const { loadPyodide } = await load("pyodide.mjs");
  if (recipe === "plain") {
    const python = await loadPyodide({ indexURL: runtime, env: { HOME: "/home/pyodide", ...env } });
    await python.loadPackage(["numpy", "py_lstm"], { messageCallback: () => {} });
    return python;
  }
  const { default: factory } = await load("pyodide.asm.mjs");
  const read = (name) => new Uint8Array(readFileSync(path.join(runtime, name)));
  const snapshot = await readSnapshot(await unpack(await decoder(), read("snapshot.zst")));
  const python = await loadPyodide({
    indexURL: runtime, packageBaseUrl: runtime, lockFileContents: snapshot.lock, stdLibURL: devNull,
    // As in the page, where the program has no path. In Node it would be this checkout's, and a long one moves what follows
    // it in a fresh module's memory, which the restored recipe then refuses.
    _sysExecutable: "this.program",
    ...restoring(factory, snapshot),
  });
  wake(python, snapshot, read);
  const { environ } = python.pyimport("os");
  for (const [name, value] of Object.entries(env)) environ.set(name, value);
  return python;
}
