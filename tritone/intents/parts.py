"""Several wishes in one sentence, apart."""

from typing import Final

from tritone.intents.evidence import ACTING, VALUES
from tritone.intents.kinds import ALL
from tritone.intents.manners import bare
from tritone.intents.vocabulary import vocabulary
from tritone.intents.words import ENDS, Words, tokens

__all__ = ["MOST_PARTS", "PARTICLES", "except_for", "parts"]

MOST_PARTS: Final = 6
"""Wishes that one sentence may hold; those after it are left out."""

_JOINTS: Final = frozenset((",", "and", "then", "plus", "but", "while", "also"))
PARTICLES: Final = vocabulary(
    "on off up down open closed shut",
)
_NEEDING: Final = vocabulary(
    "turn switch put flip flick power pull roll bring",
)
"""Verbs that mean nothing without one of those, or without "to"."""
_UNITS: Final = vocabulary("percent degrees to at a the it bright")
_ABOUT: Final = vocabulary("color colour brightness level")
_REFUSING: Final = vocabulary(
    "don't never not leave keep",
)
_EXCEPT: Final = (
    *(("except", "for"), ("except",), ("apart", "from"), ("other", "than"), ("aside", "from")),
    *(("excluding",), ("besides",), ("but", "not"), ("but",), ("not",), ("without",)),
)


def parts(text: str) -> tuple[Words, ...]:
    """The wishes of a text as words, commas among them; empty only for an empty text.

    It is parted at the ends of sentences, and at "and", "then", "but" or a comma where both sides
    are complete: they begin with a verb of command or end like "the lamp off".
    """
    found: list[Words] = []
    for sentence in _sentences(tokens(text)):
        found += _wishes(sentence)
    return tuple(found)


def except_for(said: Words) -> tuple[Words, Words]:
    """What is meant, and what is left out of it: "all lamps | but the one in the hall".

    Something must be asked for first: "you must not" leaves nothing out.
    """
    for at in range(1, len(said)):
        if not (ACTING | ALL) & set(said[:at]):
            continue
        for phrase in _EXCEPT:
            if said[at : at + len(phrase)] == phrase:
                return said[:at], said[at + len(phrase) :]
    return said, ()


def _sentences(given: Words) -> list[Words]:
    found: list[list[str]] = [[]]
    for token in given:
        if token in ENDS:
            found.append([])
        else:
            found[-1].append(token)
    return [stripped for sentence in found if (stripped := _strip(tuple(sentence)))]


def _wishes(sentence: Words) -> list[Words]:
    for at, word in enumerate(sentence):
        if word not in _JOINTS:
            continue
        left, right = _strip(sentence[:at]), _strip(sentence[at + 1 :])
        if not left or not right or (word == "but" and _refuses(right)):
            continue
        if _complete(right) and (_complete(left) or (word == "," and not _dangling(left))):
            return [left, *_wishes(right)]
        if word in ("and", ",") and _valued(left) and _valued(right) and bare(left)[0] in ACTING:
            return [left, *_wishes((bare(left)[0], *right))]
    return [sentence]


def _complete(said: Words) -> bool:
    """Whether words are a command, or its refusal, by themselves; up to the next joint at least."""
    said = bare(said)
    ends = [at for at, word in enumerate(said) if word in _JOINTS]
    first = said[: ends[0]] if ends else said
    return bool(first) and (
        (first[0] in ACTING and not _dangling(said))
        or _refuses(first)
        or (len(first) > 1 and first[-1] in PARTICLES)
    )


def _valued(said: Words) -> bool:
    """Whether words say how a thing is wanted: "the lamp red", but not "at 40 percent"."""
    values = {word for word in said if word in VALUES or word[0].isdigit()}
    return bool(values) and bool(set(said) - values - _UNITS) and not _ABOUT & set(said)


def _dangling(said: Words) -> bool:
    """Whether words are the beginning of a command without its end: "turn the lamp"."""
    said = bare(said)
    return bool(said) and said[0] in _NEEDING and not (PARTICLES | {"to"}) & set(said)


def _refuses(said: Words) -> bool:
    return said[0] in _REFUSING or said[:2] == ("do", "not")


def _strip(said: Words) -> Words:
    while said and said[0] in _JOINTS:
        said = said[1:]
    while said and said[-1] in _JOINTS:
        said = said[:-1]
    return said
