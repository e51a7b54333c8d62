// Bundles the page and its worker with esbuild: `node bundle.mjs OUTPUT_FOLDER` prints {entry point: output} as JSON.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const outdir = path.resolve(process.argv[2]);

// KaTeX offers each font in three formats. Every browser that runs Pyodide reads the smallest one.
const onlyWoff2 = {
  name: "only-woff2",
  setup: ({ onLoad }) =>
    onLoad({ filter: /katex[^/\\]*\.css$/ }, async (file) => ({
      contents: (await readFile(file.path, "utf8")).replace(/,\s*url\([^)]*\.(woff|ttf)\)\s*format\([^)]*\)/g, ""),
      loader: "css",
    })),
};

try {
  const { metafile } = await build({
    absWorkingDir: web,
    entryPoints: ["app.jsx", "python/worker.js"],
    outdir,
    bundle: true,
    format: "esm",
    splitting: true,
    minify: true,
    target: "es2022",
    platform: "browser",
    jsx: "automatic",
    jsxImportSource: "preact",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".py": "text", ".woff2": "file", ".svg": "file" },
    external: ["node:*", "ws"], // pyodide.mjs asks for them in Node.js only
    legalComments: "linked",
    metafile: true,
    logLevel: "silent",
    plugins: [onlyWoff2],
  });
  const outputs = {};
  for (const [file, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
    const name = (output) => path.basename(output);
    if (entryPoint) outputs[entryPoint] = { file: name(file), css: cssBundle ? name(cssBundle) : null };
  }
  console.log(JSON.stringify(outputs));
} catch (failure) {
  if (!failure.errors) throw failure;
  for (const { text, location } of failure.errors.reverse()) {
    console.error(`error: ${location ? `web/${location.file}:${location.line}: ` : ""}${text}`);
  }
  process.exit(1);
}
