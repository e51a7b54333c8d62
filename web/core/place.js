// Where the page's own files are: beside it, on the host it came from. In the page that is one file, web/one-file/place.js
// takes this one's place.

export const inline = (id) => JSON.parse(document.getElementById(id).textContent);

export const runtime = inline("runtime");

/** A new worker that holds Python, and what it is told to start Python from. */
export async function openWorker() {
  const base = new URL(runtime.base, document.baseURI).href;
  return { worker: new Worker(runtime.worker, { type: "module" }), material: { base } };
}

/** What Python said at build time of every number of a quantity of the recording, or null where it cannot be had. */
export const recordedExplanations = (quantity) => fetch(runtime.explanations.replace("{quantity}", quantity))
  .then((response) => (response.ok ? response.json() : null)).catch(() => null);

/** Bring the files of a part of the page here, where its import finds them; see part.js. */
export async function fetchPart(name) {
  await Promise.all(runtime.parts[name].map(async (file) => {
    const response = await fetch(file, { priority: "low" });
    if (!response.ok) throw new Error(`${file}: ${response.status}`);
    await response.arrayBuffer();
  }));
}

const WHOLE = "lstm-lab.html";

/** The address of the page in one file, which asks for nothing, where that stands beside this one; else null. */
export const wholePage = () => fetch(WHOLE, { method: "HEAD" }).then(({ ok }) => (ok ? WHOLE : null), () => null);

// The engine later drops from the list what its recipe does not load.
const [wheel] = runtime.files.map(({ name }) => name).filter((name) => /^py_lstm-.*\.whl$/.test(name));

/** The wheel of py_lstm, {name, content}, for whoever wants to install it. */
export async function packageFile() {
  const name = wheel;
  const response = await fetch(runtime.base + name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return { name, content: await response.blob() };
}

// What the page runs on, among everything that SHA256SUMS lists.
const OWN = /^(assets|pyodide-[0-9a-f]{12})\/|^index\.html$/;

/** The list of what was built, as text, and of it the page's files: {name, digest: SHA-256, content() -> promise of the bytes}. */
export async function sealed() {
  const got = async (name, options) => {
    const response = await fetch(name, options);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return response;
  };
  const list = await (await got("SHA256SUMS", { cache: "no-cache" })).text();
  const files = list.trim().split("\n").map((line) => line.split("  ")).filter(([, name]) => OWN.test(name));
  return {
    list,
    files: files.map(([digest, name]) => ({
      name, digest, content: async () => (await got(name === "index.html" ? "./" : name)).arrayBuffer(),
    })),
  };
}
