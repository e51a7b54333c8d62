// One file over a line that may break off or fall silent: what is missing is asked for again, and whoever reads notices
// nothing but the time it took.

const PATIENCE_MS = 10_000;                             // no byte for so long is a line that has fallen silent
const TRIES = 5;                                        // in a row, without a byte in between
const PAUSE_MS = 300;
const LOOK_MS = 3000;
// What a host should call a file and some do not: the browser compiles WebAssembly on its way under this name alone.
const TYPES = { wasm: "application/wasm" };

/**
 * That a file of the runtime cannot be had. `code` is why: "status" (the host refuses it), "other" (another file came: a
 * filter's page, a login), "cut" (it ends early), "led" (the host leads elsewhere) or "unreached" (no answer).
 */
export class Missing extends Error {
  constructor(code, details) {
    super(`${details.file}: ${code} ${JSON.stringify(details)}`);
    this.code = code;
    this.details = details;
  }
}

export const fileOf = (url) => url.split("/").pop().split("?")[0];

/**
 * As fetch(url), for a file of `length` bytes (null where nobody knows), with a body that is mended on the way. A refusal
 * (404 and the like) is given as it is. The body fails when several tries in a row brought nothing, and at once where another
 * file comes in its place.
 *
 * @param on       {bytes(count), silent(), lost(error)}: bytes that came, that nothing comes or has to be asked for again, and
 *                 that it was in vain
 * @param options  begins: the file's first bytes in hexadecimal, if they are known
 */
export async function download(fetch, url, length, on, { begins = "", patience = PATIENCE_MS, tries = TRIES, pause = PAUSE_MS } = {}) {
  const file = fileOf(url);
  let got = 0;
  let failures = 0;
  let parts = true;                                     // whether the host is thought to send parts
  let last = null;                                      // the controller of the request under way

  /** What `promise` gives, unless that takes too long. */
  const inTime = (promise) => {
    const tell = setTimeout(on.silent, patience / 2);
    let end;
    const late = new Promise((_, reject) => {
      end = setTimeout(() => { reject(new Missing("unreached", { file })); last.abort(); }, patience);
    });
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
    const known = error instanceof Missing ? error : null;
    if (known?.code === "other") give(known);
    if (failures >= tries) give(await isLedAway(fetch, url) ? new Missing("led", { file }) : known ?? new Missing("unreached", { file }));
    on.silent();
    await new Promise((resolve) => { setTimeout(resolve, pause * failures); });
  };

  const give = (error) => {
    on.lost(error);
    throw error;
  };

  /** Throws where these bytes, which follow the first `got`, are not the file's. */
  const verify = (bytes, { status, headers }) => {
    const first = begins.slice(2 * got).match(/../g) ?? [];
    if (first.some((byte, k) => k < bytes.length && parseInt(byte, 16) !== bytes[k]) || (length !== null && got + bytes.length > length)) {
      throw new Missing("other", { file, status, type: headers.get("Content-Type") ?? "" });
    }
  };

  const first = await ask();
  if (!first.response.ok || !first.response.body) return first.response;
  let { skip, response } = first;
  let reader = response.body.getReader();
  const body = new ReadableStream({
    async pull(controller) {
      for (;;) {
        try {
          const { value, done } = await inTime(reader.read());
          if (done) {
            if (length !== null && got < length) throw new Missing("cut", { file, got, length });
            controller.close();
            return;
          }
          const fresh = value.subarray(Math.min(skip, value.length));
          skip -= value.length - fresh.length;
          if (fresh.length === 0) continue;
          verify(fresh, response);
          got += fresh.length;
          failures = 0;
          on.bytes(fresh.length);
          controller.enqueue(fresh);
          return;
        } catch (error) {
          await failed(error);
          const next = await ask();
          if (!next.response.ok || !next.response.body) give(refusedBy(next.response));
          ({ skip, response } = next);
          reader = response.body.getReader();
        }
      }
    },
    cancel() { last.abort(); },
  });
  const headers = new Headers(first.response.headers);
  const type = TYPES[file.split(".").pop()];
  if (type) headers.set("Content-Type", type);
  return new Response(body, { status: first.response.status, headers });
}

/** Why a host's answer that is no file is none. */
export const refusedBy = ({ url, status, statusText }) =>
  new Missing("status", { file: fileOf(url), status: `${status} ${statusText}`.trim() });

/** Whether the host answers with the address of something else, as a network does that wants a login first. */
async function isLedAway(fetch, url) {
  const look = new AbortController();
  const timer = setTimeout(() => look.abort(), LOOK_MS);
  try {
    const { type } = await fetch(url, { redirect: "manual", signal: look.signal });
    return type === "opaqueredirect";
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    look.abort();
  }
}
