"""Things that were named in an earlier part of a sentence: "the lamp on, and make it red"."""

from collections.abc import Sequence
from typing import Final

from tritone.intents.entities import Entity
from tritone.intents.evidence import ACTING, VALUES
from tritone.intents.kinds import NEUTRAL
from tritone.intents.manners import bare
from tritone.intents.phrase import Ambiguous, Found, Resolved, Unknown
from tritone.intents.words import Words

__all__ = ["it", "used"]

_PRONOUNS: Final = frozenset(("it", "them", "those", "these"))


def used(part: Words) -> bool:
    """Whether the words of a part ask for something to be done to "it" or "them"."""
    plain = bare(part)
    return bool(plain) and plain[0] in ACTING and bool(_PRONOUNS & set(plain))


def it(
    part: Words, before: Sequence[str], pool: Sequence[Entity], cues: frozenset[str]
) -> Resolved:
    """What a pronoun stands for in words that name no thing themselves.

    Args:
        part: the words; with one among them that says anything else, it is asked what is meant.
        before: entity ids of the things named before.
        pool: the things that may be meant.
        cues: words that ask for something, and describe nothing.
    """
    things = tuple(entity for entity in pool if entity.entity_id in before)
    if not things or not used(part):
        return Unknown()
    idle = NEUTRAL | VALUES | ACTING | _PRONOUNS | cues
    told = all(word in idle or word[0].isdigit() for word in bare(part))
    return Found(things) if told else Ambiguous(things)
