"""The one table from Tritone's errors to gRPC: status, text and trailers.

https://grpc.io/docs/guides/status-codes/. The text is ``CODE: message``, as on every wire of ours;
the trailers are `retry-after`, whole seconds, where another try makes sense, and `x-request-id`.
"""

import math
from dataclasses import dataclass
from typing import Final

import grpc

from tritone.errors import Kind, TritoneError
from tritone.telemetry.propagation import current_request_id

__all__ = ["REQUEST_ID", "RETRY_AFTER", "Refusal", "refusal", "status"]

RETRY_AFTER: Final = "retry-after"
REQUEST_ID: Final = "x-request-id"
_AT_LEAST_SECONDS: Final = 1
_MOST_CHARS: Final = 600
"""A text travels as a header; clients take 8 KiB of those, and a character may need 12 bytes."""

_STATUS: Final[dict[Kind, grpc.StatusCode]] = {
    Kind.INVALID_ARGUMENT: grpc.StatusCode.INVALID_ARGUMENT,
    Kind.UNAUTHENTICATED: grpc.StatusCode.UNAUTHENTICATED,
    Kind.PERMISSION_DENIED: grpc.StatusCode.PERMISSION_DENIED,
    Kind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Kind.CANCELLED: grpc.StatusCode.CANCELLED,
    Kind.DEADLINE_EXCEEDED: grpc.StatusCode.DEADLINE_EXCEEDED,
    Kind.RESOURCE_EXHAUSTED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Kind.UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    # What this installation lacks is nothing that a client could mend, or has done.
    Kind.FAILED_PRECONDITION: grpc.StatusCode.UNAVAILABLE,
    Kind.INTERNAL: grpc.StatusCode.INTERNAL,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a client gets in place of an answer."""

    status: grpc.StatusCode
    text: str
    trailers: tuple[tuple[str, str], ...]


def status(error: TritoneError) -> grpc.StatusCode:
    """The status that says it."""
    return _STATUS[error.kind]


def refusal(error: TritoneError) -> Refusal:
    """All that is said of it. What is our own defect is not explained to a client."""
    request_id = current_request_id()
    text = error.to_wire()
    if error.kind is Kind.INTERNAL:
        reason = f"the server failed; its log has the reason under request id {request_id}"
        text = f"{error.code}: {reason}"
    trailers = [(REQUEST_ID, request_id)] if request_id else []
    if error.retry_after is not None:
        seconds = max(_AT_LEAST_SECONDS, math.ceil(error.retry_after))
        trailers.append((RETRY_AFTER, str(seconds)))
    elif error.kind in (Kind.RESOURCE_EXHAUSTED, Kind.UNAVAILABLE):
        trailers.append((RETRY_AFTER, str(_AT_LEAST_SECONDS)))
    text = text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]} …"
    return Refusal(status(error), text, tuple(trailers))
