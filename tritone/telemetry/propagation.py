"""What a call carries so that its trace goes on in the server that answers it.

https://www.w3.org/TR/trace-context/: Triton in its OpenTelemetry mode joins a `traceparent`.
"""

import structlog
from opentelemetry import propagate

__all__ = ["current_request_id", "outgoing_headers"]


def outgoing_headers() -> dict[str, str]:
    """The headers of the current span; none where nobody traces."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers


def current_request_id() -> str:
    """The id that a door bound to the request being served, or an empty text."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
