"""What is told of the gateway's calls: who, what, to which entity, how it ended."""

from collections.abc import Mapping
from typing import Any, Final

import structlog
from opentelemetry import trace

from bridge.calls.around import Context
from bridge.calls.peers import peer
from bridge.calls.watching import Watching

__all__ = ["Observing"]

_NAME_CHARS: Final = 128
_READS: Final = ("/ha.v1.EntityService/", "/grpc.")
"""They come all the time, and change nothing."""


class Observing(Watching):
    """The outermost interceptor."""

    def __init__(self) -> None:
        tracer = trace.get_tracer("tritone.gateway")
        super().__init__(tracer, structlog.get_logger("gateway"), _READS)

    def begun(self, request: Any, context: Context) -> Mapping[str, str]:
        """The name in the client's certificate, and what it asks for."""
        asked = {
            name: str(getattr(request, name))[:_NAME_CHARS]
            for name in ("action", "entity_id")
            if hasattr(request, name)
        }
        return {"client": peer(context) or "unknown", **asked}
