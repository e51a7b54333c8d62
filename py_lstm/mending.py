"""A link as it comes out of other programs: a mailer, a messenger, a chat, somebody's sentence.

What they did to it is undone where that can be known, and told; what they cut off is left out, and told. Nothing is guessed:
a number that could be read in two ways is passed on as it is, and `Experiment` refuses it. web/core/mending.js does the same
for the page; a test holds the two together.
"""

from __future__ import annotations

import re
from typing import Callable, Mapping, NamedTuple

from .packing import unpack

# Free text means what it says, to the last letter.
_FREE = ("text", "question", "answer", "beside")
# Without these there is nothing to show of a link; without any other packed part the rest of it is of use.
_NEEDED = ("text", "values", "targets")
# What stands in the page's own query, and what makes a query a link: the view's other names are too common in one.
_PAGES_OWN = ("boot", "keep")
_TELLING = ("room", "quantity", "beside", "puzzle", "measured", "hide", "question")
# Marks by which mailers, networks and shops follow who clicks.
_TRACKING = (r"utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|mc_[ce]id|_hs\w+|__hs\w+|[a-z]{0,3}clid|msclkid|[gw]braid|igshid|igsh|li_fat_id"
             r"|mkt_tok|vero_\w+|oly_\w+_id|_ga|_gl|_ke|s_cid|ref|ref_src|ref_url|referrer|si|spm|scm|from|source|share_\w+|isappinstalled"
             r"|nsukey|chksm|srsltid|wt_mc|cmpid|campaign_?id|feature|ved|usg|_openstat|__twitter_impression|amp")

_BLANK = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BROKEN = re.compile(f"[\\r\\n\\u2028\\u2029][{_BLANK}]*")
_AROUND = re.compile(f"[{_BLANK}]*([,;:\\[\\]])[{_BLANK}]*")
_EDGES = re.compile(f"^[{_BLANK}]+|[{_BLANK}]+\\Z")
_DASHES = re.compile("[\u2010-\u2015\ufe58\ufe63\uff0d]")
_WIDE = re.compile("[\uff01-\uff5e]")
_WIDE_COMMAS = re.compile("[\uff0c\uff1b]")
_CUT_OFF = re.compile("(?:\\.{3,}|\u2026)[)\\]>\"'\u2019\u201d]*\\Z")
# What no field but free text has: from the first of these on it is the sentence around the link.
_FOREIGN = re.compile("[()<>{}\"'`|*\u00ab\u00bb\u2018-\u201f\u2026\u2039\u203a\u2e80-\uff0a\uff0c\uff1a-\U0010ffff]")
_SCALARS = ("number", "count", "loose", "word", "flag")
_MOST_SHOWN = 40

# What is said of each note, the lost ones last.
SENTENCES = {
    "encoded": "Its signs were percent-encoded and were decoded.",
    "entities": "Its & had become &amp; and were put back.",
    "query": "It had a ? where a # belongs; what follows was read all the same.",
    "lead": "Signs between its # and the first name were left out.",
    "broken": "Line breaks and spaces in it were taken out.",
    "signs": "Dashes, letters or backslashes that another program had changed were put back.",
    "tracking": "Tracking marks were left out: {what}.",
    "trailing": "What stands behind it was left out: {what}",
    "cut": "It was cut off, and this part of it was left out: {what}. Copy the whole link again to have all of it.",
}

Note = Callable[..., None]
Pair = tuple[str, str, bool]


class Mended(NamedTuple):
    """The pairs of a link, name and value, their escapes resolved; what was mended or left out, by code; whether it is a link."""

    pairs: list[tuple[str, str]]
    notes: dict[str, str]
    is_link: bool


class Kinds(NamedTuple):
    """How each field of an experiment, and of the view, is written."""

    fields: Mapping[str, str]
    view: Mapping[str, str]

    def __contains__(self, name: object) -> bool:
        return name in self.fields or name in self.view


def mended(text: str, kinds: Kinds) -> Mended:
    """A link, or what stands behind its # or ?; anything else is taken as it is."""
    notes: dict[str, str] = {}

    def note(code: str, what: str = "") -> None:
        notes[code] = f"{notes[code]}, {what}" if notes.get(code) and what else what or notes.get(code, "")

    link = _link_in(text, kinds, note)
    if link is None:
        return Mended([pair[:2] for pair in _split(text)], notes, False)
    pairs = [one for pair in _split(_opened(link, kinds, note)) for one in _apart(pair, kinds, note)]
    if len(pairs) > 1 and pairs[-1][2] and _cut_name(pairs[-1][0], kinds):
        note("cut", pairs.pop()[0])
    mended = [_mended_pair(_called(name, kinds, note), value, k == len(pairs) - 1, kinds, note) for k, (name, value, _) in enumerate(pairs)]
    return Mended([pair for pair in mended if pair], notes, True)


