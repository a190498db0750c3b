"""The bridge: consumers, what they are handled by, and an orderly end."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Final, Self

import structlog
from nats.aio.msg import Msg

from bridge.jetstream import gauges
from bridge.jetstream.attempt import Means
from bridge.jetstream.backoff import Backoff
from bridge.jetstream.cancels import Cancels
from bridge.jetstream.capacity import Capacity, Healthy
from bridge.jetstream.delivery import Delivery
from bridge.jetstream.exhausted import Exhausted
from bridge.jetstream.handlers.naming import Names
from bridge.jetstream.handlers.working import Working
from bridge.jetstream.handling import Handling
from bridge.jetstream.journal import Journal
from bridge.jetstream.ledger import Ledger
from bridge.jetstream.metrics import Metrics
from bridge.jetstream.pulling import Pulling
from bridge.jetstream.stopping import stop
from tritone.calls import Caller
from tritone.contract import Model
from tritone.errors import TritoneError
from tritone.nats.applying import apply
from tritone.nats.connection import NATS
from tritone.nats.streams import CONSUMERS, STREAMS, ConsumerSpec
from tritone.nats.subjects import CANCELS, pipeline_request
from tritone.settings import BridgeSettings

__all__ = ["Bridge"]

_TRANSCRIPTIONS: Final = pipeline_request("transcription")

_BACKOFF: Final = Backoff()

log = structlog.get_logger("bridge")


async def _one(_: Model[Any, Any]) -> int:
    return 1


class Bridge:
    """Answers what comes over NATS; a context manager that takes messages as long as it is open.

    Leaving it stops what is at work and puts it back; `drain` lets it finish first.

    Args:
        nats: the connection; tell `restore` when it has come back.
        caller: to reach the models by.
        names: which models there are.
        settings: bounds and models.
        replicas: of each stream.
        healthy: how many Tritons can answer for a model.
        consumers: what is taken, in place of what is declared.
        backoff: how long a message rests after a failure.
    """

    def __init__(
        self,
        nats: NATS,
        caller: Caller,
        names: Names,
        settings: BridgeSettings,
        *,
        replicas: int = 1,
        healthy: Healthy = _one,
        consumers: Sequence[ConsumerSpec] = CONSUMERS,
        backoff: Backoff = _BACKOFF,
    ) -> None:
        self._nats = nats
        self._js = nats.jetstream()
        self._replicas = replicas
        self._consumers = consumers
        self._born: dict[str, float] = {}
        self._restoring = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._draining = False
        self._cancels = Cancels()
        self._journal = Journal(nats, self.restore)
        self._capacity = Capacity(settings.lanes, healthy, self._ask)
        self.metrics = Metrics()
        means = Means(
            journal=self._journal,
            ledger=Ledger(self._journal),
            cancels=self._cancels,
            working=Working(caller, names, settings),
            places=self._capacity.of,
            born=self._born,
        )
        handling = Handling(self._js, means, self.metrics, backoff, self._capacity.outage)
        exhausted = Exhausted(self._journal, handling)
        self._pulls = [
            Pulling(
                nats,
                spec,
                room=lambda name=spec.name: self._capacity.room(name),  # type: ignore[misc]
                handle=_handler(spec, handling, exhausted),
                restore=self.restore,
            )
            for spec in consumers
        ]

    @property
    def reason(self) -> str:
        """Why it does not take messages, or an empty text."""
        if self._draining:
            return "the bridge is being stopped"
        if not self._tasks or any(task.done() for task in self._tasks):
            return "the bridge is not open"
        if not self._capacity.any:
            return "no Triton answers"
        return "" if self._nats.is_connected else "NATS does not answer"

    async def restore(self) -> None:
        """Makes the streams that are missing, as those in memory are after a server's restart.

        Raises:
            Unavailable: JetStream does not answer.
        """
        async with self._restoring:
            for change in await apply(self._js, self._replicas, consumers=self._consumers):
                tell = log.warning if change.kind == "refused" else log.info
                tell("stream", change=change.kind, name=change.name, detail=change.detail)
            for stream in STREAMS:
                if stream.storage == "memory":
                    self._born[stream.name] = await self._journal.born(stream.name)

    async def reconnected(self) -> None:
        """The connection has come back; the server may be another one. Raises as `restore`."""
        await self.restore()
        for pull in self._pulls:
            await pull.forget()

    async def __aenter__(self) -> Self:
        await self._journal.open()
        await self.restore()
        await self._capacity.look()
        await self._nats.subscribe(CANCELS, cb=self._cancelled)
        runs = [
            self._capacity.run(),
            gauges.watch(self._js, self.metrics),
            *(pull.run() for pull in self._pulls),
            *(pull.beat() for pull in self._pulls),
        ]
        self._tasks = [asyncio.create_task(run) for run in runs]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.drain(0.0)
        await stop(self._tasks)

    async def failed(self) -> None:
        """Returns when a part of it has ended, which none should; raises what it ended with."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def drain(self, seconds: float) -> None:
        """Takes no more messages; those at work may finish for so long, and are then put back."""
        self._draining = True
        await asyncio.gather(*(pull.stop() for pull in self._pulls))
        await asyncio.gather(*(pull.finish(seconds) for pull in self._pulls))

    async def _ask(self) -> None:
        for pull in self._pulls:
            await pull.ask()

    async def _cancelled(self, message: Msg) -> None:
        self._cancels.cancel(message.subject.rpartition(".")[2])


def _handler(
    spec: ConsumerSpec, handling: Handling, exhausted: Exhausted
) -> Callable[[Delivery], Awaitable[None]]:
    if spec.name == "exhausted-handler":
        return exhausted.handle
    if spec.name != "pipeline-handler":
        return handling.handle

    async def without_transcriptions(delivery: Delivery) -> None:
        """They have a consumer of their own, so that what takes long holds nothing else up."""
        if delivery.incoming.subject == _TRANSCRIPTIONS:
            with contextlib.suppress(TritoneError):  # it comes again
                await delivery.ack()
            return
        await handling.handle(delivery)

    return without_transcriptions
