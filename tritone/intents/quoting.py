"""Commands that are told of, not given: between quotation marks, or announced by a colon."""

import re
from collections.abc import Iterator
from typing import Final

from tritone.intents.evidence import ACTING
from tritone.intents.manners import bare
from tritone.intents.parts import PARTICLES
from tritone.intents.vocabulary import phrases
from tritone.intents.words import ENDS, Words, tokens, words

__all__ = ["quoted"]

_DOUBLE: Final = r"\"\u201c\u201d\u201e\u00ab\u00bb"
_OPENING, _CLOSING = r"'\u2018\u201a", r"'\u2019"
_MARKED: Final = re.compile(
    rf"[{_DOUBLE}]([^{_DOUBLE}]*)[{_DOUBLE}]"
    rf"|(?<!\w)[{_OPENING}]((?:[^{_CLOSING}]|[{_CLOSING}](?=\w))*)[{_CLOSING}](?!\w)"
)
"""Text between quotation marks; an apostrophe inside a word is none."""
_ANNOUNCING: Final = phrases(
    "do this, do the following, do these, do 2 things, do 3 things, 2 things",
    "3 things, one thing, one more thing, a few things, some things, next, first, second",
    "request, my request, command, task, tasks, to do, listen, look, dear house, alexa",
)
"""Before a colon: whoever says so gives the orders that follow."""


def quoted(part: Words, said: str) -> bool:
    """Whether the words of a wish are somebody's words that a sentence speaks about.

    A thing's name may stand between quotation marks; so may the whole sentence.

    Args:
        part: the words of the wish, commas among them.
        said: the whole sentence.
    """
    return _announced(part, tokens(said)) or any(
        _orders(inner) and (_within(inner, part) or _within(part, inner)) for inner in _marked(said)
    )


def _marked(said: str) -> Iterator[Words]:
    for match in _MARKED.finditer(said):
        around = words(f"{said[: match.start()]} {said[match.end() :]}")
        inner = words(match[1] or match[2] or "")
        if inner and bare(around):
            yield inner


def _orders(said: Words) -> bool:
    """Whether words are a command, not a name."""
    plain = bare(said)
    return len(plain) > 1 and (plain[0] in ACTING or plain[-1] in PARTICLES)


def _within(inner: Words, outer: Words) -> bool:
    inner, outer = (tuple(word for word in each if word != ",") for each in (inner, outer))
    return any(outer[at : at + len(inner)] == inner for at in range(len(outer)))


def _announced(part: Words, said: Words) -> bool:
    """Whether a colon stands before the sentence that a part is of, and tells whose it is."""
    for at in range(len(said)):
        if said[at : at + len(part)] != part:
            continue
        colon = next((to for to in range(at - 1, -1, -1) if said[to] in ENDS), -1)
        if colon < 0 or said[colon] != ":":
            return False
        start = next((to for to in range(colon - 1, -1, -1) if said[to] in ENDS), -1)
        before = bare(tuple(word for word in said[start + 1 : colon] if word != ","))
        return bool(before) and before not in _ANNOUNCING
    return False
