"""Every sentence that Tritone says about a house by itself."""

from collections.abc import Sequence
from typing import Final

from tritone.intents.entities import Entity

__all__ = [
    "NOTHING_CHANGED",
    "NOTHING_TO_SAY",
    "NOT_UNDERSTOOD",
    "NO_THINGS",
    "REST_LEFT",
    "UNREACHABLE",
    "gone",
    "joined",
    "names",
    "not_found",
    "not_shown",
    "refused",
    "shown",
    "shows",
    "too_many",
    "unavailable",
    "which_one",
]

UNREACHABLE: Final = "I couldn't reach Home Assistant right now."
NOT_UNDERSTOOD: Final = "I didn't understand that."
NOTHING_CHANGED: Final = "I haven't changed anything: I wasn't sure that you wanted me to."
REST_LEFT: Final = "I left the rest as it is."
NOTHING_TO_SAY: Final = "I have nothing to say to that."
NO_THINGS: Final = "There is nothing like that in this house."

_NAME_CHARS: Final = 60
_MOST_NAMES: Final = 4
_MOST_CHOICES: Final = 5


def shown(name: str) -> str:
    """A name as it is said. Names come from elsewhere: they may be long, or no text at all."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in name).split())
    return plain if len(plain) <= _NAME_CHARS else f"{plain[: _NAME_CHARS - 1].rstrip()}…"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def names(given: Sequence[str], most: int = _MOST_NAMES) -> str:
    """Names in a row; of many, the first and how many more there are."""
    said = [shown(name) for name in given]
    if len(said) > most:
        said = [*said[: most - 1], f"{len(said) - most + 1} more"]
    return joined(said)


def shows(given: Sequence[str], state: str) -> str:
    """What was read of things in one and the same state."""
    return f"{_subject(given)} {state}."


def not_shown(given: Sequence[str], state: str) -> str:
    """They were told something else than what they show."""
    return f"That didn't work: {_subject(given)} {state}."


def unavailable(given: Sequence[str]) -> str:
    """Home Assistant itself cannot reach them."""
    return f"{_subject(given)} unavailable right now."


def gone(given: Sequence[str]) -> str:
    """They were there a moment ago."""
    return f"{_subject(given)} not there any more."


def refused(given: Sequence[str]) -> str:
    """Home Assistant does not take such an order for them."""
    return f"Home Assistant refused that for {names(given)}."


def not_found(words: str) -> str:
    """Nothing in the house is called that."""
    said = shown(words)
    return f"I can't find “{said}” in this house." if said else "I don't know what you mean."


def which_one(candidates: Sequence[Entity]) -> str:
    """Asks which is meant; things of the same name are told apart by their rooms."""
    given = [entity.name for entity in candidates]
    if len(given) == 1:
        return f"Do you mean {shown(given[0])}?"
    said = [_distinct(entity, given) for entity in candidates]
    if len(said) > _MOST_CHOICES:
        said = [*said[: _MOST_CHOICES - 1], f"one of {len(said) - _MOST_CHOICES + 1} more"]
    return f"Which one: {joined(said, 'or')}?"


def too_many(most: int) -> str:
    """More was asked for in one sentence than is done."""
    return f"That was too much at once: I did only the first {most}."


def _distinct(entity: Entity, given: Sequence[str]) -> str:
    alone = given.count(entity.name) == 1
    where = entity.area or entity.entity_id
    return shown(entity.name) if alone else f"{shown(entity.name)} ({shown(where)})"


def _subject(given: Sequence[str]) -> str:
    return f"{names(given)} {'are' if len(given) > 1 or _is_plural(given[0]) else 'is'}"


def _is_plural(name: str) -> bool:
    """``Patio Lights``; by the look of its last word, as nobody tells."""
    last = shown(name).lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "'s"))
