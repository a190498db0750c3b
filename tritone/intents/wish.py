"""What a sentence asks for, before it is known which things are meant."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Wish"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One thing to be done.

    Attributes:
        intent: a name of the table's.
        entity: what it is to be done to, in the speaker's or the model's words.
        params: details, as text: ``{"brightness": "50"}``.
        said: the part of the sentence that it was read from; empty means all of it.
        it: entity ids of the things that "it" or "them" in this part may stand for.
    """

    intent: str
    entity: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    it: tuple[str, ...] = ()
