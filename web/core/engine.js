// The client of the worker that holds Python: boots it, sends it the newest experiment, and brings it back when it dies.
//
// At most one run is under way. A newer experiment ends it after its present slice and takes its place, so a dragged
// slider never queues up work whose answer nobody waits for.

import * as Comlink from "comlink";

const SILENCE_MS = { loading: 60_000, live: 12_000 };   // no word for so long means that the worker is dead or stuck
const MAX_RESTARTS = 2;                                 // in a row, without a run in between that worked

export class Engine {
  /**
   * @param runtime  {files, open()}: the runtime's files with sizes, and what gives {worker, material}, see place.js. Of
   *                 `files` it keeps those that the recipe under way needs; python/boot.js has two, and `?boot=plain` or
   *                 `?boot=restored` insists
   * @param on       {state(name, error), progress(bytes by file, whether the line is silent), frame(header) -> promise,
   *                 once painted, born(remote) -> promise: before a new Python is asked for anything}
   */
  constructor(runtime, on) {
    this.runtime = runtime;
    this.files = [...runtime.files];
    this.recipe = new URLSearchParams(location.search).get("boot");
    this.on = on;
    this.restarts = 0;
    this.request = null;                // the newest experiment not yet begun
    this.current = null;                // the one Python works at
    this.good = null;                   // the last one it finished: what a new Python is given if nothing else is asked
    this.proven = false;                // whether a Python has answered a request here
    this.watch = setInterval(() => this.#watchdog(), 1000);
    this.lastTick = performance.now();
  }

  /** Start Python; resolves when it answers. */
  async start() {
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
    const life = { calls: 0, heard: performance.now() };
    life.ended = new Promise((_, reject) => { life.end = reject; });
    life.shown = new Promise((resolve) => { life.show = resolve; });       // from its first picture on it can be asked about one
    life.ended.catch((error) => { if (this.life === life && this.state === "live") this.#recover(error); });
    this.life = life;
    try {
      const { worker, material } = await this.runtime.open();
      if (this.life !== life) return worker.terminate();
      life.worker = worker;
      life.worker.onerror = (event) => { event.preventDefault?.(); life.end(new Error(event.message || "worker")); };
      life.remote = Comlink.wrap(life.worker);
      await this.#call(life, (remote) => remote.boot(
        { recipe: this.recipe, files: this.files, ...material },
        Comlink.proxy((recipe) => {
          life.heard = performance.now();
          document.documentElement.dataset.recipe = recipe;
          begin(recipe);
        }),
        Comlink.proxy((name, bytes) => {
          life.heard = performance.now();
          if (name in received) received[name] += bytes;
          this.on.progress({ ...received });
        }),
        Comlink.proxy(() => { life.heard = performance.now(); this.on.progress({ ...received }, true); })));
      await this.#call(life, (remote) => this.on.born(remote));
    } catch (error) {
      if (this.life === life) this.#fail(error);
      return;
    }
    if (this.life !== life) return;
    this.state = "live";
    if (this.proven) this.on.state("live");             // all of it has worked here before; its first request may be a long one
    this.#work();
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

  /** The trace on the screen minus another experiment's. */
  compare(before) { return this.#ifLive(this.#ofPicture((remote) => remote.compare(before))); }

  /** What takes long: onPart(part, data) gets one part after the other, or null meanwhile, and says whether to go on. */
  question(what, args, onPart) {
    return this.#ifLive(this.#asking(what, args, onPart));
  }

  #asking(what, args, onPart) {
    const life = this.life;
    return (remote) => remote.question(what, args, Comlink.proxy(({ part, data }) => {
      life.heard = performance.now();
      return onPart(part, data);
    }));
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
      const answer = await this.#quiet((remote) => remote.run(request.experiment, request.selection, request.options,
        Comlink.proxy((frame) => { this.#seen(frame, request, life); return this.on.frame(frame); })));
      if (this.life !== life) return;
      this.current = null;
      if (answer && !answer.error && !answer.superseded) this.good = request;
      // The first answer proves that all of it works, be it a refusal.
      this.proven = true;
      this.on.state("live");
      // A refusal that comes when something newer is asked for already is nobody's answer any more, either.
      request.resolve((answer?.superseded || answer?.error) && this.request ? this.request.done : answer ?? {});
    }
    this.busy = false;
  }

  /** A picture is on its way: Python works. */
  #seen({ curves }, request, life) {
    life.heard = performance.now();
    life.show();
    this.restarts = 0;
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

  async #call(life, send) {
    life.calls += 1;
    if (life.calls === 1) life.heard = performance.now();
    try {
      return await Promise.race([send(life.remote), life.ended]);
    } finally {
      life.calls -= 1;
      life.heard = performance.now();
    }
  }

  #watchdog() {
    const now = performance.now();
    const slept = now - this.lastTick > 5000;           // a sleeping laptop or a throttled tab is no dead worker
    this.lastTick = now;
    const life = this.life;
    if (!life) return;
    if (slept) life.heard = now;
    else if (life.calls > 0 && now - life.heard > SILENCE_MS[this.state === "live" ? "live" : "loading"]) {
      life.end(new Error("silence"));
    }
  }

  #recover(error) {
    if (this.restarts >= MAX_RESTARTS) return this.#fail(error);
    this.restarts += 1;
    this.start();
  }

  /** What the old Python was doing is the new one's to do, unless something newer was asked for. */
  #takeBack() {
    const lost = this.current;
    this.current = null;
    if (this.request) lost?.resolve(this.request.done);
    else this.request = lost ?? this.good;
  }

  #fail(error) {
    this.#drop("failed");
    this.state = "failed";
    this.on.state("failed", error);
  }

  #drop(reason) {
    const life = this.life;
    this.life = null;
    this.busy = false;
    life?.end(new Error(reason));
    life?.worker?.terminate();
  }
}

/**
 * So many updates of its run were seen or kept. Were it asked for again of another Python, that would not have to forget them;
 * but it might know more, from when the page was built.
 */
function known({ options }, updates) {
  options.from = Math.max(options.from ?? 0, updates);
}

const lastLine = (message) => message.trim().split("\n").pop();
