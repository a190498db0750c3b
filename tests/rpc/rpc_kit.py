"""AIService on a real port of this machine, with doubles for the home and the language model."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import grpc
import structlog
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from structlog.testing import capture_logs

from bridge.rpc.door import Door
from tests.unit.usecases_house.house_kit import Kept, MemoryHouse, Thinker
from tritone.access.admission import Admission
from tritone.access.listening import Listen
from tritone.protos.ai.v1 import ai_pb2, ai_pb2_grpc
from tritone.settings import Lane, RpcLanes, RpcSettings
from tritone.usecases.house.asking import Asking

__all__ = [
    "KITCHEN",
    "LIGHT",
    "Opened",
    "logged",
    "narrow",
    "opened",
    "refused",
    "services",
    "trailers",
    "until",
]

KITCHEN = "Turn on the kitchen light."
LIGHT = "light.kitchen_ceiling"
HERE = Listen("127.0.0.1", 0)


@dataclass(frozen=True)
class Opened:
    """A door that serves, what stands behind it, and a client's connection to it."""

    door: Door
    house: MemoryHouse
    thinker: Thinker
    audit: Kept
    channel: grpc.aio.Channel

    async def query(self, text: str, source: str = "test", **more: Any) -> ai_pb2.QueryResponse:
        """Asks; `timeout` and `metadata` as gRPC takes them."""
        stub = ai_pb2_grpc.AIServiceStub(self.channel)
        return await stub.Query(ai_pb2.QueryRequest(text=text, source=source), **more)

    def begin(self, text: str, **more: Any) -> Any:
        """A call that is under way, to be awaited or cancelled."""
        return asyncio.ensure_future(self.query(text, **more))

    def number(self, name: str, **labels: str) -> float:
        """A metric's value."""
        return self.door.metrics.registry.get_sample_value(name, labels) or 0.0


@contextlib.asynccontextmanager
async def opened(
    house: MemoryHouse | None = None,
    thinker: Thinker | None = None,
    settings: RpcSettings | None = None,
    **more: Any,
) -> AsyncIterator[Opened]:
    """A door with doubles; `more` goes to it as it is."""
    house, thinker, audit = house or MemoryHouse(), thinker or Thinker(), Kept()
    settings = settings or RpcSettings()
    asking = Asking(thinker, house, audit, verify_seconds=0.2)
    admission = Admission(settings.lanes, settings.queue_seconds, lambda: 1)
    async with (
        Door(asking, settings, more.pop("listen", HERE), admission, **more) as door,
        grpc.aio.insecure_channel(f"127.0.0.1:{door.port}") as channel,
    ):
        yield Opened(door, house, thinker, audit, channel)


def narrow(running: int, waiting: int, **more: Any) -> RpcSettings:
    """Settings with so many places for queries that need the language model."""
    return RpcSettings(lanes=RpcLanes(model=Lane(running=running, waiting=waiting)), **more)


async def refused(call: Any) -> grpc.aio.AioRpcError:
    """The error of a call that must fail."""
    try:
        answer = await call
    except grpc.aio.AioRpcError as error:
        return error
    raise AssertionError(f"it was answered: {answer}")


def trailers(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    """What an error says besides."""
    return dict(error.trailing_metadata())


async def services(channel: grpc.aio.Channel) -> set[str]:
    """What reflection lists."""
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    async for answer in stub.ServerReflectionInfo(iter([asked])):
        return {each.name for each in answer.list_services_response.service}
    raise AssertionError("no answer came")


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it may depend on anything
            await asyncio.sleep(0.005)


def logged() -> Any:
    """What is logged in the block, with what calls bind to their lines."""
    return capture_logs(processors=[structlog.contextvars.merge_contextvars])
