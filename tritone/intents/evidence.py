"""What in a sentence speaks for an intent: its cues and the values of its slots."""

import functools
import re
from collections.abc import Mapping
from typing import Final

from tritone.intents.manners import bare
from tritone.intents.spec import IntentSpec
from tritone.intents.table import INTENTS
from tritone.intents.values import COLOURS, LEVELS, TONES, read
from tritone.intents.vocabulary import vocabulary
from tritone.intents.words import Words

__all__ = ["ACTING", "VALUES", "cued", "cues_in", "details", "surely"]

VALUES: Final = frozenset(
    word for phrase in (*LEVELS, *COLOURS, *TONES) for word in phrase.split() if len(word) > 2
) - {"the", "way"}
"""Words that are values of slots, or parts of such."""
_TRAILING: Final = VALUES | vocabulary(
    "to at in the a and percent degrees brightness about all way"
)
"""Words that may follow the end of a wish: "on at 50 percent"."""

_HEAD: Final = re.compile(r"^\(?([a-z|]+)\)? ")


def _verbs(table: Mapping[str, IntentSpec]) -> frozenset[str]:
    """The verbs that the templates of acting intents begin with."""
    heads = (
        _HEAD.match(sentence) for spec in table.values() if spec.acts for sentence in spec.sentences
    )
    return frozenset(verb for head in heads if head for verb in head[1].split("|"))


ACTING: Final = _verbs(INTENTS) | vocabulary(
    "turn switch put set dim brighten change adjust make raise lower open close shut lift pull",
    "roll start stop activate deactivate enable disable run kill increase decrease reduce bring",
    "power light illuminate flip flick move draw heat warm cool trigger launch crank bump drop",
    "douse",
)
"""Verbs that a command begins with."""


_WISHING: Final = vocabulary("want wants like need should prefer have")


def cued(spec: IntentSpec, said: Words) -> bool:
    """Whether anything that was said speaks for an intent: a cue, or a hint."""
    return surely(spec, said) or bool(cues_in(spec.hints, said))


def surely(spec: IntentSpec, said: Words) -> bool:
    """Whether one of an intent's cues was said; a wish with a value of it will do as well."""
    if cues_in(spec.cues, said):
        return True
    plain = bare(said)
    wished = bool(plain) and (plain[0] in ACTING or bool(_WISHING & set(said)) or _ends(plain))
    return wished and bool(details(spec, plain))


def _ends(plain: Words) -> bool:
    """Whether words end in how something is to be: "the lamp to 40 percent"."""
    last = max((at for at, word in enumerate(plain) if word in ("to", "at", "in")), default=0)
    after = plain[last + 1 :]
    return last > 0 and after != () and all(w in _TRAILING or w[0].isdigit() for w in after)


def cues_in(cues: tuple[str, ...], said: Words) -> tuple[str, ...]:
    """Those cues that were said, with polite words around them or without."""
    plain = bare(said)
    return tuple(cue for cue in cues if _said(_split(cue), said) or _said(_split(cue), plain))


def details(spec: IntentSpec, said: Words) -> Mapping[str, str]:
    """The values that were said for an intent's slots, names of things taken out."""
    heard = " ".join(said)
    found = ((slot.name, read(slot.kind, heard)) for slot in spec.slots)
    return {name: value for name, value in found if value is not None}


@functools.cache
def _split(cue: str) -> Words:
    return tuple(cue.split())


def _said(cue: Words, said: Words) -> bool:
    if len(cue) == 1 and cue[0].endswith("."):
        word = cue[0][:-1]
        return any(
            heard == word
            and all(later in _TRAILING or later[0].isdigit() for later in said[at + 1 :])
            for at, heard in enumerate(said)
        )
    if cue[0].startswith("^"):
        if said[:1] != (cue[0][1:],):
            return False
        cue, said = cue[1:], said[1:]
    at = 0
    for phrase in cue:
        together = tuple(phrase.split("_"))
        ends = (to for to in range(at + len(together), len(said) + 1))
        at = next((to for to in ends if said[to - len(together) : to] == together), 0)
        if not at:
            return False
    return True
