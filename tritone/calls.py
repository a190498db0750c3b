"""What calls models: one Triton, several of them, or a test's double. Use cases know only this."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

from tritone.contract import Model

__all__ = ["Caller"]

Req = TypeVar("Req")
Resp = TypeVar("Resp")


class Caller(Protocol):
    """Typed calls to models, wherever they run. Errors are of `tritone.errors`."""

    async def infer(
        self,
        model: Model[Req, Resp],
        request: Req,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the server as well
        request_id: str = "",
        sequence: tuple[int, bool, bool] | None = None,
    ) -> Resp:
        """One answer from a model that is not decoupled."""
        ...

    def stream(
        self,
        model: Model[Req, Resp],
        request: Req,
        *,
        timeout: float | None = None,
        request_id: str = "",
    ) -> AsyncGenerator[Resp, None]:
        """The answers of a decoupled model while they come; closing it cancels the request."""
        ...

    def pinned(self, model: Model[Any, Any]) -> AbstractAsyncContextManager["Caller"]:
        """A caller whose calls all reach the same server, as a sequence model needs."""
        ...
