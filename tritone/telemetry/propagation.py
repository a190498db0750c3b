"""What a call carries so that its trace and its id go on in the server that answers it.

https://www.w3.org/TR/trace-context/: Triton in its OpenTelemetry mode joins a `traceparent`.
"""

import uuid
from typing import Final

import structlog
from opentelemetry import propagate

__all__ = ["accepted_request_id", "current_request_id", "outgoing_headers"]

_ID_CHARS: Final = 128


def outgoing_headers() -> dict[str, str]:
    """The headers of the current span; none where nobody traces."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers


def current_request_id() -> str:
    """The id that a door bound to the request being served, or an empty text."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def accepted_request_id(given: str) -> str:
    """The caller's id if it is one, so that logs can be joined; else a new one."""
    fits = 0 < len(given) <= _ID_CHARS and given.isascii() and given.isprintable()
    return given if fits else uuid.uuid4().hex
