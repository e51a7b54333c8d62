// One file over a line that may break off or fall silent: what is missing is asked for again, and whoever reads notices
// nothing but the time it took.

const PATIENCE_MS = 10_000;                             // no byte for so long is a line that has fallen silent
const TRIES = 5;                                        // in a row, without a byte in between
const PAUSE_MS = 300;

/**
 * As fetch(url), for a file of `length` bytes (null where nobody knows), with a body that is mended on the way. A refusal
 * (404 and the like) is given as it is. The body fails when several tries in a row brought nothing.
 *
 * @param on  {bytes(count), silent(), lost(error)}: bytes that came, that nothing comes or has to be asked for again, and
 *            that it was in vain
 */
export async function download(fetch, url, length, on, { patience = PATIENCE_MS, tries = TRIES, pause = PAUSE_MS } = {}) {
  let got = 0;
  let failures = 0;
  let parts = true;                                     // whether the host is thought to send parts
  let last = null;                                      // the controller of the request under way

  /** What `promise` gives, unless that takes too long. */
  const inTime = (promise) => {
    const tell = setTimeout(on.silent, patience / 2);
    let end;
    const late = new Promise((_, reject) => { end = setTimeout(() => { reject(new Error(`${url}: no answer`)); last.abort(); }, patience); });
    return Promise.race([promise, late]).finally(() => { clearTimeout(tell); clearTimeout(end); });
  };

  /** A response that begins at byte `got`, or whose first bytes are passed over. */
  const ask = async () => {
    for (;;) {
      last = new AbortController();
      // Browsers ask for a part as it is, not compressed, so that it counts the bytes of the file itself. What a host sends
      // compressed nevertheless, they refuse or do not unpack: then all is asked for again.
      const part = got > 0 && parts;
      const options = { signal: last.signal, ...(part ? { headers: { Range: `bytes=${got}-` } } : {}) };
      try {
        const response = await inTime(fetch(url, options));
        const { status, headers } = response;
        const fits = status !== 206 || headers.get("Content-Range")?.startsWith(`bytes ${got}-`);
        if (part && response.ok && (!fits || headers.get("Content-Encoding"))) {
          parts = false;
          last.abort();
          continue;
        }
        return { response, skip: status === 206 ? 0 : got };
      } catch (error) {
        parts = !part;
        await failed(error);
      }
    }
  };

  const failed = async (error) => {
    last.abort();
    failures += 1;
    if (failures >= tries) { on.lost(error); throw error; }
    on.silent();
    await new Promise((resolve) => { setTimeout(resolve, pause * failures); });
  };

  const first = await ask();
  if (!first.response.ok || !first.response.body) return first.response;
  let { skip } = first;
  let reader = first.response.body.getReader();
  const body = new ReadableStream({
    async pull(controller) {
      for (;;) {
        try {
          const { value, done } = await inTime(reader.read());
          if (done) {
            if (length !== null && got < length) throw new Error(`${url}: ${got} of ${length} bytes came`);
            controller.close();
            return;
          }
          const fresh = value.subarray(Math.min(skip, value.length));
          skip -= value.length - fresh.length;
          if (fresh.length === 0) continue;
          got += fresh.length;
          failures = 0;
          on.bytes(fresh.length);
          controller.enqueue(fresh);
          return;
        } catch (error) {
          await failed(error);
          const next = await ask();
          if (!next.response.ok || !next.response.body) {
            const refused = new Error(`${url}: ${next.response.status} ${next.response.statusText}`);
            on.lost(refused);
            throw refused;
          }
          ({ skip } = next);
          reader = next.response.body.getReader();
        }
      }
    },
    cancel() { last.abort(); },
  });
  // Status and type are kept: WebAssembly.compileStreaming insists on application/wasm.
  return new Response(body, { status: first.response.status, headers: first.response.headers });
}
