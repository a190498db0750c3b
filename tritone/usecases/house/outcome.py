"""What became of one thing that was to be done to one entity, and how that is said."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tritone.usecases.house import replies
from tritone.usecases.house.answer import Done

__all__ = ["Fate", "Outcome", "told"]


class Fate(enum.Enum):
    """How it ended."""

    SHOWN = enum.auto()
    """Its state is what was asked for; of a question: it was read."""
    NOT_SHOWN = enum.auto()
    """It was told to, and shows something else."""
    UNAVAILABLE = enum.auto()
    """Home Assistant itself cannot reach it: nothing was ordered."""
    GONE = enum.auto()
    """There is no such entity any more."""
    REFUSED = enum.auto()
    """Home Assistant does not take such an order."""
    OUT_OF_RANGE = enum.auto()
    """It cannot be done to this entity; `Outcome.words` is the sentence that says why."""
    UNREACHABLE = enum.auto()
    """Home Assistant did not answer: whether it happened is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of it.

    Attributes:
        fate: how it ended.
        name: the entity's friendly name.
        done: as it is answered.
        words: the state that was read, as it is said: ``on at 50 percent``; of some fates another
            text, or none.
    """

    fate: Fate
    name: str
    done: Done
    words: str = ""


def told(outcomes: Sequence[Outcome]) -> list[str]:
    """Sentences for what became of all: one for those that ended alike."""
    alike: dict[tuple[Fate, str], list[str]] = {}
    for outcome in outcomes:
        alike.setdefault((outcome.fate, outcome.words), []).append(outcome.name)
    return [_SENTENCES[fate](given, words) for (fate, words), given in alike.items()]


_SENTENCES: Final[Mapping[Fate, Callable[[Sequence[str], str], str]]] = {
    Fate.SHOWN: replies.shows,
    Fate.NOT_SHOWN: replies.not_shown,
    Fate.UNAVAILABLE: lambda given, _: replies.unavailable(given),
    Fate.GONE: lambda given, _: replies.gone(given),
    Fate.REFUSED: lambda given, _: replies.refused(given),
    Fate.OUT_OF_RANGE: lambda _, words: words,
    Fate.UNREACHABLE: lambda *_: replies.UNREACHABLE,
}
