"""One Triton as the pool sees it: what it serves, what runs on it, what it lately failed at."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tritone.client import Client
from tritone.contract import Model
from tritone.errors import (
    Cancelled,
    DeadlineExceeded,
    Draining,
    ModelNotFound,
    ServerUnreachable,
    TritoneError,
    Unavailable,
)
from tritone.routing.address import Address
from tritone.routing.breaker import Breaker
from tritone.routing.pace import Pace
from tritone.routing.seen import Seen

__all__ = ["Backend", "BackendState", "Call"]


@dataclass(frozen=True, slots=True)
class BackendState:
    """A backend at one moment, for metrics and health.

    Attributes:
        address: where it is.
        up: whether it answers and calls reach it.
        in_flight: calls that run on it, by model.
        ejected: models that get no calls, or few, because calls to them failed.
        free_gpu_memory: bytes on all of its GPUs; None where it reports none.
    """

    address: Address
    up: bool
    in_flight: Mapping[str, int]
    ejected: tuple[str, ...]
    free_gpu_memory: int | None


class Backend:
    """A Triton and what is known of it.

    Args:
        address: where it is.
        idle_timeout: of its client.
        pace: how long it is spared after failures.
        on_event: takes what happens: a text and its level.

    Attributes:
        seen: its models, as the watch last saw them.
        doubtful: whether it left the last look unanswered.
        free_gpu_memory: bytes, or None.
        answers: how many calls it answered: a sign of life.
        failures: how many calls found nobody.
    """

    def __init__(
        self,
        address: Address,
        *,
        idle_timeout: float,
        pace: Pace,
        on_event: Callable[[str, str], None],
    ) -> None:
        self.address = address
        self.client = Client(address.grpc, idle_timeout=idle_timeout)
        self.pace = pace
        self.on_event = on_event
        self.on_unreachable: Callable[[], None] = lambda: None
        self.seen = Seen()
        self.doubtful = False
        self.free_gpu_memory: int | None = None
        self.in_flight: Counter[str] = Counter()
        self.total = 0
        self.answers = 0
        self.failures = 0
        self.whole = Breaker(pace)
        self._models: dict[str, Breaker] = {}

    def of(self, model: str) -> Breaker:
        """What is known of one of its models."""
        if model not in self._models:
            self._models[model] = Breaker(self.pace)
        return self._models[model]

    def welcomes(self, model: str) -> bool:
        """Whether a call to this model should come here, rather than spare it."""
        breaker = self._models.get(model)
        return self.whole.has_room and (breaker is None or breaker.has_room)

    @property
    def state(self) -> BackendState:
        """What it is like now."""
        return BackendState(
            address=self.address,
            up=self.seen.up and self.whole.spared_for == 0,
            in_flight=dict(self.in_flight),
            ejected=tuple(name for name, breaker in self._models.items() if not breaker.closed),
            free_gpu_memory=self.free_gpu_memory,
        )

    @contextmanager
    def held(self, model: Model[Any, Any]) -> Iterator[None]:
        """Counts something that runs here, as long as the block runs."""
        self.in_flight[model.name] += 1
        self.total += 1
        try:
            yield
        finally:
            self.total -= 1
            self.in_flight[model.name] -= 1
            if not self.in_flight[model.name]:
                del self.in_flight[model.name]


class Call:
    """A block that calls a model of a backend, and learns from how it ends.

    `answered` says early that it went well, for calls with many answers.
    """

    def __init__(self, backend: Backend, model: Model[Any, Any]) -> None:
        self._backend = backend
        self._name = model.name
        self._breaker = backend.of(model.name)

    def __enter__(self) -> Self:
        self._at_whole = self._backend.whole.begin()
        self._at_model = self._breaker.begin()
        self._told = False
        return self

    def answered(self) -> None:
        """The server and the model are there; may be said of each of many answers."""
        self._backend.answers += 1
        if self._told:
            return
        self._told = True
        self._backend.whole.succeeded(self._at_whole)
        self._breaker.succeeded(self._at_model)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Who cancelled, or had no time left, learned nothing.
        if isinstance(error, Unavailable | ModelNotFound):
            self._failed(error)
        elif error is None or (
            isinstance(error, TritoneError) and not isinstance(error, Cancelled | DeadlineExceeded)
        ):
            self.answered()
        self._backend.whole.end(self._at_whole)
        self._breaker.end(self._at_model)

    def _failed(self, error: TritoneError) -> None:
        backend = self._backend
        backend.failures += 1
        if isinstance(error, ServerUnreachable | Draining):
            if backend.whole.failed(self._at_whole):
                backend.on_event(f"{backend.address} is spared: {error.message}", "warning")
                backend.on_unreachable()
        elif self._breaker.failed(self._at_model):
            backend.on_event(
                f"'{self._name}' of {backend.address} is spared: {error.message}", "warning"
            )
