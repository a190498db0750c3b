"""The one table from Tritone's errors to what becomes of a message, and what its sender reads."""

import enum
from typing import Final

import structlog

from tritone.errors import Internal, Kind, TritoneError
from tritone.nats.wire import Failure

__all__ = ["Fate", "fate", "foreign", "told"]

log = structlog.get_logger("bridge")


class Fate(enum.Enum):
    """What becomes of a message whose request failed."""

    REFUSED = enum.auto()
    """It is a dead letter at once: it would fail again."""
    TRIED_AGAIN = enum.auto()
    """It is delivered again, and a dead letter when that does not help."""
    STOPPED = enum.auto()
    """It is done with: nobody wants the answer."""


_FATES: Final[dict[Kind, Fate]] = {
    Kind.INVALID_ARGUMENT: Fate.REFUSED,
    Kind.NOT_FOUND: Fate.REFUSED,
    Kind.PERMISSION_DENIED: Fate.REFUSED,
    Kind.UNAUTHENTICATED: Fate.TRIED_AGAIN,
    Kind.CANCELLED: Fate.STOPPED,
    Kind.DEADLINE_EXCEEDED: Fate.TRIED_AGAIN,
    Kind.RESOURCE_EXHAUSTED: Fate.TRIED_AGAIN,
    Kind.UNAVAILABLE: Fate.TRIED_AGAIN,
    Kind.FAILED_PRECONDITION: Fate.TRIED_AGAIN,
    Kind.INTERNAL: Fate.TRIED_AGAIN,
}


def fate(error: TritoneError) -> Fate:
    """What becomes of the message."""
    return _FATES[error.kind]


def told(error: TritoneError) -> Failure:
    """What its sender reads. What is our own defect is not explained to a client."""
    message = error.message
    if error.kind is Kind.INTERNAL:
        message = "the server failed; its log has the reason under this request id"
    return Failure(code=error.code, message=message)


def foreign(error: Exception) -> TritoneError:
    """Whatever was raised, as an error of the tree; what is none of it is our defect."""
    if isinstance(error, TritoneError):
        return error
    log.error("request failed", exc_info=error)
    return Internal(f"{type(error).__name__}: {error}")
