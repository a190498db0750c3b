"""Sentences with what is right for each, and how far an understanding of them is right.

The format of the files is told in intents/README.md. What is compared are single steps: an intent
for one thing, so that "both lamps" as one wish or as two is the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tritone.errors import ParameterOutOfRange
from tritone.intents.entities import Entity
from tritone.intents.guard import objection
from tritone.intents.orders import order
from tritone.intents.resolving import Found, resolve
from tritone.intents.table import INTENTS
from tritone.intents.understood import wishes
from tritone.messages import Intent

__all__ = [
    "Score",
    "Utterance",
    "by_kind",
    "failed",
    "read_house",
    "read_utterances",
    "score",
    "steps",
]

Step = tuple[str, str, tuple[tuple[str, str], ...]]
"""An intent, an entity's id or nothing, and details in order."""


class _Right(msgspec.Struct, frozen=True):
    intent: str
    entity_id: str | list[str] = ""
    params: dict[str, str] = {}


class Utterance(msgspec.Struct, frozen=True):
    """A sentence, and what is right for it."""

    text: str
    kind: str
    wishes: list[_Right]
    ask: bool = False
    also_right: list[list[_Right]] = []


@dataclass(frozen=True, slots=True)
class Score:
    """How far one sentence was understood.

    Attributes:
        wrong: steps that would have changed the house and were not asked for.
    """

    utterance: Utterance
    intent: bool
    entity: bool
    params: bool
    right: bool
    wrong: tuple[Step, ...] = ()
    got: tuple[Step, ...] = ()
    notes: tuple[str, ...] = field(default=())


def read_house(path: Path) -> list[Entity]:
    """The things of a house."""
    return msgspec.convert(yaml.safe_load(path.read_text()), list[Entity])


def read_utterances(path: Path) -> list[Utterance]:
    """Sentences and what is right for them."""
    return msgspec.convert(yaml.safe_load(path.read_text()), list[Utterance])


def steps(
    intent: Intent, said: str, entities: Sequence[Entity]
) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """What would be done for an answer of the `intent` ensemble, and why the rest would not."""
    done: list[Step] = []
    notes: list[str] = []
    for wish in wishes(intent, said, entities):
        spec = INTENTS[wish.intent]
        if wish.intent == "none":
            continue
        if reason := objection(wish, said, entities):
            notes.append(f"{wish.intent}: {reason}")
            continue
        params = tuple(sorted(wish.params.items()))
        if not spec.things:
            done.append((wish.intent, "", params))
            continue
        found = resolve(wish, said, entities)
        if not isinstance(found, Found):
            notes.append(f"{wish.intent}: asks ({type(found).__name__})")
            continue
        for entity in found.entities:
            try:
                if spec.acts:
                    order(spec, entity, wish, said)
            except ParameterOutOfRange as error:
                notes.append(f"{wish.intent}: asks ({error.message})")
            else:
                done.append((wish.intent, entity.entity_id, params))
    return tuple(dict.fromkeys(done)), tuple(notes)


def score(utterance: Utterance, got: Sequence[Step], notes: Sequence[str]) -> Score:
    """Compares what would be done with what is right; the likest right answer counts."""
    answers = [_steps(right) for right in (utterance.wishes, *utterance.also_right)]
    asked = any("asks" in note for note in notes)
    best = max((_compared(got, right) for right in answers), key=sum)
    allowed = {step for right in answers for step in right}
    return Score(
        utterance=utterance,
        intent=best[0],
        entity=best[1],
        params=best[2],
        right=all(best) and (asked or not utterance.ask),
        wrong=tuple(step for step in got if INTENTS[step[0]].acts and step not in allowed),
        got=tuple(got),
        notes=tuple(notes),
    )


def failed(utterance: Utterance, reason: str) -> Score:
    """The score where no answer came: nothing is right."""
    return Score(utterance, False, False, False, False, notes=(reason,))


def _steps(right: Sequence[_Right]) -> list[Step]:
    found: list[Step] = []
    for wish in right:
        ids = [wish.entity_id] if isinstance(wish.entity_id, str) else wish.entity_id
        found += [(wish.intent, each, tuple(sorted(wish.params.items()))) for each in ids]
    return found


def _compared(got: Sequence[Step], right: Sequence[Step]) -> tuple[bool, bool, bool]:
    """Whether intents, things and details are right; each only as far as the one before."""
    intents = {step[0] for step in got} == {step[0] for step in right}
    things = intents and Counter(map(_thing, got)) == Counter(map(_thing, right))
    return intents, things, things and Counter(got) == Counter(right)


def _thing(step: Step) -> tuple[str, str]:
    return step[:2]


def by_kind(scores: Sequence[Score]) -> Mapping[str, list[Score]]:
    """The scores of each kind of sentence, in the order of the file, and of all."""
    found: dict[str, list[Any]] = {}
    for one in scores:
        found.setdefault(one.utterance.kind, []).append(one)
    return {**found, "all": list(scores)}
