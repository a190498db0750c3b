"""Several Tritons as one: every call goes to the best of them, and once more to another.

A call whose backend is gone before its first answer is tried elsewhere, once, in the time that is
left. With one backend there is no elsewhere, and its error is the caller's: Triton's own models
already wait for each other while one of them is being revived. After the first answer an error is
always the caller's, who has seen a part.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final, Self, TypeVar

import structlog

from tritone.calls import Caller
from tritone.contract import Model
from tritone.errors import (
    DeadlineExceeded,
    ModelNotFound,
    Overloaded,
    RateLimited,
    TritoneError,
    Unavailable,
)
from tritone.routing.address import Address
from tritone.routing.backend import Backend, BackendState
from tritone.routing.catalog import Catalog
from tritone.routing.choice import choose, refusal
from tritone.routing.pace import Pace
from tritone.routing.pinned import Pinned
from tritone.routing.watch import Watch

__all__ = ["Pool"]

Req = TypeVar("Req")
Resp = TypeVar("Resp")

log = structlog.get_logger("routing")

_PACE: Final = Pace()


def _log_event(text: str, level: str) -> None:
    getattr(log, level)(text)


class Pool:
    """A `Caller` over several Tritons; to be entered before use.

    Args:
        addresses: where they are.
        idle_timeout: seconds a stream may be silent before it counts as dead.
        aliases: other names of models, for the catalog.
        pace: how fast backends are looked at and spared.
        on_event: takes what happens to backends: a text and its level (info, warning, error).

    Attributes:
        catalog: which models there are; kept up to date.
        retried: how many calls were tried a second time.
    """

    def __init__(
        self,
        addresses: Sequence[Address],
        *,
        idle_timeout: float,
        aliases: Mapping[str, str] | None = None,
        pace: Pace = _PACE,
        on_event: Callable[[str, str], None] = _log_event,
    ) -> None:
        self.catalog = Catalog(aliases)
        self.retried = 0
        self._addresses = tuple(dict.fromkeys(addresses))
        self._idle_timeout = idle_timeout
        self._pace = pace
        self._on_event = on_event
        self._backends: tuple[Backend, ...] = ()
        self._tasks: list[asyncio.Task[None]] = []
        self._turns: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        """Connects, and waits until each backend answered once or had its time to."""
        self._backends = tuple(
            Backend(
                address,
                idle_timeout=self._idle_timeout,
                pace=self._pace,
                on_event=self._on_event,
            )
            for address in self._addresses
        )
        self._changed()
        watches = [Watch(backend, self._changed) for backend in self._backends]
        for watch in watches:
            self._tasks.append(asyncio.create_task(watch.run()))
            self._tasks.append(asyncio.create_task(watch.read_gpus()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2 * self._pace.probe_timeout):
                for watch in watches:
                    await watch.looked.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops watching and closes all connections; running calls are cancelled."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await asyncio.gather(*(backend.client.close() for backend in self._backends))

    @property
    def backends(self) -> tuple[BackendState, ...]:
        """What the backends are like now, in the order given."""
        return tuple(backend.state for backend in self._backends)

    async def ready(self, model: Model[Any, Any] | None = None) -> bool:
        """Whether some backend is up, and has the model ready."""
        if model is None:
            return any(backend.seen.up for backend in self._backends)
        return choose(self._backends, model, 0) is not None

    async def infer(
        self,
        model: Model[Req, Resp],
        request: Req,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the server as well
        request_id: str = "",
        sequence: tuple[int, bool, bool] | None = None,
    ) -> Resp:
        """One answer from a model that is not decoupled; see `tritone.client.Client.infer`.

        A part of a sequence belongs into a `pinned` block; here it is not tried again.

        Raises:
            ModelNotFound: no backend has the model.
            Unavailable: those that have it are gone, also after the second try.
        """
        left = _time_left(timeout or self._idle_timeout)
        backend, tried = self._choose(model), False
        while True:
            try:
                with backend.held(model):
                    return await Pinned(backend).infer(
                        model, request, timeout=left(), request_id=request_id, sequence=sequence
                    )
            except TritoneError as error:
                if tried or sequence:
                    raise
                backend, tried = self._elsewhere(backend, model, error), True

    async def stream(
        self,
        model: Model[Req, Resp],
        request: Req,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the server as well
        request_id: str = "",
    ) -> AsyncGenerator[Resp, None]:
        """The answers of a decoupled model while they come; see `tritone.client.Client.stream`.

        Raises: as `infer`. After the first answer nothing is tried again.
        """
        left = _time_left(timeout)
        backend, tried, begun = self._choose(model), False, False
        while True:
            try:
                with backend.held(model):
                    responses = Pinned(backend).stream(
                        model, request, timeout=left(), request_id=request_id
                    )
                    async with contextlib.aclosing(responses):
                        async for response in responses:
                            begun = True
                            yield response
            except TritoneError as error:
                if tried or begun:
                    raise
                backend, tried = self._elsewhere(backend, model, error), True
            else:
                return

    @contextlib.asynccontextmanager
    async def pinned(self, model: Model[Any, Any]) -> AsyncIterator[Caller]:
        """A caller whose calls all reach the same backend; none of them is tried again.

        The block counts as one call of the model in flight, however many run in it.
        """
        backend = self._choose(model)
        with backend.held(model):
            yield Pinned(backend)

    def _choose(self, model: Model[Any, Any]) -> Backend:
        backend = choose(self._backends, model, self._turns[model.name])
        if backend is None:
            raise refusal(self._backends, model)
        self._turns[model.name] += 1
        return backend

    def _elsewhere(self, but: Backend, model: Model[Any, Any], error: TritoneError) -> Backend:
        """Where to try a call again that failed; raises its error when that is of no use."""
        other = choose(self._backends, model, self._turns[model.name], but)
        if other is None or not isinstance(error, Unavailable | ModelNotFound | Overloaded):
            raise error
        if isinstance(error, Overloaded):
            busier = other.in_flight[model.name] > but.in_flight[model.name]
            if isinstance(error, RateLimited) or busier:
                raise error
        self.retried += 1
        return other

    def _changed(self) -> None:
        self.catalog.update({str(backend.address): backend.seen for backend in self._backends})


def _time_left(seconds: float | None) -> Callable[[], float | None]:
    """A function that answers what is left of some time, from now on; raises when none is."""
    if seconds is None:
        return lambda: None
    until = time.monotonic() + seconds

    def left() -> float:
        rest = until - time.monotonic()
        if rest <= 0:
            raise DeadlineExceeded("the request's deadline passed")
        return rest

    return left
