"""What is known of a sentence before and after it was answered."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Answer", "Asker", "Done", "Path"]


class Path(enum.StrEnum):
    """How a sentence was understood."""

    TEMPLATE = "template"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as the audit record and the logs name them.

    Attributes:
        source: what the client calls itself: ``discord``.
        peer: the name in its certificate, or its address; empty where neither is known.
    """

    source: str
    peer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing that was to be done.

    Attributes:
        intent: ``turn_on_light``.
        entity_id: ``light.kitchen``; empty where it is not known which is meant.
        params: details as they were understood: ``{"brightness": "50"}``.
        verified: whether the state was read back and shows what was asked for.
        state: the state that was read back: ``on``; empty where none was read.
    """

    intent: str
    entity_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    verified: bool = False
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said back, and what came of it.

    Attributes:
        reply: to be said.
        intent: what was understood, each once, joined by ","; ``none`` where nothing is to be done.
        action_taken: whether something was done in the house and was seen to be so.
        actions: each thing that was to be done, in order.
        path: how the sentence was understood.
        request_id: of this query.
    """

    reply: str
    intent: str
    action_taken: bool
    actions: tuple[Done, ...]
    path: Path
    request_id: str
