"""Word errors: what was heard against what was said.

WER is the least number of words to change, add or leave out, over the number of words that were
said. Case and punctuation do not count, and small numbers count as words or as digits alike.
"""

import re
from typing import Final

from rapidfuzz.distance import Levenshtein

__all__ = ["errors", "plain"]

_KEPT: Final = re.compile(r"[a-z0-9']+")
_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def errors(said: str, heard: str) -> tuple[int, int]:
    """How many words were heard wrongly, and how many were said."""
    wanted = plain(said)
    return Levenshtein.distance(wanted, plain(heard)), len(wanted)


def plain(text: str) -> list[str]:
    """Words in lower case without punctuation; numbers below a hundred in words."""
    found: list[str] = []
    for word in _KEPT.findall(text.lower().replace("\u2019", "'")):
        found += _spelled(word) if word.isdecimal() else [word.strip("'")]
    return [word for word in found if word]


def _spelled(digits: str) -> list[str]:
    number = int(digits)
    if number < len(_ONES):
        return [_ONES[number]]
    if number < 100:
        tens, ones = divmod(number, 10)
        return [_TENS[tens - 2], *([_ONES[ones]] if ones else [])]
    return [digits]
