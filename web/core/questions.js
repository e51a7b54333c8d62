// Questions that Python takes long to answer: the parts come one by one, until a newer question takes the place of this one.

import { engine } from "./requests.js";

const latest = new Map();

/**
 * @param place  whose answer this is: a newer question in the same place ends it
 * @param take   gets every part of the answer, and its numbers
 * @returns {mine, error}: whether it is still the latest in its place, and the refusal if there was one
 */
export async function question(place, what, args, take) {
  const me = Symbol(place);
  latest.set(place, me);
  const isMine = () => latest.get(place) === me;
  const answer = await engine.question(what, args, (part, data) => {
    if (isMine() && part) take(part, data);
    return isMine();
  });
  return { mine: isMine(), error: answer?.error ?? null };
}

/** Whatever is asked there, nobody waits for it any more. */
export const forget = (place) => latest.delete(place);