def said(notes: Mapping[str, str]) -> str:
    """What is told of a link that was changed on its way; nothing of one that was not."""
    told = [sentence.format(what=notes[code]) for code, sentence in SENTENCES.items() if code in notes]
    return " ".join(["The link was changed on its way here.", *told]) if told else ""


def _silent(code: str, what: str = "") -> None:
    pass


def _link_in(text: str, kinds: Kinds, note: Note) -> str | None:
    """What of a text is a link's: behind its #, or in its query; None if it is none."""
    before, sign, fragment = text.partition("#")
    stem, asked, rest = before.partition("?")
    query = _opened(rest, kinds, _silent) if asked and "=" not in stem else ""
    names = [re.sub("^~", "", _called(name, kinds, _silent)) for name, _, _ in _split(query)]
    if any((name in kinds.fields and name != "version") or name in _TELLING for name in names):
        note("query")
        theirs = [pair for pair in _opened(rest, kinds, note).split("&") if pair.partition("=")[0] not in _PAGES_OWN]
        return "&".join(part for part in (*theirs, fragment) if part)
    if sign:
        return fragment
    hidden = re.match(r"[^=]*?%(?:25)*23(.*)\Z", text, re.IGNORECASE | re.DOTALL)
    if not hidden:
        return None
    note("encoded")
    return hidden[1]


class _Text:
    """A text that is mended bit by bit, a note being made of each change."""

    def __init__(self, text: str, note: Note):
        self.text, self.note = text, note

    def replaced(self, pattern: str | re.Pattern[str], by, code: str) -> None:
        changed = re.sub(pattern, by, self.text)
        if changed != self.text:
            self.note(code)
        self.text = changed


def _opened(text: str, kinds: Kinds, note: Note) -> str:
    """A link whose signs were written for another place: percent-encoded as a whole, for HTML, or for a mail."""
    link = _Text(text, note)
    link.replaced("=\r?\n", "", "broken")
    for _ in range(5):
        link.replaced(r"(?i)&(?:(?:amp;)+|#0*38;|#x0*26;)", "&", "entities")
        encoded = "=" not in link.text and re.search(r"(?i)%(?:25)*3D", link.text)
        plain = unescape(link.text) if encoded else link.text
        if plain == link.text:
            break
        link.text = plain
        note("encoded")
    link.replaced(r"(?i)^(?:[#!/?]|%23|%2F)+", "", "lead")
    pairs = _split(link.text)
    if all(value.startswith("3D") for _, value, _ in pairs) and any(kinds.fields.get(name) in ("number", "count") for name, _, _ in pairs):
        link.replaced("=3D", "=", "encoded")
    marks: list[str] = []

    def without(found: re.Match[str]) -> str:
        if found[2] in kinds:
            return found[0]
        marks.append(found[2])
        return ""

    text = re.sub(rf"(?ai)(^|[?&])({_TRACKING})=[^&?]*(?=[?&]|\Z)", without, link.text)
    if marks:
        note("tracking", ", ".join(marks)[:3 * _MOST_SHOWN])
    return text


def _split(text: str) -> list[Pair]:
    """Name, value, and whether it has no =, of every pair."""
    pairs = [pair.partition("=") for pair in text.split("&") if pair]
    return [(unescape(name), unescape(value), not sign) for name, sign, value in pairs]


def _apart(pair: Pair, kinds: Kinds, note: Note) -> list[Pair]:
    """A pair whose own = or whose following & came escaped, as the pairs it holds."""
    name, value, bare = pair
    parts = re.split("[=\uff1d]", name, maxsplit=1)
    if bare and len(parts) == 2 and re.sub("^~", "", parts[0]) in kinds:
        note("encoded")
        return _apart((parts[0], parts[1], False), kinds, note)
    if name not in kinds or name in _FREE:
        return [pair]
    plain = value
    for _ in range(5):
        if not re.search("(?i)%[0-9a-f]{2}", plain):
            break
        plain = unescape(plain)
    first, *more = re.split("[&\uff06]", plain)
    others = [re.match(r"(?as)(~?(\w+))[=\uff1d](.*)\Z", re.sub("(?i)^(?:amp;)+", "", part)) for part in more]
    if plain != value:
        note("encoded")
    if not others or not all(other and other[2] in kinds for other in others):
        return [(name, plain, bare)]
    note("encoded")
    return [(name, first, bare), *(one for other in others if other for one in _apart((other[1], other[3], False), kinds, note))]


