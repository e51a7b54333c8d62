// The decoder that web/python/zstd.js needs, out of the package zstddec, whose own wrapper fetches it from a data: address,
// which a page that allows nothing but its own origin forbids, and keeps its memory for ever.
import { readFile } from "node:fs/promises";

const FILE = "node_modules/zstddec/dist/zstddec.mjs";
const PACKAGE = new URL(`../${FILE}`, import.meta.url);

export async function decoder() {
  const [, base64] = (await readFile(PACKAGE, "utf8")).match(/["'`](AGFzbQ[A-Za-z0-9+/=]+)["'`]/);
  return Buffer.from(base64, "base64");
}

/** For esbuild: `import decoder from "zstd.wasm"` gives the bytes. The path says whose they are. */
export const zstdDecoder = {
  name: "zstd-decoder",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^zstd\.wasm$/ }, () => ({ path: FILE, namespace: "zstd-decoder" }));
    onLoad({ filter: /./, namespace: "zstd-decoder" }, async () => ({ contents: await decoder(), loader: "binary" }));
  },
};
