// Long text made short enough for an address: UTF-8, deflated, in base64 with - and _. py_lstm/packing.py reads and writes the same.
// Not by the browser's CompressionStream: a link is read before the first picture is drawn, and that one answers later.

import { deflateSync, Inflate } from "fflate";

// Of what a link unpacks to; a few kilobytes can pretend to be a gigabyte.
const MOST_BYTES = 1_000_000;
const PIECE = 4096;

// The address is written again for every step of the play head; its texts stay.
const REMEMBERED = 8;
const packed = new Map();

/** `text` in letters, digits, - and _. */
export function pack(text) {
  const known = packed.get(text) ?? base64(deflateSync(new TextEncoder().encode(text), { level: 9 }));
  packed.delete(text);
  packed.set(text, known);
  if (packed.size > REMEMBERED) packed.delete(packed.keys().next().value);
  return known;
}

/** What was packed, or null if it is not whole, was never packed, or holds more than `MOST_BYTES`. */
export function unpack(text) {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return null;
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const parts = [];
  let size = 0;
  const stretch = new Inflate((part) => { parts.push(part); size += part.length; });
  try {
    for (let at = 0; at < bytes.length && size <= MOST_BYTES; at += PIECE) {
      stretch.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
    }
    if (size > MOST_BYTES) return null;
    const whole = new Uint8Array(size);
    let end = 0;
    for (const part of parts) { whole.set(part, end); end += part.length; }
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(whole);
  } catch {
    return null;
  }
}

function base64(bytes) {
  let letters = "";
  for (let at = 0; at < bytes.length; at += PIECE) letters += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
