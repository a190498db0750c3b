"""Obvious commands, recognised by templates and the list of things, without a language model.

A sentence counts only where every word of it is accounted for and there is one reading; everything
else is left to the language model. Templates are hassil's, as Home Assistant's own are:
https://github.com/home-assistant/hassil. Names come from outside and are compared as they stand:
brackets and braces in them mean nothing, since `words.normal` leaves only words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hassil.recognize import RecognizeResult, recognize_all

from tritone.intents.entities import Entity
from tritone.intents.kinds import Kinds
from tritone.intents.manners import bare
from tritone.intents.parts import MOST_PARTS, parts
from tritone.intents.spec import IntentSpec
from tritone.intents.table import INTENTS
from tritone.intents.templates import house_templates, rooms_of
from tritone.intents.wish import Wish
from tritone.intents.words import ENDS, Words, tokens, words

__all__ = ["LONGEST", "Recognised", "Recogniser"]

LONGEST: Final = 200
"""Characters beyond which a sentence is no obvious command."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A wish, and the things that it means; none where it is about no thing."""

    wish: Wish
    entities: tuple[Entity, ...]


class Recogniser:
    """Recognises the obvious commands of one house.

    Building one takes a while where there are many things; it is built once for each list of them.

    Args:
        entities: all that the house has.
        table: the intents.
    """

    def __init__(
        self, entities: Sequence[Entity], table: Mapping[str, IntentSpec] = INTENTS
    ) -> None:
        self._table = table
        self._entities = tuple(entities)
        rooms = rooms_of(entities)
        self._names = {
            form
            for entity in entities
            for form in map(words, (entity.name, *entity.aliases))
            if form
        }
        self._longest = max(map(len, self._names), default=0)
        kinds = Kinds(table)
        self._intents = {
            spec.name: house_templates(spec, entities, rooms, kinds)
            for spec in table.values()
            if spec.sentences
        }

    def recognise(self, text: str) -> tuple[Recognised, ...] | None:
        """The wishes of a sentence; None where it is not obvious what is wanted."""
        if len(text) > LONGEST:
            return None
        whole = self._one(bare(tuple(word for word in tokens(text) if word not in ENDS)))
        if whole is not None:
            return whole
        found: list[Recognised] = []
        told = parts(text)
        if len(told) > MOST_PARTS:
            return None
        for part in told:
            one = self._one(bare(part))
            if one is None:
                return None
            found += one
        return tuple(found) or None

    def _one(self, said: Words) -> tuple[Recognised, ...] | None:
        """The wishes of a part, which may name several things."""
        found: list[Recognised] = []
        for sentence in self._single(said):
            one = self._read(" ".join(sentence))
            if one is None:
                return None
            found.append(one)
        return tuple(found) or None

    def _single(self, said: Words) -> Iterator[Words]:
        """A sentence about "the lamp and the fan" as two, one for each."""
        joints = [at for at, word in enumerate(said) if word in ("and", ",")]
        if not joints:
            yield said
            return
        first = joints[0]
        begin = next((at for at in range(first) if self._name(said[at:first])), None)
        if begin is None:
            yield said
            return
        listed, at = [(begin, first)], first
        while at < len(said) and said[at] in ("and", ","):
            start = at + 1 + (said[at : at + 2] == (",", "and"))
            end = next(
                (to for to in range(len(said), start, -1) if self._name(said[start:to])), None
            )
            if end is None:
                yield said
                return
            listed.append((start, end))
            at = end
        for start, end in listed:
            yield said[:begin] + said[start:end] + said[at:]

    def _name(self, said: Words) -> bool:
        """Whether words are a thing's name, with an article or without."""
        if said and said[0] in ("the", "my", "our"):
            said = said[1:]
        return bool(said) and len(said) <= self._longest and said in self._names

    def _read(self, sentence: str) -> Recognised | None:
        """The only reading of a sentence about one thing or group."""
        read: list[tuple[bool, Recognised]] = []
        for name, intents in self._intents.items():
            spec = self._table[name]
            for result in recognize_all(sentence, intents):
                one = self._recognised(spec, result, sentence)
                if one is not None and one not in read:
                    read.append(one)
        # A thing that is called "kitchen lights" comes before the lights of the kitchen.
        named = [one for is_name, one in read if is_name]
        found = named or [one for _, one in read]
        return found[0] if len(found) == 1 else None

    def _recognised(
        self, spec: IntentSpec, result: RecognizeResult, sentence: str
    ) -> tuple[bool, Recognised] | None:
        given = {entity.name: entity for entity in result.entities_list}
        # hassil compares letters: "lamp 1" begins "lamp 17".
        if any(f" {each.text.strip()} " not in f" {sentence} " for each in given.values()):
            return None
        params = {
            slot.name: _text(given[slot.name].value) for slot in spec.slots if slot.name in given
        }
        if "name" in given:
            entities: tuple[Entity, ...] = (self._entities[given["name"].value],)
            about = given["name"].text
        else:
            about = " ".join(given[key].text for key in ("area", "kinds", "kind") if key in given)
            pool = [entity for entity in self._entities if entity.domain in spec.domains]
            if "area" in given:
                pool = [entity for entity in pool if entity.area == given["area"].value]
            if spec.things and not pool:
                return None
            if "kind" in given and len(pool) != 1:
                return None  # one is meant, and nobody knows which
            entities = tuple(pool)
        wish = Wish(intent=spec.name, entity=about.strip(), params=params, said=sentence)
        return "name" in given, Recognised(wish, entities)


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)
