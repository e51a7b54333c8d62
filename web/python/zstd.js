// Unpacks zstd, which browsers do not offer: with the reference decoder, as the package zstddec has it in WebAssembly.

/**
 * @param decoder  the WebAssembly's bytes
 * @param packed   one frame that says how long its content is, as compressors write unless told otherwise
 * @returns a Uint8Array in the decoder's own memory, all of which goes when the array does
 */
export async function unpack(decoder, packed) {
  const { instance } = await WebAssembly.instantiate(decoder, { env: { emscripten_notify_memory_growth() {} } });
  const { memory, malloc, ZSTD_findDecompressedSize: sizeOf, ZSTD_decompress: decompress } = instance.exports;
  const from = malloc(packed.length);
  new Uint8Array(memory.buffer).set(packed, from);
  const size = Number(sizeOf(from, packed.length));
  const to = size > 0 && size < 2 ** 30 ? malloc(size) : 0;
  if (to === 0) throw new Error("this is no zstd, or too large");
  if (decompress(to, size, from, packed.length) !== size) throw new Error("this zstd is damaged");
  return new Uint8Array(memory.buffer, to, size);
}
