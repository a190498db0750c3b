"""Sentences as words that can be compared: lower case, plain signs, numbers as digits."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["ENDS", "Words", "normal", "singular", "tokens", "words"]

Words = tuple[str, ...]

ENDS: Final = frozenset(".;:!?\n")
"""Signs that end a sentence; a comma may or may not part two wishes."""

_SIGNS_BETWEEN: Final = ENDS | {","}
_TOKEN: Final = re.compile(r"\d+[.,:]\d+|[^\W_]+(?:'[^\W_]+)*|[,.;:!?\n]")
_SIGNS: Final = (
    ("\u2019", "'"),
    ("`", "'"),
    ("%", " percent "),
    ("°", " degrees "),
    ("&", " and "),
)
_TURNING: Final = frozenset(("turn", "switch", "shut"))
"""Verbs after which "of" is a misspelling."""
_MISTYPED: Final = {
    verb[:at] + verb[at + 1] + verb[at] + verb[at + 2 :]: verb
    for verb in ("turn", "switch", "open", "close", "shut", "start", "stop", "raise", "lower")
    for at in range(1, len(verb) - 1)
}
"""Verbs with two letters exchanged after the first: "trun"; none of these is a word itself."""
_KEPT: Final = frozenset(
    ("let's", "it's", "what's", "that's", "there's", "here's", "how's", "where's", "who's", "he's")
)
"""Short forms of "is" and "us", where an apostrophe marks no owner."""

_SMALL: Final = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
_TENS: Final = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}


def tokens(text: str) -> Words:
    """The words of a text and the signs between its sentences, in order."""
    text = unicodedata.normalize("NFKC", text).casefold()
    for sign, plain in _SIGNS:
        text = text.replace(sign, plain)
    found = tuple(_numbers([_plain(token) for token in _TOKEN.findall(text)]))
    return tuple(
        "off" if word == "of" and found[max(0, at - 1)] in _TURNING else word
        for at, word in enumerate(found)
    )


def words(text: str) -> Words:
    """The words of a text."""
    return tuple(word for word in tokens(text) if word not in _SIGNS_BETWEEN)


def normal(text: str) -> str:
    """The words of a text with single spaces between them."""
    return " ".join(words(text))


def singular(word: str) -> str:
    """A word without the s of its plural; the same for both forms is all that matters."""
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _plain(token: str) -> str:
    if token[0].isdigit():
        return token.replace(",", ".")  # "7:30" stays a time of day
    if token.endswith("'s") and token not in _KEPT:
        return token[:-2]
    return _MISTYPED.get(token, token)


def _numbers(given: Sequence[str]) -> Iterable[str]:
    """Numbers in words become digits; a lone "one" stays, it seldom counts anything."""
    at = 0
    while at < len(given):
        value, after = _number(given, at)
        if after == at:
            yield given[at]
            at += 1
            continue
        if tuple(given[after : after + 3]) == ("and", "a", "half"):
            value, after = f"{value}.5", after + 3
        elif after + 1 < len(given) and given[after] == "point" and given[after + 1] in _SMALL:
            value, after = f"{value}.{_SMALL[given[after + 1]]}", after + 2
        yield value
        at = after


def _number(given: Sequence[str], at: int) -> tuple[str, int]:
    """The number that begins at a word, and where it ends; it ends there if there is none."""
    word = given[at]
    following = given[at + 1] if at + 1 < len(given) else ""
    if word.isdecimal():
        return word, at + 1
    if word == "hundred":
        return "100", at + 1
    if word in ("a", "one") and following == "hundred":
        return "100", at + 2
    if word in _TENS:
        ones = _SMALL.get(following, 0)
        if 0 < ones < 10:
            return str(_TENS[word] + ones), at + 2
        return str(_TENS[word]), at + 1
    if word in _SMALL and word != "one":
        return str(_SMALL[word]), at + 1
    return "", at
