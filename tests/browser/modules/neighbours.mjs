// One of the page's modules as it stands in web/core, with others in the place of some it imports from: what it does with them
// can be tested without a browser, a worker or Python.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../../web/node_modules/esbuild/lib/main.js";
import * as signals from "../../../web/node_modules/@preact/signals/dist/signals.mjs";

const CORE = fileURLToPath(new URL("../../../web/core", import.meta.url));
const given = globalThis[Symbol.for("neighbours")] ??= [];

/**
 * A fresh copy of web/core/`file`, of those it imports that `neighbours` does not name, and of nothing else.
 *
 * neighbours : what "./state.js" and others are instead: name to {export: value}. Signals are those of this process.
 */
export async function withNeighbours(file, neighbours) {
  const all = { "@preact/signals": signals, ...neighbours };
  const mine = given.push(all) - 1;
  const standIns = {
    name: "neighbours",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path: name }) => (Object.hasOwn(all, name) ? { path: name, namespace: "neighbour" } : null));
      onLoad({ filter: /.*/, namespace: "neighbour" }, ({ path: name }) => ({
        contents: `const given = globalThis[Symbol.for("neighbours")][${mine}][${JSON.stringify(name)}];\n${
          Object.keys(all[name]).filter((key) => key !== "default").map((key) => `export const ${key} = given.${key};`).join("\n")}`,
      }));
    },
  };
  const { outputFiles: [script] } = await build({ entryPoints: [path.join(CORE, file)], bundle: true, write: false, format: "esm",
    logLevel: "silent", plugins: [standIns] });
  return import(`data:text/javascript;base64,${Buffer.from(`${script.text}\n// ${mine}`).toString("base64")}`);
}

/** Let everything that is not waiting for somebody else go on. */
export const settled = () => new Promise((resolve) => { setImmediate(resolve); });
