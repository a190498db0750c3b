"""The part of a sentence that a wish comes from."""

from collections.abc import Mapping

from tritone.intents.evidence import cues_in, details
from tritone.intents.parts import parts
from tritone.intents.spec import IntentSpec
from tritone.intents.wish import Wish
from tritone.intents.words import ENDS, Words, tokens, words

__all__ = ["heard"]


def heard(wish: Wish, said: str, table: Mapping[str, IntentSpec]) -> Words:
    """Its words, commas among them.

    A wish that does not tell its part has the one which shares most with it: cues of its intent,
    words of its thing, values of its slots.
    """
    if wish.said:
        return tuple(word for word in tokens(wish.said) if word not in ENDS)
    found = parts(said)
    if len(found) <= 1:
        return found[0] if found else ()
    spec, things = table[wish.intent], set(words(wish.entity))
    return max(
        found,
        key=lambda part: (
            bool(cues_in(spec.cues, part)),
            len(things & set(part)),
            len(set(details(spec, part).items()) & set(wish.params.items())),
        ),
    )
