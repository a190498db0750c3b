"""The templates of an intent with the names of one house put in.

Templates are hassil's: https://github.com/home-assistant/hassil. Names are lists of plain texts,
which are never read as templates.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from hassil.expression import TextChunk
from hassil.intents import Intents, SlotList, TextSlotList, TextSlotValue

from tritone.intents.entities import Entity
from tritone.intents.kinds import Kinds
from tritone.intents.spec import IntentSpec
from tritone.intents.values import COLOURS, LEVELS, TONES, Kind
from tritone.intents.words import normal, singular

__all__ = ["house_templates", "rooms_of"]

_THING: Final = (
    "([<the>] {name}|[<the>] {area} {kind}|[<the>] {kind} in [<the>] {area}"
    "|<all> [<the>] {kinds}|<all> [<the>] {area} {kinds}|<all> [<the>] {kinds} in [<the>] {area}"
    "|[<the>] {area} {kinds}|[<the>] {kinds} in [<the>] {area})"
)
_RULES: Final = {
    "the": "(the|my|our|a|that|this)",
    "all": "(all|every|all of)",
    "at": "(to|at|on)",
    "thing": _THING,
}
_VALUES: Final[Mapping[Kind, str]] = {
    "percent": "({{percent:{0}}} [percent]|{{level:{0}}})",
    "colour": "{{colour:{0}}}",
    "temperature": "{{degrees:{0}}} [degrees] [celsius]",
}
_LISTS: Final[Mapping[str, Any]] = {
    "percent": {"range": {"from": 0, "to": 100, "words": False}},
    "degrees": {"range": {"from": 0, "to": 110, "fractions": "tenths", "words": False}},
    "level": {"values": [{"in": phrase, "out": value} for phrase, value in LEVELS.items()]},
    "colour": {"values": [*TONES, *COLOURS]},
}


def rooms_of(entities: Iterable[Entity]) -> Mapping[str, str]:
    """The names of rooms as said, with the name that things have them by."""
    return {
        said: entity.area
        for entity in entities
        for room in (entity.area, *entity.area_aliases)
        if (said := normal(room))
    }


def _values(pairs: Iterable[tuple[str, Any]], name: str) -> SlotList:
    """A list of texts that are compared as they stand, never read as templates."""
    return TextSlotList(
        name=name,
        values=[TextSlotValue(text_in=TextChunk(said), value_out=value) for said, value in pairs],
    )


def house_templates(
    spec: IntentSpec, entities: Sequence[Entity], rooms: Mapping[str, str], kinds: Kinds
) -> Intents:
    """An intent's templates, with this house's names."""
    rules = {slot.name: _VALUES[slot.kind].format(slot.name) for slot in spec.slots}
    made = Intents.from_dict(
        {
            "language": "en",
            "intents": {spec.name: {"data": [{"sentences": list(spec.sentences)}]}},
            "lists": dict(_LISTS),
            "expansion_rules": {**_RULES, **rules},
        }
    )
    # Only words for all things of a domain make a group: "the kitchen lights".
    general = sorted(kinds.general(spec.domains))
    made.slot_lists |= {
        "name": _values(
            (
                (said, at)
                for at, entity in enumerate(entities)
                if entity.domain in spec.domains
                for said in map(normal, (entity.name, *entity.aliases))
                if said
            ),
            "name",
        ),
        "area": _values(rooms.items(), "area"),
        "kind": _values(((word, word) for word in general), "kind"),
        "kinds": _values(((many, word) for word in general for many in _plurals(word)), "kinds"),
    }
    return made


def _plurals(word: str) -> Iterable[str]:
    return () if singular(f"{word}s") != word else (f"{word}s",)
