// A link as it comes out of other programs: a mailer, a messenger, a chat, somebody's sentence. What they did to it is undone
// where that can be known, and told; what they cut off is left out, and told. Nothing is guessed: a number that could be read
// in two ways is passed on as it is, and Python refuses it. py_lstm/mending.py does the same; a test holds the two together.

import { unpack } from "./packing.js";

// Free text means what it says, to the last letter.
const FREE = ["text", "question", "answer", "beside"];
// Without these there is nothing to show of a link; without any other packed part the rest of it is of use.
const NEEDED = ["text", "values", "targets"];
// What stands in the page's own query, and what makes a query a link: the view's other names are too common in one.
const PAGES_OWN = ["boot", "keep"];
const TELLING = ["room", "quantity", "beside", "puzzle", "measured", "hide", "question"];
// Marks by which mailers, networks and shops follow who clicks.
const TRACKING = "utm_\\w+|mtm_\\w+|pk_\\w+|hsa_\\w+|mc_[ce]id|_hs\\w+|__hs\\w+|[a-z]{0,3}clid|msclkid|[gw]braid|igshid|igsh|li_fat_id"
  + "|mkt_tok|vero_\\w+|oly_\\w+_id|_ga|_gl|_ke|s_cid|ref|ref_src|ref_url|referrer|si|spm|scm|from|source|share_\\w+|isappinstalled|nsukey"
  + "|chksm|srsltid|wt_mc|cmpid|campaign_?id|feature|ved|usg|_openstat|__twitter_impression|amp";

