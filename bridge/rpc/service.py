"""AIService's calls: a request is decoded, waits for its turn, and the answer is encoded."""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final, Protocol

import structlog

from bridge.calls.around import Context
from bridge.calls.peers import peer, shown
from bridge.rpc.metrics import Metrics
from tritone.access.admission import Admission
from tritone.access.drain import Drain
from tritone.errors import DeadlineExceeded, Overloaded
from tritone.protos.ai.v1 import ai_pb2, ai_pb2_grpc
from tritone.settings import RpcSettings
from tritone.telemetry.propagation import current_request_id
from tritone.usecases.house.answer import Answer, Asker, Path
from tritone.usecases.house.reading import Reading

__all__ = ["Asks", "Service"]

_PATHS: Final = {Path.TEMPLATE: ai_pb2.PATH_TEMPLATE, Path.MODEL: ai_pb2.PATH_MODEL}
_TRY_AGAIN_SECONDS: Final = 1.0


class Asks(Protocol):
    """The use case, as this door needs it: `tritone.usecases.house.asking.Asking`."""

    async def read(self, text: str) -> Reading:
        """Looks at a sentence, without the language model."""
        ...

    async def answer(
        self,
        reading: Reading,
        asker: Asker,
        *,
        request_id: str,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the model as well
    ) -> Answer:
        """Does what was asked for, and says what came of it."""
        ...


class Service(ai_pb2_grpc.AIServiceServicer):
    """See ``proto/ai/v1/ai.proto``.

    A sentence is read before it waits, so that one which needs no language model never stands
    behind those that do: each kind has a queue of its own.

    Args:
        asking: the use case.
        admission: queues named after the paths.
        drain: counts queries, and refuses them once the door is being stopped.
        metrics: where actions are counted.
        settings: how long and how many.
    """

    def __init__(
        self,
        asking: Asks,
        admission: Admission,
        drain: Drain,
        metrics: Metrics,
        settings: RpcSettings,
    ) -> None:
        self._asking = asking
        self._admission = admission
        self._drain = drain
        self._metrics = metrics
        self._settings = settings

    async def Query(  # noqa: N802 - gRPC's name
        self, request: ai_pb2.QueryRequest, context: Context
    ) -> ai_pb2.QueryResponse:
        """Answers a sentence.

        Raises:
            TextEmpty, TextTooLong: the sentence.
            Overloaded: too many queries are here, or the place would come too late.
            DeadlineExceeded: the caller's time ran out, or that of the settings.
            Draining: the door is being stopped.
            TritoneError: what the use case raises.
        """
        who = Asker(shown(request.source), peer(context))
        with self._counted():
            async with _bounded(context.time_remaining(), self._settings.query_seconds) as left:
                reading = await self._asking.read(request.text)
                structlog.contextvars.bind_contextvars(path=reading.path.value)
                caller = f"{who.peer} {who.source}"
                async with self._admission.enter(reading.path.value, caller, left()):
                    answer = await self._asking.answer(
                        reading, who, request_id=current_request_id(), timeout=left()
                    )
        for done in answer.actions:
            self._metrics.actions.labels(done.intent, str(done.verified).lower()).inc()
        structlog.contextvars.bind_contextvars(
            intent=answer.intent, action_taken=answer.action_taken
        )
        return _response(answer)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        """One query among those that are here. Raises Draining or Overloaded."""
        with self._drain.counted():
            if self._drain.running > self._settings.most_queries:
                raise Overloaded(
                    f"{self._settings.most_queries} queries are here already: try again in a "
                    "moment",
                    retry_after=_TRY_AGAIN_SECONDS,
                )
            yield


@contextlib.asynccontextmanager
async def _bounded(allowed: float | None, most: float) -> AsyncIterator[Callable[[], float]]:
    """Ends the block when its time is over; gives what tells how many seconds are left.

    Raises:
        DeadlineExceeded: it is.
    """
    seconds = min(math.inf if allowed is None else allowed, most)
    until = time.monotonic() + seconds
    try:
        async with asyncio.timeout(seconds) as bound:
            yield lambda: max(0.0, until - time.monotonic())
    except TimeoutError:
        if not bound.expired():
            raise
        raise DeadlineExceeded(f"the query took longer than its {seconds:.1f} s") from None


def _response(answer: Answer) -> ai_pb2.QueryResponse:
    return ai_pb2.QueryResponse(
        reply=answer.reply,
        intent=answer.intent,
        action_taken=answer.action_taken,
        actions=[
            ai_pb2.Action(
                intent=done.intent,
                entity_id=done.entity_id,
                params=dict(done.params),
                verified=done.verified,
                state=done.state,
            )
            for done in answer.actions
        ],
        path=_PATHS[answer.path],
        request_id=answer.request_id,
    )
