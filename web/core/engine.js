// The client of the worker that holds Python: boots it, sends it the newest experiment, and brings it back when it dies.
//
// At most one run is under way. A newer experiment ends it after its present slice and takes its place, so a dragged
// slider never queues up work whose answer nobody waits for.

import * as Comlink from "comlink";
import { reporting } from "./reporting.js";

// No sign of life for so long means that the worker is dead or stuck; twice as long with every such restart in a row, since
// what is too much for a slow machine at first may only need longer.
const SILENCE_MS = { loading: 20_000, live: 12_000 };
const STANDSTILL_MS = 60_000;                           // a start that gets no further for so long never will,
const UNHEARD_MS = 30_000;                              // nor one that has not even begun
const PING_MS = 3000;                                   // a worker at rest is asked for a sign of life when it gave none for so long
const MAX_RESTARTS = 4;                                 // in a row, without an answer or an update in between;
const LAST_WORDS_MS = 500;
const SLOW_DEATH = 2;                                   // one that cost somebody a silence counts as so many

export class Engine {
  /**
   * @param runtime  {files, open()}: the runtime's files with sizes, and what gives {worker, material}, see place.js. Of
   *                 `files` it keeps those that the recipe under way needs; python/boot.js has two, and `?boot=plain` or
   *                 `?boot=restored` insists
   * @param on       {state(name, error), again(whether a new Python does once more what is on the screen), progress(bytes by
   *                 file, whether the line is silent), frame(header, whether it is on the screen already) -> promise,
   *                 once painted, born(remote) -> promise:
   *                 before a new Python is asked for anything}. What goes wrong in one of them is reported, and nobody's death
   */
  constructor(runtime, on) {
    this.runtime = runtime;
    this.files = [...runtime.files];
    this.recipe = new URLSearchParams(location.search).get("boot");
    this.on = Object.fromEntries(Object.entries(on).map(([name, tell]) => [name, reporting(tell)]));
    this.restarts = 0;
    this.request = null;                // the newest experiment not yet begun
    this.current = null;                // the one Python works at
    this.good = null;                   // the last one it finished: what a new Python is given if nothing else is asked
    this.misled = false;                // whether the last start failed for its files, which the browser may have kept as they came
    this.proven = false;                // whether a Python has answered a request here
    this.watch = setInterval(() => this.#watchdog(), 1000);
    this.lastTick = performance.now();
  }

  /** Start Python, however often that has failed; resolves when it answers. */
  start() {
    this.restarts = 0;
    return this.#start();
  }

  async #start() {
    this.#takeBack();
    this.#drop("restarted");
    let received = {};
    const begin = (recipe) => {
      const files = this.files.filter(({ recipes }) => recipes.includes(recipe));
      this.runtime.files.splice(0, Infinity, ...files);
      received = Object.fromEntries(files.map(({ name }) => [name, received[name] ?? 0]));
      this.on.progress(received);
    };
    this.state = "loading";
    this.on.state("loading");
    begin(this.recipe ?? (this.files.some(({ recipes }) => recipes.includes("restored")) ? "restored" : "plain"));
    const life = this.#newLife();
    this.life = life;
    const onward = (tell) => Comlink.proxy(reporting((...told) => { life.moved = performance.now(); tell(...told); }));
    try {
      const { worker, material } = await this.runtime.open();
      if (this.life !== life) return worker.terminate();
      const pulse = life.attend(worker);
      await this.#call(life, (remote) => remote.pulse(Comlink.transfer(pulse, [pulse])));
      const { error } = await this.#call(life, (remote) => remote.boot(
        { recipe: this.recipe, files: this.files, fresh: this.misled, ...material },
        onward((recipe) => {
          document.documentElement.dataset.recipe = recipe;
          begin(recipe);
        }),
        onward((name, bytes) => {
          if (name in received) received[name] += bytes;
          this.on.progress({ ...received });
        }),
        onward(() => this.on.progress({ ...received }, true))));
      if (error) throw error;
      await this.#call(life, (remote) => this.on.born(remote));
    } catch (thrown) {
      // A worker that is being ended throws, too; that it is dead is heard a moment later.
      const error = thrown.code ? thrown : await Promise.race([life.ended.catch((death) => death), rest(LAST_WORDS_MS).then(() => thrown)]);
      if (this.life !== life) return;
      if (error instanceof Death) this.#recover(error);
      else this.#fail(error);
      return;
    }
    if (this.life !== life) return;
    this.state = "live";
    if (this.proven) this.on.state("live");             // all of it has worked here before; its first request may be a long one
    this.#work();
  }

  /** One worker from its start to its end: when it was last heard of, and what ends what is asked of it when it dies. */
  #newLife() {
    const life = { heard: null, moved: performance.now() };         // when it gave its last sign of life, and when it came further
    life.ended = new Promise((_, reject) => { life.end = (...why) => reject(new Death(...why)); });
    life.shown = new Promise((resolve) => { life.show = resolve; });       // from its first picture on it can be asked about one
    life.ended.catch((error) => { if (this.life === life && this.state === "live") this.#recover(error); });
    life.attend = (worker) => {
      life.moved = performance.now();
      life.worker = worker;
      life.remote = Comlink.wrap(worker);
      worker.onerror = (event) => {
        event.preventDefault?.();
        // What is wrong before its first sign of life is the script, which is the same the next time.
        if (life.heard === null) life.lose({ field: "runtime", code: "worker", details: {} });
        else life.end(event.message || "worker", 1);
      };
      const { port1, port2 } = new MessageChannel();
      life.pulse = port1;
      port1.onmessage = ({ data }) => {
        life.heard = performance.now();
        // Free it is when the worker is no more, and that is told at once.
        if (data.lock) navigator.locks.request(data.lock, () => life.end("closed", 1)).catch(() => {});
      };
      return port2;
    };
    life.lost = new Promise((_, reject) => { life.lose = reject; });
    life.lost.catch(() => {});
    return life;
  }

  /**
   * Run an experiment; resolves to {} when its last frame is painted, or to {error}.
   * A newer request takes its place: then both resolve with what became of the newer one.
   */
  run(experiment, selection, options = {}) {
    const before = this.request;
    const request = { experiment, selection, options: { ...options } };
    request.done = new Promise((resolve) => { request.resolve = resolve; });
    this.request = request;
    before?.resolve(request.done);
    if (this.state === "live") {
      if (this.busy) this.life.remote.supersede();
      else this.#work();
    }
    return request.done;
  }

  /** What Python says of the selection, or null if Python is not there. */
  explain(selection) { return this.#ifLive((remote) => remote.explain(selection)); }

  /** L along one number, nudged by ±eps: the only part of the answer. */
  probe(tensor, index, eps, onPart) { return this.#ifLive(this.#ofPicture(this.#asking("probe", [tensor, index, eps], onPart))); }

  /** The text of one of py_lstm's files. */
  source(file) { return this.#ifLive((remote) => remote.source(file)); }

  /** A file of what is on the screen, and the experiment in the text of one. */
  take(kind, options) { return this.#ifLive((remote) => remote.take(kind, options)); }
  opened(text) { return this.#ifLive((remote) => remote.opened(text)); }

  /** The trace on the screen minus another experiment's: {experiment: that on the screen, arrays, data}. */
  async compare(before) {
    let found = null;
    const answer = await this.#ifLive(this.#ofPicture(this.#asking("compare", [before], (part, data) => {
      if (part) found = { ...part, data };
      return true;
    })));
    return answer?.error ? answer : found;
  }

  /** What takes long: onPart(part, data) gets one part after the other, or null meanwhile, and says whether to go on. */
  question(what, args, onPart) {
    return this.#ifLive(this.#asking(what, args, onPart));
  }

  #asking(what, args, onPart) {
    // Where a part cannot be drawn, the next one may be.
    return (remote) => remote.question(what, args, Comlink.proxy(reporting(({ part, data }) => onPart(part, data), true)));
  }

  /** What is needed to go on with the present run later, and back. */
  async checkpoint() {
    const request = this.current;
    const kept = await this.#ifLive((remote) => remote.checkpoint());
    if (request && kept?.data) known(request, kept.experiment.updates);
    return kept;
  }

  restore(kept) { return this.#ifLive((remote) => remote.restore(kept)); }

  async #ifLive(send) {
    return this.state === "live" ? this.#quiet(send) : null;
  }

  /** The gradient check of these tensors, a part for each. */
  async check(tensors, onPart) {
    if (this.state !== "live") throw new Error("Python is not there yet; await lab.ready.");
    return this.#call(this.life, this.#ofPicture(this.#asking("check", [tensors], onPart)));
  }

  /** What is asked about the picture waits for the first one: a Python that has just taken another's place has none yet. */
  #ofPicture(send) {
    return async (remote) => { await this.life.shown; return send(remote); };
  }

  async #work() {
    const life = this.life;
    this.busy = true;
    while (this.request && this.life === life) {
      const request = this.request;
      this.request = null;
      this.current = request;
      this.on.again(Boolean(request.again));
      const answer = await this.#quiet((remote) => remote.run(request.experiment, request.selection, request.options,
        Comlink.proxy((frame) => { this.#seen(frame, request, life); return this.on.frame(frame, request.again === "good"); })));
      if (this.life !== life) return;
      this.current = null;
      if (answer && !answer.error && !answer.superseded) this.good = request;
      // Whoever asks about the picture waits for one: where this Python refused its first request, it makes the one on the screen.
      if (answer?.error && !life.pictured && request !== this.good) this.request ??= this.#onceMore(this.good);
      // The first answer proves that all of it works, be it a refusal.
      this.proven = true;
      this.restarts = 0;
      this.on.again(false);
      this.on.state("live");
      // A refusal that comes when something newer is asked for already is nobody's answer any more, either.
      request.resolve((answer?.superseded || answer?.error) && this.request ? this.request.done : answer ?? {});
    }
    this.busy = false;
  }

  /** A picture is on its way. One that is further than any before shows that this Python works. */
  #seen({ curves }, request, life) {
    life.pictured = true;
    life.show();
    this.on.again(false);
    if (curves.main.count > (request.options.from ?? 0)) this.restarts = 0;
    known(request, curves.main.count);
  }

  /** A call whose failure is the engine's to deal with. A Python exception is an answer; after anything else it restarts. */
  async #quiet(send) {
    const life = this.life;
    try {
      return await this.#call(life, send);
    } catch (error) {
      if (error?.name === "PythonError" || /Traceback/.test(error?.message ?? "")) {
        return { error: { field: "experiment", code: "python", message: lastLine(error.message) } };
      }
      if (this.life === life) this.#recover(error);
      return null;
    }
  }

  #call(life, send) {
    return Promise.race([send(life.remote), life.ended, life.lost]);
  }

  #watchdog() {
    const now = performance.now();
    const slept = now - this.lastTick > 5000;           // a sleeping laptop or a throttled tab is no dead worker
    this.lastTick = now;
    const life = this.life;
    if (!life) return;
    if (slept) {
      life.moved = now;
      life.heard &&= now;
      return;
    }
    const loading = this.state === "loading";
    const silence = life.heard === null ? 0 : now - life.heard;
    if (silence > SILENCE_MS[loading ? "loading" : "live"] * 2 ** (this.restarts / SLOW_DEATH)) life.end("silence");
    else if (loading && now - life.moved > (life.heard === null ? UNHEARD_MS : STANDSTILL_MS)) life.end("standstill");
    else if (silence > PING_MS) life.pulse.postMessage(0);
  }

  #recover(error) {
    if (this.restarts >= MAX_RESTARTS) return this.#fail(error);
    this.restarts += error.counts ?? 1;
    this.#start();
  }

  /** What the old Python was doing is the new one's to do, unless something newer was asked for. */
  #takeBack() {
    const lost = this.current;
    this.current = null;
    if (this.request) lost?.resolve(this.request.done);
    else this.request = lost ? Object.assign(lost, { again: "lost" }) : this.#onceMore(this.good);
  }

  #onceMore(good) { return good && Object.assign(good, { again: "good" }); }

  /** @param error  a refusal of field "runtime", or what was thrown */
  #fail(error) {
    this.#drop("failed");
    this.state = "failed";
    this.misled = Boolean(error.code);
    const code = error instanceof Death ? "died" : "thrown";
    this.on.state("failed", error.code ? error : { field: "runtime", code, message: error.message, details: { reason: error.message } });
  }

  #drop(reason) {
    const life = this.life;
    this.life = null;
    this.busy = false;
    life?.end(reason);
    life?.pulse?.close();
    life?.worker?.terminate();
  }
}

/** That a worker has come to its end, for whoever waits for its answer. */
class Death extends Error {
  constructor(reason, counts = SLOW_DEATH) {
    super(reason);
    this.counts = counts;
  }
}

/**
 * So many updates of its run were seen or kept. Were it asked for again of another Python, that would not have to forget them;
 * but it might know more, from when the page was built.
 */
function known({ options }, updates) {
  options.from = Math.max(options.from ?? 0, updates);
}

const rest = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const lastLine = (message) => message.trim().split("\n").pop();
