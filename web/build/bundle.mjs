// Bundles the page and its worker with esbuild: `node bundle.mjs OUTPUT_FOLDER` prints {outputs: {entry point: output}, packages}
// as JSON; `packages` are those whose code or fonts are in the bundles. `node bundle.mjs OUTPUT_FOLDER one-file` makes app.js,
// app.css and worker.js for the page that is one file, and prints {packages}.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { zstdDecoder } from "./zstd.mjs";

const web = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const outdir = path.resolve(process.argv[2]);
const oneFile = process.argv[3] === "one-file";

// KaTeX offers each font in three formats. Every browser that runs Pyodide reads the smallest one.
const onlyWoff2 = {
  name: "only-woff2",
  setup: ({ onLoad }) =>
    onLoad({ filter: /katex[^/\\]*\.css$/ }, async (file) => ({
      contents: (await readFile(file.path, "utf8")).replace(/,\s*url\([^)]*\.(woff|ttf)\)\s*format\([^)]*\)/g, ""),
      loader: "css",
    })),
};

// There, these two find what they need in the page itself.
const STAND_INS = { "core/place.js": "one-file/place.js", "python/boot.js": "one-file/boot.js" };
const standIns = {
  name: "stand-ins",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/(place|boot)\.js$/ }, ({ path: file, resolveDir }) => {
      const other = STAND_INS[path.relative(web, path.join(resolveDir, file)).replaceAll("\\", "/")];
      return other && { path: path.join(web, other) };
    }),
};

// What is loaded on demand runs in a page that is there. Saying so in the code makes one script of all that the page begins
// with; by itself esbuild would make one of every set of modules that two such parts share, each to be asked for.
const afterThePage = {
  name: "after-the-page",
  setup: ({ onResolve, onLoad }) => {
    const onDemand = new Set();
    onResolve({ filter: /^\.\.?\// }, ({ path: file, resolveDir, kind }) => {
      if (kind === "dynamic-import") onDemand.add(path.join(resolveDir, file));
      return null;
    });
    onLoad({ filter: /\.jsx?$/ }, async ({ path: file }) => (onDemand.has(file)
      ? { contents: `${await readFile(file, "utf8")}\nimport ${JSON.stringify(path.join(web, "app.jsx"))};`, loader: "jsx", resolveDir: path.dirname(file) }
      : null));
  },
};

const everywhere = {
  absWorkingDir: web,
  outdir,
  bundle: true,
  minify: true,
  target: "es2022",
  platform: "browser",
  metafile: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  external: ["node:*", "ws"], // pyodide.mjs asks for them in Node.js only
  logLevel: "silent",
};

async function bundleOneFile() {
  const options = { ...everywhere, entryNames: "[name]", legalComments: "none", plugins: [onlyWoff2, standIns] };
  // A classic script runs where it stands, while the rest of the file is still being read; a module waits for the end.
  const built = [
    await build({ ...options, entryPoints: ["app.jsx"], format: "iife", loader: { ".woff2": "dataurl", ".svg": "dataurl" } }),
    await build({ ...options, entryPoints: ["python/worker.js"], format: "esm", loader: { ".py": "text" } }),
  ];
  console.log(JSON.stringify({ packages: packages(built) }));
}

/** The npm packages that the files of these bundles come from: "preact", "@preact/signals", ... */
function packages(built) {
  const files = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const names = files.map((file) => file.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

/** The files that a file cannot start without, which a browser would find out about only when it has read this one. */
function needs(file, outputs, found = []) {
  for (const { path: other, kind } of outputs[file].imports) {
    if (kind !== "import-statement" || found.includes(other) || !(other in outputs)) continue;
    found.push(other);
    needs(other, outputs, found);
  }
  return found;
}

async function bundleServed() {
  const options = {
    ...everywhere,
    format: "esm",
    splitting: true,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".py": "text", ".woff2": "file", ".svg": "file" },
    legalComments: "linked",
  };
  // The worker shares a few lines with the page, which would be one more file for each of them to ask for.
  const built = await Promise.all([
    build({ ...options, entryPoints: ["app.jsx", "from-disk.js"], plugins: [onlyWoff2, afterThePage] }),
    build({ ...options, entryPoints: ["python/worker.js"], plugins: [zstdDecoder] }),
  ]);
  const metafile = { outputs: Object.assign({}, ...built.map((one) => one.metafile.outputs)) };
  const outputs = {};
  const name = (output) => path.basename(output);
  // Entry points, and what is imported on demand.
  for (const [file, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
    if (entryPoint) outputs[entryPoint] = { file: name(file), css: cssBundle ? name(cssBundle) : null, needs: needs(file, metafile.outputs).map(name) };
  }
  console.log(JSON.stringify({ outputs, packages: packages(built) }));
}

try {
  await (oneFile ? bundleOneFile() : bundleServed());
} catch (failure) {
  if (!failure.errors) throw failure;
  for (const { text, location } of failure.errors.reverse()) {
    console.error(`error: ${location ? `web/${location.file}:${location.line}: ` : ""}${text}`);
  }
  process.exit(1);
}