def _called(name: str, kinds: Kinds, note: Note) -> str:
    """A name as the page writes it, if it is one with blanks, capitals or signs that a program put into it."""
    if re.sub("^~", "", name) in kinds:
        return name
    clean = re.sub("(?i)^(?:amp;)+", "", _INVISIBLE.sub("", re.sub(f"[{_BLANK}\\\\]", "", name))).lower()
    if re.sub("^~", "", clean) not in kinds:
        return name
    note("signs")
    return clean


def _cut_name(name: str, kinds: Kinds) -> bool:
    """Whether a name at the end of a link is the beginning of one, or one that has lost its value."""
    begun = re.sub("^~", "", re.sub("(?:\\.+|\u2026)\\Z", "", name))
    return begun != "" and any(other.startswith(begun) for other in [*kinds.fields, *kinds.view])


def _mended_pair(name: str, value: str, is_last: bool, kinds: Kinds, note: Note) -> tuple[str, str] | None:
    """The pair with its value mended, or None if it is left out."""
    if name.startswith("~") and name[1:] in kinds:
        return _packed_pair(name, value, note)
    if name == "beside" and is_last:                    # a link within the link, whose own texts are still escaped
        bare = re.sub("[)>\\]\"'.,;\u2019\u201d\u3000-\u303f\uff00-\uff1f]+\\Z", "", value)
        if bare != value:
            note("trailing", value[len(bare):])
        return name, bare
    if name not in kinds or name in _FREE:
        return name, value
    kind = kinds.view[name] if name in kinds.view else kinds.fields[name]
    now = _Text(_EDGES.sub("", value), note)
    if kind != "word":
        now.replaced(_DASHES, "-", "signs")
        # A table's numbers are judged as they stand, by `Experiment`.
        now.replaced(_WIDE_COMMAS if kind in ("rows", "list") else _WIDE, lambda letter: chr(ord(letter[0]) - 0xfee0), "signs")
        now.replaced(_AROUND, r"\1", "broken")
    now.replaced(_INVISIBLE, "", "broken")
    now.replaced(_BROKEN, "", "broken")
    now.replaced(r"\\(?=[^0-9A-Za-z]|\Z)", "", "signs")
    if not is_last:
        return name, now.text
    if _CUT_OFF.search(now.text) or (kind == "places" and re.search(r"(?:^|;)[^;:]*(?:\[[^\];:]*|\]:?[-+]?)\Z", now.text)):
        return _rescued(name, now.text, kind, note)
    around = text = now.text
    foreign = _FOREIGN.search(text)
    if foreign and foreign.start() > 0:
        text = text[:foreign.start()]
    if kind != "places":
        text = re.sub(r"(?s)\].*\Z", "", text)
    elif text.count("]") > text.count("["):
        text = re.sub(r"\]+[^\]]*\Z", "", text)
    text = re.sub(r"[.,;:!?/_~]+\Z" if kind in _SCALARS else r"[.,;!?/]+\Z", "", text)
    if not text:
        return name, around
    if text != around:
        note("trailing", around[len(text):][:_MOST_SHOWN])
    return name, text


def _rescued(name: str, value: str, kind: str, note: Note) -> tuple[str, str] | None:
    """What is whole of a value that was cut off: the edits before the last; of others nothing."""
    note("cut", name)
    whole = ";".join(value.split(";")[:-1]) if kind == "places" else ""
    return (name, whole) if whole else None


def _packed_pair(name: str, value: str, note: Note) -> tuple[str, str] | None:
    joined = _INVISIBLE.sub("", re.sub(f"[{_BLANK}\\\\]", "", value))
    bare = re.sub(r"(?as)[^\w-]+.*\Z", "", joined)
    # Two hyphens may have become one dash.
    dashed = [_DASHES.sub("-", one) for one in (re.sub("[\u2014\u2015]", "--", joined), joined)]
    ways = [(None, value), ("broken", joined), *(("signs", one) for one in dashed), ("trailing", bare), ("trailing", bare.rstrip("_"))]
    for code, other in ways:
        if unpack(other) is not None:
            if code:
                note(code, joined[len(other):][:_MOST_SHOWN] if code == "trailing" else "")
            return name, other
    if name[1:] in _NEEDED:
        return name, value
    note("cut", name[1:])
    return None


def unescape(text: str) -> str:
    """Percent escapes resolved; where one is broken, the text as it is."""
    if re.search(r"%(?![0-9a-fA-F]{2})", text):
        return text
    from urllib.parse import unquote                    # here: the page leaves it to its JavaScript, and loads less
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
