"""The one place where a command gets its client, and runs its asynchronous part."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from tritone.client import Client
    from tritone.contract import Model
    from tritone.settings import Settings

__all__ = ["connect", "run", "stream"]

T = TypeVar("T")
Req = TypeVar("Req")
Resp = TypeVar("Resp")


def connect(settings: "Settings") -> "Client":
    """A client of the Triton that the settings name. Tests put a double here."""
    from tritone.client import Client

    return Client(settings.grpc_url, idle_timeout=settings.idle_timeout)


def stream(
    client: "Client", model: "Model[Req, Resp]", request: Req
) -> AbstractAsyncContextManager[AsyncGenerator[Resp, None]]:
    """The answers of a decoupled model, closed with the block however that is left.

    Closing is what cancels the request in the server; a loop that merely ends early leaves it to
    the garbage collector.
    """
    return contextlib.aclosing(client.stream(model, request))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs a command's asynchronous part.

    Ctrl-C cancels it, which closes its streams, which cancels its requests in the server; then
    KeyboardInterrupt reaches the caller.
    """
    return asyncio.run(work)
