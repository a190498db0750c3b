"""Looks at a backend again and again: whether it answers, what it serves, how free its GPUs are.

A look is Triton's repository index. It is not its readiness, which is false while any one of its
models is being loaded. That a model answers is not asked here: calls show it (`Breaker`).
"""

import asyncio
import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import httpx
import structlog

from tritone.contract import Model
from tritone.errors import DeadlineExceeded, ServerUnreachable, TritoneError
from tritone.routing.backend import Backend
from tritone.routing.seen import Seen, SeenModel
from tritone.routing.signature import Signature

__all__ = ["Watch", "free_gpu_memory"]

log = structlog.get_logger("routing")

_GPU_ROW: Final = re.compile(
    r"^nv_gpu_memory_(?P<which>total|used)_bytes(\{[^}]*\})? (?P<bytes>\S+)", re.MULTILINE
)


class Watch:
    """Keeps `backend.seen` true.

    Args:
        backend: whom to watch.
        on_change: called when something else is seen than before.
    """

    def __init__(self, backend: Backend, on_change: Callable[[], None]) -> None:
        self._backend = backend
        self._on_change = on_change
        self._wake = asyncio.Event()
        self._misses = 0
        self.looked = asyncio.Event()
        """Set after the first look, whatever it showed."""
        backend.on_unreachable = self._wake.set

    async def run(self) -> None:
        """Looks until it is cancelled. Each backend has a task of its own: one may hang."""
        pace = self._backend.pace
        while True:
            self._wake.clear()
            try:
                await self._look()
            except Exception:
                log.exception("a look at a backend failed", backend=str(self._backend.address))
            self.looked.set()
            # Not `wait_for`, which before Python 3.12 may lose a cancel that comes at its timeout.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pace.probe):
                    await self._wake.wait()

    async def read_gpus(self) -> None:
        """Reads the free GPU memory from the metrics until it is cancelled."""
        pace = self._backend.pace
        # A proxy of the environment is for the way out, not for our own servers.
        async with httpx.AsyncClient(timeout=pace.probe_timeout, trust_env=False) as http:
            while True:
                try:
                    answer = await http.get(self._backend.address.metrics)
                    self._backend.free_gpu_memory = free_gpu_memory(answer.text)
                except httpx.HTTPError:
                    self._backend.free_gpu_memory = None
                await asyncio.sleep(pace.gpu)

    async def _look(self) -> None:
        backend = self._backend
        answers = backend.answers
        try:
            index = await backend.client.index(seconds=backend.pace.probe_timeout)
        except DeadlineExceeded:
            # Slow is not dead: a busy machine answers late, and its calls go on.
            backend.doubtful = backend.answers == answers
            self._misses = self._misses + 1 if backend.doubtful else 0
            if self._misses >= backend.pace.misses or not backend.seen.ever:
                self._down(ServerUnreachable("it does not answer in time"))
            return
        except TritoneError as error:
            self._down(error)
            return
        backend.doubtful = False
        self._misses = 0
        known = backend.seen.models if backend.seen.up else {}
        models = await self._models(index, known)
        self._take(Seen(up=True, ever=True, models=models))

    async def _models(
        self, index: Mapping[str, Mapping[str, str]], known: Mapping[str, SeenModel]
    ) -> dict[str, SeenModel]:
        """The models of an index; those that changed are asked what they take and give."""
        found = {}
        for name, versions in index.items():
            before = known.get(name)
            found[name] = SeenModel(versions, before.kinds if before else None)
        asked = [
            name
            for name, model in found.items()
            if model.serves("") and (model.kinds is None or model != known.get(name))
        ]
        answers = await asyncio.gather(*(self._kinds(name) for name in asked))
        for name, kinds in zip(asked, answers, strict=True):
            if kinds is not None:
                found[name] = replace(found[name], kinds=kinds)
        return found

    async def _kinds(self, name: str) -> Mapping[type[Any], Model[Any, Any]] | None:
        """How a model may be called; None when it cannot be asked now, so that it is again."""
        client = self._backend.client
        try:
            config = await client.config(name, seconds=self._backend.pace.probe_timeout)
        except TritoneError:
            return None
        return Signature.of(config).kinds(name)

    def _take(self, seen: Seen) -> None:
        backend = self._backend
        before = backend.seen
        if seen == before:
            return
        backend.seen = seen
        if not before.up:
            if before.ever:
                backend.whole.half_open()
            backend.on_event(f"{backend.address} is up", "info")
        self._on_change()

    def _down(self, error: TritoneError) -> None:
        backend = self._backend
        if not backend.seen.up and self.looked.is_set():
            return
        backend.seen = replace(backend.seen, up=False)
        backend.on_event(f"{backend.address} is down: {error.message}", "error")
        self._on_change()


def free_gpu_memory(metrics: str) -> int | None:
    """Bytes free on all GPUs of a Triton, from its metrics; None where they name none."""
    sums = {"total": 0.0, "used": 0.0}
    rows = list(_GPU_ROW.finditer(metrics))
    for row in rows:
        sums[row["which"]] += float(row["bytes"])
    return int(sums["total"] - sums["used"]) if rows else None
