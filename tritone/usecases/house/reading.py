"""A sentence before it is answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tritone.intents.entities import Entity
from tritone.intents.recognising import Recognised
from tritone.usecases.house.answer import Path

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence that was looked at, and what it needs to be answered.

    Attributes:
        text: what was said, without the blanks around it.
        path: MODEL where the language model has to be asked: the costly way, to be queued for.
        recognised: what the templates found in it; empty where the path is MODEL.
        entities: the things in the house; those last known where it cannot be reached.
        reached: whether the house answered.
    """

    text: str
    path: Path
    recognised: tuple[Recognised, ...] = field(default=(), repr=False)
    entities: Sequence[Entity] = field(default=(), repr=False)
    reached: bool = True
