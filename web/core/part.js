// Parts of the page that its first picture does not need. Each is loaded when it is wanted, or before that when the page is at rest.

import { batch, signal } from "@preact/signals";
import { fetchPart } from "./place.js";

const all = [];

export class Part {
  /**
   * @param name  its module's file under web/, by which the build knows what belongs to it
   * @param load  imports that module
   */
  constructor(name, load) {
    this.name = name;
    this.load = load;
    this.module = signal(null);                         // what it exports, once it is there
    this.failed = signal(false);                        // whether it was asked for and did not come
    this.coming = null;
    all.push(this);
  }

  /** Load it unless it is there, or on its way, or was tried in vain. */
  want() {
    this.coming ??= this.#bring();
    return this.coming;
  }

  /** After a failure. Some browsers never ask for a module again that did not come once: those have to load the page anew. */
  async again() {
    this.failed.value = false;
    try {
      await fetchPart(this.name);                       // else the page would be gone, and not come back
    } catch {
      this.failed.value = true;
      return;
    }
    this.coming = this.#bring();
    await this.coming;
    if (this.failed.value) location.reload();
  }

  async #bring() {
    try {
      const module = await this.load();
      batch(() => { this.module.value = module; this.failed.value = false; });
    } catch {
      this.failed.value = true;
    }
  }
}

const REST_WITHIN_MS = 3000;                            // a page that never rests, as on a busy machine, brings them all the same

const atRest = () => new Promise((resolve) => {
  if (self.requestIdleCallback) requestIdleCallback(resolve, { timeout: REST_WITHIN_MS }); else setTimeout(resolve, 200);
});

/**
 * Bring every part, one after the other, so that no room waits for the line or needs it. What does not come is left to whoever
 * wants it. Resolves to whether all are there.
 */
export async function bringAll() {
  for (const part of all) {
    await atRest();
    if (part.coming) continue;
    const there = await fetchPart(part.name).then(() => true, () => false);
    if (there) await part.want();
  }
  return all.every(({ module }) => module.value);
}
