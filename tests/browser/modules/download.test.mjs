// web/python/download.js: whatever a line does, the bytes that come out are the file's, or it is said that they are not.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "../../../web/node_modules/fast-check/lib/fast-check.js";
import { download } from "../../../web/python/download.js";

const QUICK = { patience: 30, pause: 1 };
const FILE = Uint8Array.from({ length: 1000 }, (_, k) => (k * 7919) % 251);

/** A host that ends its k-th answer after lives[k] bytes, in one of several ways, and knows parts or does not. */
function host({ lives, ways, parts, piece }) {
  let asked = 0;
  return async (url, { headers, signal }) => {
    const k = asked;
    asked += 1;
    const from = parts && headers?.Range ? Number(headers.Range.match(/bytes=(\d+)-/)[1]) : 0;
    const until = Math.min(FILE.length, from + (lives[k] ?? Infinity));
    if (until < FILE.length && ways[k] === "no answer") {
      return new Promise((_, reject) => { signal.addEventListener("abort", () => reject(new Error("aborted"))); });
    }
    if (until < FILE.length && ways[k] === "refused") throw new TypeError("network");
    let at = from;
    const body = new ReadableStream({
      pull(controller) {
        if (at < until) {
          const end = Math.min(until, at + piece);
          controller.enqueue(FILE.slice(at, end));
          at = end;
        } else if (until === FILE.length || ways[k] === "ends") controller.close();
        else if (ways[k] === "breaks") controller.error(new TypeError("network"));
        else return new Promise((resolve) => { signal.addEventListener("abort", resolve); });
        return undefined;
      },
    });
    return new Response(body, from > 0
      ? { status: 206, headers: { "Content-Range": `bytes ${from}-${FILE.length - 1}/${FILE.length}` } }
      : { headers: { "Content-Type": "application/wasm" } });
  };
}

const fault = fc.constantFrom("ends", "breaks", "silent", "no answer", "refused");
const faults = fc.integer({ min: 0, max: 4 }).chain((many) => fc.record({
  lives: fc.array(fc.integer({ min: 0, max: 600 }), { minLength: many, maxLength: many }),
  ways: fc.array(fault, { minLength: many, maxLength: many }), parts: fc.boolean(), piece: fc.integer({ min: 1, max: 400 }),
}));

test("a line with up to four faults brings the whole file", async () => {
  await fc.assert(fc.asyncProperty(faults, async (line) => {
    let counted = 0;
    const on = { bytes: (count) => { counted += count; }, silent() {}, lost: assert.fail };
    const response = await download(host(line), "file", FILE.length, on, QUICK);
    assert.equal(response.headers.get("Content-Type") ?? "application/wasm", "application/wasm");
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), FILE);
    assert.equal(counted, FILE.length);
  }), { numRuns: 60 });
});

test("five faults in a row are told as lost, once", async () => {
  for (const way of ["ends", "breaks", "silent", "no answer", "refused"]) {
    let lost = 0;
    const on = { bytes() {}, silent() {}, lost: () => { lost += 1; } };
    const line = { lives: Array(9).fill(0), ways: Array(9).fill(way), parts: true, piece: 100 };
    await assert.rejects(download(host(line), "file", FILE.length, on, QUICK).then((response) => response.arrayBuffer()));
    assert.equal(lost, 1, way);
  }
});

test("a refusal is given as it is and not asked for again", async () => {
  let asked = 0;
  const refuse = async () => { asked += 1; return new Response("no", { status: 404 }); };
  const response = await download(refuse, "file", 10, { bytes() {}, silent() {}, lost: assert.fail }, QUICK);
  assert.equal(response.status, 404);
  assert.equal(asked, 1);
});

test("a part that is compressed or begins elsewhere is not taken", async () => {
  let asked = 0;
  const strange = async (url, { headers }) => {
    asked += 1;
    if (asked === 1) return new Response(new ReadableStream({ start(c) { c.enqueue(FILE.slice(0, 400)); c.close(); } }));
    if (headers?.Range && asked < 4) {
      return new Response(FILE, { status: 206, headers: { "Content-Range": asked === 2 ? "bytes 0-999/1000" : "bytes 400-999/1000",
        ...(asked === 3 ? { "Content-Encoding": "gzip" } : {}) } });
    }
    return new Response(FILE);
  };
  const response = await download(strange, "file", FILE.length, { bytes() {}, silent() {}, lost: assert.fail }, QUICK);
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), FILE);
});
