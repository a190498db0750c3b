"""What there is in a house, from the list itself: in short, or of one kind or room."""

from collections.abc import Iterable, Sequence
from typing import Final

from tritone.intents.entities import Entity
from tritone.intents.kinds import Kinds
from tritone.intents.table import INTENTS
from tritone.intents.words import Words, singular, words
from tritone.usecases.house import replies

__all__ = ["listing"]

_NOUNS: Final = {
    "light": ("light", "lights"),
    "switch": ("switch", "switches"),
    "fan": ("fan", "fans"),
    "cover": ("blind or door", "blinds and doors"),
    "climate": ("thermostat", "thermostats"),
    "scene": ("scene", "scenes"),
    "sensor": ("sensor", "sensors"),
    "binary_sensor": ("detector", "detectors"),
}
_DOMAINS: Final = tuple(dict.fromkeys(each for spec in INTENTS.values() for each in spec.things))
"""Those that something can be done to or asked of, in the order of the table."""
_CALLED: Final = {domain: Kinds(INTENTS).of(domain, frozenset())[1] for domain in _DOMAINS}
_STATES: Final = frozenset(("on", "off", "open", "closed"))
_MOST_NAMES: Final = 12


def listing(said: str, entities: Sequence[Entity]) -> str:
    """A sentence for each kind of things.

    Args:
        said: what was asked. Where it names kinds of things or rooms, only those are listed; where
            it ends like "which lights are on", only those in that state.
        entities: all there are, with their states as last known.
    """
    heard = words(said)
    known = [entity for entity in entities if entity.domain in _DOMAINS]
    kinds = _kinds(heard)
    rooms = _rooms(heard, known)
    asked = heard[-1] if kinds and heard[-1] in _STATES else ""
    chosen = [
        entity
        for entity in known
        if (not kinds or entity.domain in kinds)
        and (not rooms or entity.area in rooms)
        and (not asked or entity.state == asked)
    ]
    if not chosen:
        return replies.NO_THINGS
    most = _MOST_NAMES if kinds or rooms else 4
    return " ".join(_of_kind(domain, chosen, asked, most) for domain in _domains(chosen))


def _of_kind(domain: str, chosen: Sequence[Entity], asked: str, most: int) -> str:
    given = [entity.name for entity in chosen if entity.domain == domain]
    one, many = _NOUNS.get(domain, (domain.replace("_", " "), f"{domain.replace('_', ' ')}s"))
    counted = f"{len(given)} {one if len(given) == 1 else many}"
    if asked:
        counted += f" {'is' if len(given) == 1 else 'are'} {asked}"
    return f"{counted}: {replies.names(given, most)}."


def _domains(entities: Iterable[Entity]) -> list[str]:
    found = {entity.domain for entity in entities}
    return [domain for domain in _DOMAINS if domain in found]


def _kinds(heard: Words) -> set[str]:
    single = {singular(word) for word in heard}
    return {
        domain
        for domain, called in _CALLED.items()
        if single & called or single & {domain, _NOUNS.get(domain, (domain,))[0]}
    }


def _rooms(heard: Words, entities: Iterable[Entity]) -> set[str]:
    text = f" {' '.join(heard)} "
    return {
        entity.area
        for entity in entities
        for called in (entity.area, *entity.area_aliases)
        if entity.area and words(called) and f" {' '.join(words(called))} " in text
    }
