// What was asked before, to go back to and forth again. Changes of one control in quick succession count as one.

import { signal } from "@preact/signals";

const ONE_STROKE_MS = 1000;
const MOST = 200;

export class History {
  constructor() {
    this.past = signal([]);
    this.future = signal([]);
    this.last = { what: null, when: 0 };
  }

  /** Remember `experiment` as it was before a change of `what`. */
  push(experiment, what) {
    const now = performance.now();
    const stroke = what === this.last.what && now - this.last.when < ONE_STROKE_MS;
    this.last = { what, when: now };
    if (stroke) return;
    this.past.value = [...this.past.value.slice(-MOST), experiment];
    this.future.value = [];
  }

  /** The experiment before, given the present one; or undefined. */
  back(present) { return this.#move(this.past, this.future, present); }

  /** The experiment that was left by going back; or undefined. */
  forth(present) { return this.#move(this.future, this.past, present); }

  #move(from, to, present) {
    const found = from.value.at(-1);
    if (found === undefined) return undefined;
    from.value = from.value.slice(0, -1);
    to.value = [...to.value, present];
    this.last = { what: null, when: 0 };
    return found;
  }
}
