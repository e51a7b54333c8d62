// Bundles the page and its worker with esbuild: `node bundle.mjs OUTPUT_FOLDER` prints {entry point: output} as JSON.
// `node bundle.mjs OUTPUT_FOLDER one-file` makes app.js, app.css and worker.js for the page that is one file.
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

const everywhere = {
  absWorkingDir: web,
  outdir,
  bundle: true,
  minify: true,
  target: "es2022",
  platform: "browser",
  jsx: "automatic",
  jsxImportSource: "preact",
  external: ["node:*", "ws"], // pyodide.mjs asks for them in Node.js only
  logLevel: "silent",
};

async function bundleOneFile() {
  const options = { ...everywhere, entryNames: "[name]", legalComments: "none", plugins: [onlyWoff2, standIns] };
  // A classic script runs where it stands, while the rest of the file is still being read; a module waits for the end.
  await build({ ...options, entryPoints: ["app.jsx"], format: "iife", loader: { ".woff2": "dataurl", ".svg": "dataurl" } });
  await build({ ...options, entryPoints: ["python/worker.js"], format: "esm", loader: { ".py": "text" } });
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
  const { metafile } = await build({
    ...everywhere,
    entryPoints: ["app.jsx", "python/worker.js", "from-disk.js"],
    format: "esm",
    splitting: true,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".py": "text", ".woff2": "file", ".svg": "file" },
    legalComments: "linked",
    metafile: true,
    plugins: [onlyWoff2, zstdDecoder],
  });
  const outputs = {};
  const name = (output) => path.basename(output);
  for (const [file, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
    if (entryPoint) outputs[entryPoint] = { file: name(file), css: cssBundle ? name(cssBundle) : null, needs: needs(file, metafile.outputs).map(name) };
  }
  console.log(JSON.stringify(outputs));
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