const BLANK = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const BROKEN = new RegExp(`[\\r\\n\\u2028\\u2029][${BLANK}]*`, "g");
const AROUND = new RegExp(`[${BLANK}]*([,;:[\\]])[${BLANK}]*`, "g");
const EDGES = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "g");
const DASHES = /[\u2010-\u2015\ufe58\ufe63\uff0d]/g;
const WIDE = /[\uff01-\uff5e]/g;
const WIDE_COMMAS = /[\uff0c\uff1b]/g;
const CUT_OFF = /(?:\.{3,}|\u2026)[)\]>"'\u2019\u201d]*$/;
// What no field but free text has: from the first of these on it is the sentence around the link.
const FOREIGN = /[()<>{}"'`|*\u00ab\u00bb\u2018-\u201f\u2026\u2039\u203a\u2e80-\uff0a\uff0c\uff1a-\uffff]/;
const SCALARS = ["number", "count", "loose", "word", "flag"];
const MOST_SHOWN = 40;

/**
 * @param text   a link, or what stands behind its # or ?; anything else is taken as it is
 * @param kinds  what link.js calls so
 * @returns {pairs: [name, value] each, its escapes resolved; notes: {code: what}, of everything that was mended or left out; isLink}
 */
export function mended(text, kinds) {
  const notes = {};
  const note = (code, what = "") => { notes[code] = notes[code] && what ? `${notes[code]}, ${what}` : what || notes[code] || ""; };
  const known = (name) => Object.hasOwn(kinds.fields, name) || Object.hasOwn(kinds.view, name);
  const link = linkIn(text, known, kinds, note);
  if (link === null) return { pairs: pairsOf(text), notes, isLink: false };
  let pairs = pairsOf(opened(link, kinds, note)).flatMap((pair) => apart(pair, known, kinds, note));
  const last = pairs.at(-1);
  if (pairs.length > 1 && last[2] && cutName(last[0], kinds)) {
    note("cut", last[0]);
    pairs = pairs.slice(0, -1);
  }
  pairs = pairs.map(([name, value], k) => mendedPair(called(name, known, note), value, k === pairs.length - 1, known, kinds, note));
  return { pairs: pairs.filter(Boolean), notes, isLink: true };
}

/** What of a query is the page's own, and stays in its address: "?boot=plain", or nothing. */
export function ownQuery(query) {
  const own = query.slice(1).split("&").filter((pair) => PAGES_OWN.includes(pair.split("=")[0]));
  return own.length ? `?${own.join("&")}` : "";
}

/** What of a text is a link's: behind its #, or in its query; null if it is none. */
function linkIn(text, known, kinds, note) {
  const at = text.indexOf("#");
  const before = at < 0 ? text : text.slice(0, at);
  const asked = before.indexOf("?");
  const query = asked >= 0 && !before.slice(0, asked).includes("=") ? opened(before.slice(asked + 1), kinds, () => {}) : "";
  const names = pairsOf(query).map(([name]) => called(name, known, () => {}).replace(/^~/, ""));
  const isLink = names.some((name) => (Object.hasOwn(kinds.fields, name) && name !== "version") || TELLING.includes(name));
  const fragment = at < 0 ? "" : text.slice(at + 1);
  if (isLink) {
    note("query");
    const theirs = opened(before.slice(asked + 1), kinds, note).split("&").filter((pair) => !PAGES_OWN.includes(pair.split("=")[0]));
    return [...theirs, fragment].filter(Boolean).join("&");
  }
  if (at >= 0) return fragment;
  const hidden = text.match(/^[^=]*?%(?:25)*23(.*)$/is);
  if (!hidden) return null;
  note("encoded");
  return hidden[1];
}

/** A link whose signs were written for another place: percent-encoded as a whole, for HTML, or for a mail. */
function opened(text, kinds, note) {
  const replaced = (pattern, by, code) => {
    const mended = text.replace(pattern, by);
    if (mended !== text) note(code);
    text = mended;
  };
  replaced(/=\r?\n/g, "", "broken");
  for (let k = 0; k < 5; k += 1) {
    replaced(/&(?:(?:amp;)+|#0*38;|#x0*26;)/gi, "&", "entities");
    const plain = text.includes("=") || !/%(?:25)*3D/i.test(text) ? text : unescape(text);
    if (plain === text) break;
    text = plain;
    note("encoded");
  }
  replaced(/^(?:[#!/?]|%23|%2F)+/i, "", "lead");
  const pairs = pairsOf(text);
  if (pairs.every(([, value]) => value.startsWith("3D")) && pairs.some(([name]) => ["number", "count"].includes(kinds.fields[name]))) {
    replaced(/=3D/g, "=", "encoded");
  }
  const marks = [];
  text = text.replace(new RegExp(`(^|[?&])(${TRACKING})=[^&?]*(?=[?&]|$)`, "gi"), (whole, sign, name) => {
    if (Object.hasOwn(kinds.fields, name) || Object.hasOwn(kinds.view, name)) return whole;
    marks.push(name);
    return "";
  });
  if (marks.length) note("tracking", marks.join(", ").slice(0, 3 * MOST_SHOWN));
  return text;
}

/** [name, value, whether it has no =] of every pair. */
export function pairsOf(text) {
  return text.split("&").filter(Boolean).map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [unescape(pair), "", true] : [unescape(pair.slice(0, at)), unescape(pair.slice(at + 1)), false];
  });
}

/** A pair whose own = or whose following & came escaped, as the pairs it holds. */
function apart([name, value, bare], known, kinds, note) {
  const at = bare ? name.search(/[=\uff1d]/) : -1;
  if (at > 0 && known(name.slice(0, at).replace(/^~/, ""))) {
    note("encoded");
    return apart([name.slice(0, at), name.slice(at + 1), false], known, kinds, note);
  }
  if (!known(name) || FREE.includes(name)) return [[name, value, bare]];
  let plain = value;
  for (let k = 0; k < 5 && /%[0-9a-f]{2}/i.test(plain); k += 1) plain = unescape(plain);
  const [first, ...more] = plain.split(/[&\uff06]/);
  const others = more.map((part) => part.replace(/^(?:amp;)+/i, "").match(/^(~?(\w+))[=\uff1d](.*)$/s));
  if (plain !== value) note("encoded");
  if (!others.length || !others.every((other) => other && known(other[2]))) return [[name, plain, bare]];
  note("encoded");
  return [[name, first, bare], ...others.flatMap(([, other, , its]) => apart([other, its, false], known, kinds, note))];
}

/** A name as the page writes it, if it is one with blanks, capitals or signs that a program put into it. */
function called(name, known, note) {
  if (known(name.replace(/^~/, ""))) return name;
  const clean = name.replace(new RegExp(`[${BLANK}\\\\]`, "g"), "").replace(INVISIBLE, "").replace(/^(?:amp;)+/i, "").toLowerCase();
  if (!known(clean.replace(/^~/, ""))) return name;
  note("signs");
  return clean;
}

/** Whether a name at the end of a link is the beginning of one, or one that has lost its value. */
function cutName(name, kinds) {
  const begun = name.replace(/(?:\.+|\u2026)$/, "").replace(/^~/, "");
  return begun !== "" && [...Object.keys(kinds.fields), ...Object.keys(kinds.view)].some((other) => other.startsWith(begun));
}

/** The pair with its value mended, or null if it is left out. */
function mendedPair(name, value, isLast, known, kinds, note) {
  if (name.startsWith("~") && known(name.slice(1))) return packedPair(name, value, note);
  if (name === "beside" && isLast) {                    // a link within the link, whose own texts are still escaped
    const bare = value.replace(/[)>\]"'.,;\u2019\u201d\u3000-\u303f\uff00-\uff1f]+$/, "");
    if (bare !== value) note("trailing", value.slice(bare.length));
    return [name, bare];
  }
  if (!known(name) || FREE.includes(name)) return [name, value];
  const kind = Object.hasOwn(kinds.view, name) ? kinds.view[name] : kinds.fields[name];
  let now = value.replace(EDGES, "");
  const replaced = (pattern, by, code) => {
    const mended = now.replace(pattern, by);
    if (mended !== now) note(code);
    now = mended;
  };
  if (kind !== "word") {
    replaced(DASHES, "-", "signs");
    // A table's numbers are judged as they stand, by Python.
    replaced(["rows", "list"].includes(kind) ? WIDE_COMMAS : WIDE, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0), "signs");
    replaced(AROUND, "$1", "broken");
  }
  replaced(INVISIBLE, "", "broken");
  replaced(BROKEN, "", "broken");
  replaced(/\\(?=[^0-9A-Za-z]|$)/g, "", "signs");
  if (!isLast) return [name, now];
  if (CUT_OFF.test(now) || (kind === "places" && /(?:^|;)[^;:]*(?:\[[^\];:]*|\]:?[-+]?)$/.test(now))) return rescued(name, now, kind, note);
  const around = now;
  const foreign = now.search(FOREIGN);
  if (foreign > 0) now = now.slice(0, foreign);
  if (kind !== "places") now = now.replace(/\].*$/s, "");
  else if (now.split("]").length > now.split("[").length) now = now.replace(/\]+[^\]]*$/, "");
  now = now.replace(SCALARS.includes(kind) ? /[.,;:!?/_~]+$/ : /[.,;!?/]+$/, "");
  if (now === "") return [name, around];
  if (now !== around) note("trailing", around.slice(now.length).slice(0, MOST_SHOWN));
  return [name, now];
}

/** What is whole of a value that was cut off: the edits before the last; of others nothing. */
function rescued(name, value, kind, note) {
  note("cut", name);
  const whole = kind === "places" ? value.split(";").slice(0, -1).join(";") : "";
  return whole ? [name, whole] : null;
}

function packedPair(name, value, note) {
  const joined = value.replace(new RegExp(`[${BLANK}\\\\]`, "g"), "").replace(INVISIBLE, "");
  const bare = joined.replace(/[^\w-]+.*$/s, "");
  // Two hyphens may have become one dash.
  const dashed = [joined.replace(/[\u2014\u2015]/g, "--"), joined].map((one) => one.replace(DASHES, "-"));
  const ways = [[null, value], ["broken", joined], ...dashed.map((one) => ["signs", one]), ["trailing", bare], ["trailing", bare.replace(/_+$/, "")]];
  for (const [code, other] of ways) {
    if (unpack(other) === null) continue;
    if (code) note(code, code === "trailing" ? joined.slice(other.length).slice(0, MOST_SHOWN) : "");
    return [name, other];
  }
  if (NEEDED.includes(name.slice(1))) return [name, value];
  note("cut", name.slice(1));
  return null;
}

function unescape(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}
