// Starts Python in the worker of the page that is one file; python/boot.js does so elsewhere. Pyodide's two scripts are part
// of the worker's, and what Pyodide fetches is answered from what the page hands over. Nothing asks a network for anything.

import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { startPlain } from "../python/plain.js";

const BASE = "https://one-file.invalid/";               // a name that no network knows
const TYPES = { wasm: "application/wasm", json: "application/json" };

/**
 * @param runtime  {contents}: the runtime's files, each gzipped and in base64
 * @param on       {recipe(name), bytes(file, count)}: what is being done
 */
export async function boot({ contents }, on) {
  on.recipe("plain");
  const { fetch } = self;
  self.fetch = async (resource) => {
    const name = String(resource.url ?? resource).split("/").pop();
    if (!(name in contents)) throw new TypeError(`${name} is not in this file`);
    const type = TYPES[name.split(".").pop()] ?? "application/octet-stream";
    return new Response(counted(unpacked(contents[name]), (count) => on.bytes(name, count)), { headers: { "content-type": type } });
  };
  try {
    return await startPlain(loadPyodide, { indexURL: BASE, createPyodideModule });
  } finally {
    self.fetch = fetch;
  }
}

function unpacked(text) {
  const bytes = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  // Not through a Blob, which WebKit does not let such a worker read.
  return new Response(bytes).body.pipeThrough(new DecompressionStream("gzip"));
}

const counted = (stream, onBytes) => stream.pipeThrough(new TransformStream({
  transform(chunk, controller) { onBytes(chunk.byteLength); controller.enqueue(chunk); },
}));
