"""Calls to one backend, from which the pool learns how it is."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, TypeVar

from tritone.calls import Caller
from tritone.contract import Model
from tritone.routing.backend import Backend, Call

__all__ = ["Pinned"]

Req = TypeVar("Req")
Resp = TypeVar("Resp")


class Pinned:
    """A `Caller` whose calls all reach the same backend."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def infer(
        self,
        model: Model[Req, Resp],
        request: Req,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the server as well
        request_id: str = "",
        sequence: tuple[int, bool, bool] | None = None,
    ) -> Resp:
        """See `tritone.client.Client.infer`."""
        with Call(self._backend, model):
            return await self._backend.client.infer(
                model, request, timeout=timeout, request_id=request_id, sequence=sequence
            )

    async def stream(
        self,
        model: Model[Req, Resp],
        request: Req,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the server as well
        request_id: str = "",
    ) -> AsyncGenerator[Resp, None]:
        """See `tritone.client.Client.stream`."""
        responses = self._backend.client.stream(
            model, request, timeout=timeout, request_id=request_id
        )
        with Call(self._backend, model) as call:
            async with contextlib.aclosing(responses):
                async for response in responses:
                    call.answered()
                    yield response

    @contextlib.asynccontextmanager
    async def pinned(self, model: Model[Any, Any]) -> AsyncIterator[Caller]:
        """Itself: it is pinned already."""
        yield self
