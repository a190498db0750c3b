"""The outermost layer: request ids, one log line a request, metrics, and a span that Triton joins.

What only a handler knows (seconds of audio, say) it leaves in ``scope["state"]``; what it streams
is timed here, so that handlers hold no clocks.
"""

import time
from dataclasses import dataclass
from typing import Any, Final

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from opentelemetry import propagate, trace
from prometheus_client import Histogram

from edge.metrics import Metrics
from edge.sse import MEDIA_TYPE
from tritone.telemetry.propagation import accepted_request_id

__all__ = ["Observed"]

_NAME_CHARS: Final = 128
_PROBES: Final = frozenset({"/health/live", "/health/ready", "/metrics"})
log = structlog.get_logger("edge")
tracer = trace.get_tracer("tritone.edge")


@dataclass(slots=True)
class _Seen:
    """What is known of a request's answer."""

    began: float
    status: int = 0
    media_type: str = ""
    first_at: float = 0.0
    last_at: float = 0.0
    gaps: Histogram | None = None

    def chunk(self) -> None:
        """A piece of the body goes out."""
        now = time.perf_counter()
        if not self.first_at:
            self.first_at = now
        elif self.gaps is not None:
            self.gaps.observe(now - self.last_at)
        self.last_at = now


class Observed:
    """An ASGI app whose requests are seen.

    Args:
        app: the door.
        metrics: where they are counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
        else:
            await self._observe(scope, receive, send)

    async def _observe(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        request_id = accepted_request_id(headers.get("x-request-id", ""))
        seen = _Seen(time.perf_counter())

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._start(seen, scope, message, request_id)
            elif message["type"] == "http.response.body" and message.get("body"):
                seen.chunk()
            await send(message)

        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            tracer.start_as_current_span(
                f"{scope['method']} {scope['path']}"[:_NAME_CHARS],
                context=propagate.extract(headers),
                kind=trace.SpanKind.SERVER,
                attributes={"http.request.method": scope["method"], "request.id": request_id},
            ) as span,
        ):
            self._metrics.running.inc()
            try:
                await self._app(scope, receive, sending)
            finally:
                self._metrics.running.dec()
                self._end(seen, scope, span)

    def _start(self, seen: _Seen, scope: HTTPScope, message: Any, request_id: str) -> None:
        seen.status = message["status"]
        for name, value in message["headers"]:
            if name.lower() == b"content-type":
                seen.media_type = value.decode("latin-1").split(";")[0]
        if seen.media_type == MEDIA_TYPE:
            seen.gaps = self._metrics.inter_token.labels(_route(scope))
        message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]

    def _end(self, seen: _Seen, scope: HTTPScope, span: trace.Span) -> None:
        seconds = time.perf_counter() - seen.began
        route = _route(scope)
        state: dict[str, Any] = scope.get("state") or {}
        code = state.get("error_code")
        # No answer at all: the client was gone before there was one.
        status = seen.status or 499
        span.update_name(f"{scope['method']} {route}")
        span.set_attribute("http.response.status_code", status)
        span.set_attribute("http.route", route)
        if code:
            span.set_attribute("error.type", code)
        metrics = self._metrics
        metrics.requests.labels(route, str(status)).inc()
        metrics.duration.labels(route).observe(seconds)
        if code:
            metrics.errors.labels(route, code).inc()
        if seen.media_type == MEDIA_TYPE and seen.first_at:
            metrics.first_token.labels(route).observe(seen.first_at - seen.began)
        elif seen.media_type.startswith("audio/") and seen.first_at:
            metrics.first_audio.labels(route).observe(seen.first_at - seen.began)
        if state.get("audio_seconds"):
            metrics.real_time_factor.labels(route).observe(seconds / state["audio_seconds"])
        # Probes come every few seconds, and say nothing as long as all is well.
        tell = log.debug if route in _PROBES and status == 200 else log.info
        tell(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            seconds=round(seconds, 4),
            **({"code": code} if code else {}),
            **({"key": state["key_id"]} if state.get("key_id") else {}),
        )


def _route(scope: HTTPScope) -> str:
    """The path's template: a path itself would let callers make up labels."""
    return str(scope.get("path_template") or "unknown")
