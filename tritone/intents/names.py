"""What the things of a house are called, ready to be found in a sentence.

Rooms of several words become one word ("living room" is ``@living room``), other names of a room
become its first one, so that "the lounge lamp" and "the lamp in the living room" read alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from tritone.intents.entities import Entity
from tritone.intents.kinds import NEUTRAL, Kinds
from tritone.intents.vocabulary import vocabulary
from tritone.intents.words import Words, singular, words

__all__ = ["Form", "Names"]

Form = tuple[Words, Entity]
"""A name of a thing, as words, and the thing."""

_SURE: Final = 4
"""Letters that a word must have before another may be taken for a misspelling of it."""
_LONG: Final = 8
_REAL: Final = vocabulary(
    "certain clock closet closed clothes blend bland block desert dusk disk dish dark find fine",
    "flood flow food garbage gardener hear heart hill hell hell hold house hover lake lamb land",
    "late life like limp line live love lunge mark master matter minor mood moon more move",
    "night officer other over partly parts plan planet ratio ready reader scent sent shovel",
    "shelf show sofa's stud sturdy table tablet team tower towed want water weather whole",
    "window winter wood work world",
)
"""Common words that are a slip away from words of a house; they are what they are."""


class Names:
    """The names of a house.

    Args:
        entities: all there are.
        kinds: words for kinds of things.
        spared: more words that are no misspellings.
    """

    def __init__(
        self,
        entities: Sequence[Entity],
        kinds: Kinds,
        spared: frozenset[str] = frozenset(),
    ) -> None:
        self._kinds = kinds
        self._forms: dict[str, tuple[Words, ...]] = {}
        self._own: dict[str, frozenset[str]] = {}
        self._spared = spared | NEUTRAL | _REAL
        self._rooms: dict[Words, str] = {}
        for entity in entities:
            for room in (entity.area, *entity.area_aliases):
                if form := words(room):
                    self._rooms.setdefault(form, f"@{entity.area}")
        self._longest_room = max(map(len, self._rooms), default=0)
        self._raw = frozenset(
            word for form in self._rooms for word in form if len(word) >= _SURE
        ) | frozenset(
            word
            for entity in entities
            for name in (entity.name, *entity.aliases)
            for word in words(name)
        )
        self._raw |= kinds.words
        self._raw |= {f"{word}s" for word in self._raw if len(word) >= _SURE}
        self._joined = {
            "".join(form): form
            for form in self._all_forms(entities)
            if len(form) > 1 and sum(map(len, form)) >= 6
        }
        self.entities = tuple(entities)

    def read(self, said: Words) -> Words:
        """Words of a sentence, spelt as the house's names are, rooms as one word."""
        return self._with_rooms(tuple(self._spelt(said)))

    def forms(self, entity: Entity) -> tuple[Words, ...]:
        """A thing's names."""
        found = self._forms.get(entity.entity_id)
        if found is None:
            names = (words(name) for name in (entity.name, *entity.aliases))
            found = tuple(self._with_rooms(form) for form in names if form)
            self._forms[entity.entity_id] = found
        return found

    def own(self, entity: Entity) -> frozenset[str]:
        """The words of a thing's names, in the singular."""
        found = self._own.get(entity.entity_id)
        if found is None:
            own = {singular(word) for form in self.forms(entity) for word in form}
            own |= {word.removesuffix("time") for word in own if len(word) > 6}
            found = self._own[entity.entity_id] = frozenset(own - NEUTRAL)
        return found

    def bag(self, entity: Entity, *, loose: bool = False) -> frozenset[str]:
        """All words that are true of a thing: of its names, its room, its kind.

        Args:
            entity: the thing.
            loose: words for its kind that it is not called by as well.
        """
        own = self.own(entity)
        kinds = self._kinds.of(entity.domain, own)[loose]
        return own | kinds | ({f"@{entity.area}"} if entity.area else set())

    def kind(self, word: str) -> bool:
        """Whether a singular word is one for a kind of things."""
        return word in self._kinds.words

    def _all_forms(self, entities: Iterable[Entity]) -> Iterator[Words]:
        yield from self._rooms
        for entity in entities:
            for name in (entity.name, *entity.aliases):
                yield words(name)

    def _with_rooms(self, said: Words) -> Words:
        found: list[str] = []
        at = 0
        while at < len(said):
            for length in range(self._longest_room, 0, -1):
                room = self._rooms.get(said[at : at + length])
                if room is not None and len(said[at : at + length]) == length:
                    found.append(room)
                    at += length
                    break
            else:
                found.append(said[at])
                at += 1
        return tuple(found)

    def _spelt(self, said: Words) -> Iterator[str]:
        for word in said:
            if word in self._raw or word in self._spared or word[0].isdigit():
                yield word
            elif word in self._joined:
                yield from self._joined[word]
            else:
                yield self._nearest(word)

    def _nearest(self, word: str) -> str:
        """The house's word that one is a misspelling of, where there is just one; else itself."""
        if len(word) < _SURE:
            return word
        slips = 2 if len(word) >= _LONG else 1
        near = [
            (OSA.distance(word, known, score_cutoff=slips), known)
            for known in self._raw
            # Hardly anybody mistakes the first letter; other words often differ there.
            if known[0] == word[0] and len(known) >= _SURE and abs(len(known) - len(word)) <= slips
        ]
        best = sorted(found for found in near if found[0] <= slips)
        equal = {singular(known) for slip, known in best if slip == best[0][0]}
        return best[0][1] if len(equal) == 1 else word
