// Where the page's own files are when all of it is one file: further down in that file. web/build/one_file.py puts them there,
// each gzipped and written in base64, after the script that draws the recording, so that nobody waits for them to be read.

export const inline = (id) => JSON.parse(document.getElementById(id).textContent);

export const runtime = inline("runtime");
const NAMES = runtime.files.map(({ name }) => name);

const read = new Promise((resolve) => {
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", resolve, { once: true });
  else resolve();
});

async function packed(name) {
  await read;
  const element = document.querySelector(`[data-file="${name}"]`);
  if (!element) throw new Error(`${name} is missing: this file was cut off on its way.`);
  return element.textContent;
}

async function unpacked(name) {
  const bytes = Uint8Array.from(atob(await packed(name)), (letter) => letter.charCodeAt(0));
  return new Response(new Response(bytes).body.pipeThrough(new DecompressionStream("gzip")));
}

/**
 * A new worker that holds Python, and what it is told to start Python from. Its script stands in its address: a page that was
 * opened by a double click may not start a worker in any other way that works in Chromium and in Firefox.
 */
export async function openWorker() {
  const script = await (await unpacked("worker.js")).blob();
  const contents = {};
  for (const name of NAMES) contents[name] = await packed(name);
  return { worker: new Worker(await addressOf(script), { type: "module" }), material: { contents } };
}

function addressOf(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.replace(/^data:[^;,]*/, "data:text/javascript"));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

let explanations = null;
/** What Python said at build time of every number of a quantity of the recording, or null where it cannot be had. */
export async function recordedExplanations(quantity) {
  explanations ??= unpacked("explanations.json").then((response) => response.json()).catch(() => null);
  return (await explanations)?.[quantity] ?? null;
}

/** This page is it. */
export const wholePage = async () => null;

/** All parts of the page are in its script. */
export async function fetchPart() {}

/** The wheel of py_lstm, {name, content}, for whoever wants to install it. */
export async function packageFile() {
  const name = NAMES.find((file) => /^py_lstm-.*\.whl$/.test(file));
  return { name, content: await (await unpacked(name)).blob() };
}

/** What is packed into this file, each with the SHA-256 that the build wrote beside it. There is no list of its own. */
export const sealed = async () => ({
  list: null,
  files: Object.entries(runtime.sealed).map(([name, digest]) => (
    { name, digest, content: async () => (await unpacked(name)).arrayBuffer() })),
});
