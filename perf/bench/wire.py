"""What the runner and a worker say to each other: JSON, one object a line.

The runner writes ``{"open": OPTIONS}``, then ``{"round": {"load": LOAD, "items": [ITEM, ...]}}`` as
often as it likes, and closes the pipe in the end. A worker answers each line with one:
``{"ready": FACTS}``, ``{"round": ROUND}``, or ``{"error": "one line"}``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from perf.bench.loads import Load
from perf.bench.subjects.base import Answer, Item, Options

__all__ = ["Ask", "Done", "Reply", "Work", "pack", "unpack"]

Message = TypeVar("Message", "Ask", "Reply")


class Work(msgspec.Struct, frozen=True):
    """One round of work."""

    load: Load
    items: Sequence[Item]


class Ask(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line to a worker: one of these."""

    open: Options | None = None
    round: Work | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a round.

    Attributes:
        wall: seconds from the first call to the last answer.
        cpu: CPU seconds that the processes which did the work spent meanwhile; None: not known.
        memory: bytes of memory that these processes hold after it (proportional set size, so that
            shared pages count once); None: not known.
        answers: in the order of the items.
    """

    wall: float
    cpu: float | None = None
    memory: int | None = None
    answers: Sequence[Answer] = ()


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a worker: one of these."""

    ready: Mapping[str, Any] | None = None
    round: Done | None = None
    error: str | None = None


def pack(message: Ask | Reply) -> bytes:
    """The line of a message, with its end."""
    return msgspec.json.encode(message) + b"\n"


def unpack(kind: type[Message], line: bytes) -> Message:
    """The message of a line. Raises msgspec.DecodeError: it is none."""
    return msgspec.json.decode(line, type=kind)
