"""What is told of AIService's calls. Texts and replies are never logged here."""

from collections.abc import Mapping
from typing import Any

import structlog
from opentelemetry import trace

from bridge.calls.around import Context
from bridge.calls.peers import shown
from bridge.calls.watching import Ended, Watching
from bridge.rpc.metrics import Metrics

__all__ = ["Observing"]


tracer = trace.get_tracer("tritone.rpc")


class Observing(Watching):
    """Counts and times calls besides.

    Args:
        metrics: where.
    """

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(tracer, structlog.get_logger("rpc"), ("/grpc.",))
        self._metrics = metrics

    def begun(self, request: Any, context: Context) -> Mapping[str, str]:
        """Counts it; what its client calls itself."""
        self._metrics.running.inc()
        return {"source": shown(getattr(request, "source", ""))}

    def ended(self, call: Ended) -> None:
        """Times it, by how its sentence was understood."""
        path = str(call.known.get("path", "none"))
        call.span.set_attribute("tritone.path", path)
        self._metrics.running.dec()
        self._metrics.requests.labels(call.method, call.code.name).inc()
        self._metrics.seconds.labels(call.method, path).observe(call.seconds)
