"""What can be seen at every character of a text, as numbers that a unit's state may follow."""

from __future__ import annotations

import unicodedata
from collections import Counter

import numpy as np

OPENING, CLOSING = "([{（［【《〈「『", ")]}）］】》〉」』"
QUOTES, OPENING_QUOTES, CLOSING_QUOTES = '"', "“«", "”»"
SENTENCE_ENDS = ".!?;。！？；"
VOWELS = "aeiouAEIOU"
OF_WORDS = ("word", "word_end", "capital", "vowel")     # these mean nothing in a script that does not part its words, as Chinese
FEWEST = 5                                              # a trait that is there, or away, at fewer characters says nothing


def traits(text: str) -> dict[str, np.ndarray]:
    """A number for every character (T,) by name of trait; what hardly varies in this text is left out, and so is, in a text that
    is mostly Chinese or Japanese, what is said of words and of their letters.

    line, word, sentence : how many characters have gone by since it began; a word ends at what is no letter and no digit
    brackets : how many are open. quotes : 1 within them
    space, line_end, punctuation, capital, digit, vowel : 1 where the character is one
    word_end : 1 at a word's last letter, which a reader cannot see yet

    Examples
    --------
    >>> found = traits("one (two) six\\n" * 3)
    >>> found["word"][:8].astype(int).tolist(), found["brackets"][:10].astype(int).tolist()
    ([0, 1, 2, 0, 0, 0, 1, 2], [0, 0, 0, 0, 1, 1, 1, 1, 0, 0])
    >>> sorted(found)
    ['brackets', 'line', 'punctuation', 'sentence', 'space', 'vowel', 'word', 'word_end']
    """
    letters = list(text)
    in_word = np.array([letter.isalnum() for letter in letters], bool)
    found = {
        "line": _since([letter == "\n" for letter in letters]),
        "word": np.where(in_word, _since(~in_word), 0.0),
        "sentence": _since([letter in SENTENCE_ENDS for letter in letters]),
        "brackets": _depth(letters),
        "quotes": _quoted(letters),
        "space": [letter.isspace() and letter != "\n" for letter in letters],
        "line_end": [letter == "\n" for letter in letters],
        "punctuation": [unicodedata.category(letter).startswith("P") for letter in letters],
        "capital": [letter.isupper() for letter in letters],
        "digit": [letter.isdigit() for letter in letters],
        "vowel": [letter in VOWELS for letter in letters],
        "word_end": in_word & ~np.append(in_word[1:], True),
    }
    if 2 * sum(map(_parts_no_words, letters)) > sum(in_word):
        found = {name: values for name, values in found.items() if name not in OF_WORDS}
    numbers = {name: np.array(values, np.float64) for name, values in found.items()}
    return {name: values for name, values in numbers.items() if _varies(values)}


def _parts_no_words(letter: str) -> bool:
    """Whether a letter is Chinese or Japanese, which are written without spaces between words."""
    return any(low <= letter <= high for low, high in (("\u3041", "\u30ff"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff")))


def _varies(values: np.ndarray) -> bool:
    """Whether at least so many characters have another value than the commonest one."""
    return len(values) - max(Counter(values.tolist()).values(), default=0) >= FEWEST


def _since(ends) -> np.ndarray:
    """How many characters have gone by since the last one that ended something; the one behind that has 0."""
    ends = np.asarray(ends, bool)
    places = np.arange(len(ends))
    latest = np.maximum.accumulate(np.where(ends, places, -1))
    return (places - 1 - np.append(-1, latest)[:-1]).astype(float)


def _depth(letters: list[str]) -> list[int]:
    depth, found = 0, []
    for letter in letters:
        depth = depth + 1 if letter in OPENING else max(0, depth - 1) if letter in CLOSING else depth
        found.append(depth)
    return found


def _quoted(letters: list[str]) -> list[bool]:
    within, found = False, []
    for letter in letters:
        if letter in QUOTES:
            within = not within
        elif letter in OPENING_QUOTES + CLOSING_QUOTES:
            within = letter in OPENING_QUOTES
        found.append(within)
    return found
