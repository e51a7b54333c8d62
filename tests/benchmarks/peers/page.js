// Runs the peers of one workload in turn, block by block, and gives the times. Driven by training.py.
/* global tf */
import { Brain } from "./brain.js";
import { Tensorflow } from "./tensorflow.js";
import { loadPyodide } from "./runtime/pyodide.mjs";

const python = await loadPyodide({ indexURL: new URL("runtime/", document.baseURI).href, packages: ["py_lstm"] });
python.FS.writeFile("/home/pyodide/ours.py", await (await fetch("ours.py")).text());
const ours = python.pyimport("ours");
tf.wasm.setWasmPaths(new URL("./", document.baseURI).href);
const { WORKLOADS, LEARNING_RATE, STEPS_CHECKED } = ours;
const workloads = WORKLOADS.toJs({ dict_converter: Object.fromEntries });

/** py_lstm under the interface of the others. */
class Ours {
  constructor(w) {
    this.python = ours.Ours(python.toPy(w));
  }

  reset() { this.python.reset(); }
  losses() { return this.python.losses().toJs(); }
  block(count) { this.python.block(count); }
  dispose() { this.python.destroy(); }

  given() {
    const given = {};
    for (const name of ["x", "target", "weight_ih", "weight_hh", "bias", "readout_weight", "readout_bias"]) {
      const array = this.python.given.get(name);
      const view = array.getBuffer();
      given[name] = { data: view.data.slice(), shape: [...view.shape] };
      view.release();
      array.destroy();
    }
    return given;
  }
}

/** TensorFlow.js falls back to another backend by itself where one does not start; here that would be a false number. */
async function use(backend) {
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js cannot start its backend ${backend}.`);
}

const timed = (act) => {
  const start = performance.now();
  act();
  return performance.now() - start;
};

/** Peers by name, each with the backend it needs and the rounds it sits out: slow ones are asked less often. */
async function peersOf(name) {
  const w = workloads[name];
  const first = new Ours(w);
  const given = first.given();
  const peers = { py_lstm: { peer: first } };
  for (const [title, backend] of [["tfjs-wasm", "wasm"], ["tfjs-cpu", "cpu"]]) {
    await use(backend);
    for (const style of ["core", "layers"]) {
      peers[`${title} ${style}`] = { backend, peer: new Tensorflow(w, given, style, LEARNING_RATE) };
    }
  }
  peers["brain.js"] = { peer: new Brain(w, given) };
  return peers;
}

/** {peer: its first losses}, for those that compute the same. */
async function losses(peers) {
  const found = {};
  for (const [name, { backend, peer }] of Object.entries(peers)) {
    if (!peer.losses) continue;
    if (backend) await use(backend);
    found[name] = peer.losses(STEPS_CHECKED);
  }
  return found;
}

/** {peer: milliseconds of a step, one number for each block}. */
async function race(peers, rounds, blockMs) {
  const times = {};
  const counts = {};
  for (const [name, { backend, peer }] of Object.entries(peers)) {
    if (backend) await use(backend);
    peer.block(1);
    const once = timed(() => peer.block(1));
    counts[name] = Math.max(1, Math.round(blockMs / once));
    if (counts[name] > 1) peer.block(Math.ceil(counts[name] / 2));      // so that the engine has compiled what is hot
    times[name] = [];
  }
  for (let round = 0; round < rounds; round += 1) {
    const names = Object.keys(peers);
    for (const name of round % 2 ? names : names.reverse()) {
      const { backend, peer } = peers[name];
      if (counts[name] === 1 && times[name].length >= 3) continue;      // a step takes longer than a block should
      if (backend) await use(backend);
      peer.reset();
      times[name].push(timed(() => peer.block(counts[name])) / counts[name]);
    }
  }
  return times;
}

window.measure = async (name, rounds, blockMs) => {
  const peers = await peersOf(name);
  const found = await losses(peers);
  const times = await race(peers, rounds, blockMs);
  for (const { backend, peer } of Object.values(peers)) {
    if (backend) await use(backend);
    peer.dispose();
  }
  return { losses: found, times };
};

/** Milliseconds of a step of py_lstm for other lengths or batches of a workload: the fastest of the blocks. */
window.curve = (name, size, values, rounds, blockMs) => {
  const peers = values.map((value) => new Ours({ ...workloads[name], [size]: value }));
  const fastest = values.map(() => Infinity);
  for (let round = 0; round < rounds; round += 1) {
    peers.forEach((peer, k) => {
      const count = Math.max(1, Math.round(blockMs / (fastest[k] === Infinity ? timed(() => peer.block(1)) : fastest[k])));
      peer.reset();
      fastest[k] = Math.min(fastest[k], timed(() => peer.block(count)) / count);
    });
  }
  peers.forEach((peer) => peer.dispose());
  return fastest;
};

window.versions = () => ({ tfjs: tf.version.tfjs, python: python.runPython("import sys, numpy; f'{sys.version.split()[0]}, NumPy {numpy.__version__}'"),
  pyodide: python.version, isolated: self.crossOriginIsolated });
window.workloadsByName = workloads;
window.ready = true;
