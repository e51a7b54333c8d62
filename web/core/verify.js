// The page's own check: every file it runs on, against the SHA-256 that the build wrote down.

import { t } from "./i18n.js";
import { sealed } from "./place.js";

const hex = (digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

/**
 * {checked: how many files, wrong: the names of those that are not as they were built or do not come, list: the SHA-256 of the
 * list itself, which `build.py verify` prints too, or null where the list is part of the page}. Rejects with a sentence where
 * it cannot be done.
 *
 * @param onFile  called with (files done, files in all)
 */
export async function verify(onFile = () => {}) {
  if (!globalThis.crypto?.subtle) throw new Error(t("verify.unavailable"));
  const { list, files } = await sealed().catch(() => { throw new Error(t("verify.noList")); });
  const wrong = [];
  for (const [index, { name, digest, content }] of files.entries()) {
    onFile(index, files.length);
    if (await content().then(sha256).catch(() => null) !== digest) wrong.push(name);
  }
  return { checked: files.length, wrong, list: list === null ? null : await sha256(new TextEncoder().encode(list)) };
}
