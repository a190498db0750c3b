"""What is told of each call of a gRPC server: one log line, and a span that others join.

What only the service knows it binds to the log's context, from where it comes into the line.
"""

import abc
import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import grpc
import structlog
from opentelemetry import propagate, trace

from bridge.calls.around import Around, Context
from bridge.calls.errors import REQUEST_ID
from tritone.telemetry.propagation import accepted_request_id

__all__ = ["Ended", "Watching"]

_SERVERS_FAULTS: Final = frozenset(
    {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.UNAVAILABLE}
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that is over.

    Attributes:
        method: ``/ai.v1.AIService/Query``.
        code: its status.
        seconds: from its arrival.
        known: what is bound to the log's context.
        span: of the call.
    """

    method: str
    code: grpc.StatusCode
    seconds: float
    known: Mapping[str, Any]
    span: trace.Span


class Watching(Around):
    """The outermost interceptor of a server.

    Args:
        tracer: of its spans.
        log: of its lines.
        quiet: beginnings of methods that are called every few seconds, and told of at `debug` as
            long as all is well.
    """

    def __init__(self, tracer: trace.Tracer, log: Any, quiet: tuple[str, ...]) -> None:
        self._tracer = tracer
        self._log = log
        self._quiet = quiet

    @abc.abstractmethod
    def begun(self, request: Any, context: Context) -> Mapping[str, str]:
        """Takes a call that begins; what of it is bound to the log's context."""

    def ended(self, call: Ended) -> None:
        """Takes a call that is over."""

    @contextlib.asynccontextmanager
    async def around(self, method: str, request: Any, context: Context) -> AsyncIterator[None]:
        """Watches a call from its arrival to its end."""
        began = time.perf_counter()
        headers = {
            name: value
            for name, value in context.invocation_metadata() or ()
            if isinstance(value, str)
        }
        request_id = accepted_request_id(headers.get(REQUEST_ID, ""))
        service, _, name = method.removeprefix("/").partition("/")
        code = grpc.StatusCode.OK
        with (
            structlog.contextvars.bound_contextvars(
                request_id=request_id, **self.begun(request, context)
            ),
            self._tracer.start_as_current_span(
                method.removeprefix("/"),
                context=propagate.extract(headers),
                kind=trace.SpanKind.SERVER,
                attributes={
                    "rpc.system": "grpc",
                    "rpc.service": service,
                    "rpc.method": name,
                    "request.id": request_id,
                },
                record_exception=False,
                set_status_on_exception=False,
            ) as span,
        ):
            try:
                yield
            except asyncio.CancelledError:
                late = context.time_remaining() == 0
                code = grpc.StatusCode.DEADLINE_EXCEEDED if late else grpc.StatusCode.CANCELLED
                raise
            except BaseException:
                aborted: grpc.StatusCode | None = context.code()
                code = aborted or grpc.StatusCode.UNKNOWN
                raise
            finally:
                known = structlog.contextvars.get_contextvars()
                self._end(Ended(method, code, time.perf_counter() - began, known, span))

    def _end(self, call: Ended) -> None:
        call.span.set_attribute("rpc.grpc.status_code", call.code.value[0])
        if call.code in _SERVERS_FAULTS:
            call.span.set_status(trace.StatusCode.ERROR)
            call.span.set_attribute("error.type", str(call.known.get("error", call.code.name)))
        self.ended(call)
        quiet = call.code is grpc.StatusCode.OK and call.method.startswith(self._quiet)
        tell = self._log.debug if quiet else self._log.info
        tell("call", method=call.method, code=call.code.name, seconds=round(call.seconds, 4))
