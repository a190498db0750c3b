"""What words that describe one thing, or a group of things, mean in a house."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tritone.intents.entities import Entity
from tritone.intents.evidence import ACTING, VALUES
from tritone.intents.kinds import ALL, EVERYTHING, NEUTRAL
from tritone.intents.names import Names
from tritone.intents.vocabulary import vocabulary
from tritone.intents.words import Words, singular

__all__ = ["Ambiguous", "Found", "Phrase", "Resolved", "Unknown", "named", "without_verb"]


_LOOSE: Final = vocabulary("put make change move run bring draw set adjust raise lower bump drop")
"""Verbs of commands that people use for many other things."""


@dataclass(frozen=True, slots=True)
class Found:
    """These are meant, each of them."""

    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """One of these is meant, and nothing said tells which."""

    candidates: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """The house has nothing of that description, or nothing was described."""


Resolved = Found | Ambiguous | Unknown


class Phrase:
    """Words that describe one thing, or a group of things.

    Args:
        said: the words, as `Names.read` makes them.
        pool: the things that may be meant.
        names: of the house.
        cues: words that ask for something, and describe nothing.
        strict: with unheard words around a name it is asked whether it is meant.
    """

    def __init__(
        self,
        said: Words,
        pool: Sequence[Entity],
        names: Names,
        cues: frozenset[str],
        *,
        strict: bool,
    ) -> None:
        self._said = said
        self._strict = strict
        self._pool = pool
        self._names = names
        known = {word for entity in pool for word in names.bag(entity, loose=True)}
        told = [
            (word, singular(word))
            for word in without_verb(said)
            if singular(word) in known or word.startswith("@") or names.kind(singular(word))
        ]
        self._told = tuple(one for _, one in told)
        idle = NEUTRAL | cues | VALUES | ACTING | {word for word, _ in told}
        self._odd = tuple(
            word
            for word in said
            if word not in idle and singular(word) not in idle and not word[0].isdigit()
        )

    @property
    def _doubtful(self) -> bool:
        return self._strict and bool(self._odd)

    def meant(self, *, several: bool = False) -> Resolved:
        """The thing or things.

        Args:
            several: a kind in the plural is not needed to mean them all.
        """
        if not self._told:
            everything = EVERYTHING & set(self._said) and not self._odd and self._pool
            return Found(tuple(self._pool)) if everything else Unknown()
        able = self._able(loose=False) or self._able(loose=True)
        whole = named(self._said, able, self._names)
        if whole and self._doubtful and not self._plainly(whole[0]):
            return Ambiguous(tuple(whole))
        if len(whole) == 1 or (whole and ALL & set(self._said)):
            return Found(tuple(whole))
        if whole:
            return Ambiguous(tuple(whole))
        if not able or self._too_little():
            return Unknown()
        if self._doubtful and not (self._by_name() and self._first_of_all(self._told[0])):
            return Ambiguous(tuple(able))
        if len(able) == 1 or ALL & set(self._said) or self._plural() or (several and self._room()):
            return Found(tuple(able))
        # A word of its own name tells a thing from others that only are of its kind.
        most = max(map(self._literal, able))
        best = tuple(entity for entity in able if self._literal(entity) == most)
        return Found(best) if len(best) == 1 else Ambiguous(best)

    def _able(self, *, loose: bool) -> list[Entity]:
        """The things that everything said is true of."""
        told = set(self._told)
        return [entity for entity in self._pool if told <= self._names.bag(entity, loose=loose)]

    def _literal(self, entity: Entity) -> int:
        """How many of the words told are in the thing's own name."""
        return sum(word in self._names.own(entity) for word in self._told)

    def _by_name(self) -> bool:
        """Whether a word was said that is no room and no kind, but of a thing's own name."""
        return any(not word.startswith("@") and not self._names.kind(word) for word in self._told)

    def _too_little(self) -> bool:
        """Whether something unheard of was said and the rest does not tell a thing by itself."""
        kinds = any(self._names.kind(word) for word in self._told)
        return bool(self._odd) and not self._by_name() and not (self._room() and kinds)

    def _plainly(self, entity: Entity) -> bool:
        """Whether a name was said in its order, and is what the sentence is about."""
        return any(
            self._said[at : at + len(form)] == form and self._first_of_all(singular(form[0]))
            for form in self._names.forms(entity)
            for at in range(len(self._said))
        )

    def _first_of_all(self, word: str) -> bool:
        """Whether a command is about a thing, not about its price or a list that it is put on.

        Nothing unheard of is said before it, and afterwards only where the verb has no other use.
        """
        single = [singular(each) for each in self._said]
        before = self._said[: single.index(word)] if word in single else self._said
        return (
            self._said[:1] != ()
            and self._said[0] in ACTING - _LOOSE
            and not any(odd in before for odd in self._odd)
        )

    def _plural(self) -> bool:
        return any(
            singular(word) != word and self._names.kind(singular(word)) for word in self._said
        )

    def _room(self) -> bool:
        return any(word.startswith("@") for word in self._told)


def without_verb(said: Words) -> Words:
    """Words without the verb at the head: "heat the office" is about no heat."""
    return said[1:] if said and said[0] in ACTING else said


def named(said: Words, pool: Sequence[Entity], names: Names) -> list[Entity]:
    """The things whose name is said in full, the longest name there is, in its order if it can be.

    "The light in the kitchen" is the kitchen light; "the lights in the kitchen" are several.
    """
    found: dict[tuple[bool, int], list[Entity]] = {}
    for entity in pool:
        for form in names.forms(entity):
            if not set(form) <= set(said):
                continue
            ordered = any(said[at : at + len(form)] == form for at in range(len(said)))
            alike = found.setdefault((ordered, len(form)), [])
            if entity not in alike:
                alike.append(entity)
    return found[max(found)] if found else []
