"""A home behind ha-gateway: ha.v1 over gRPC with mutual TLS 1.3."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from grpc import StatusCode, aio

from tritone.errors import (
    HouseUnreachable,
    InvalidInput,
    NotFound,
    TritoneError,
    Unsupported,
    from_wire,
)
from tritone.house.address import parts
from tritone.house.certificates import Files
from tritone.house.channel import Channels
from tritone.house.gateway_wire import entity_of
from tritone.house.port import Order
from tritone.house.rotation import LOOK_SECONDS, Rotation
from tritone.intents.entities import Entity
from tritone.protos.ha.v1 import ha_pb2, ha_pb2_grpc
from tritone.telemetry.propagation import current_request_id, outgoing_headers

__all__ = ["Gateway"]

READ_SECONDS: Final = 5.0
PERFORM_SECONDS: Final = 10.0
FRESH_SECONDS: Final = 1.0
"""How long a list is good for; who needs a state of now reads that one entity."""

T = TypeVar("T")


class Gateway:
    """A `House`.

    `open` makes it, which reads the certificates; the connection comes and goes by itself.
    """

    def __init__(self, address: str, channels: Channels, rotation: Rotation) -> None:
        self._address = address
        self._channels = channels
        self._rotation = rotation
        self._listed: tuple[Entity, ...] = ()
        self._listed_at = -FRESH_SECONDS
        self._listing: asyncio.Task[tuple[Entity, ...]] | None = None

    @classmethod
    async def open(
        cls,
        address: str,
        files: Files,
        *,
        server_name: str = "",
        on_event: Callable[[str, str], None] = lambda _text, _level: None,
        look_seconds: float = LOOK_SECONDS,
    ) -> "Gateway":
        """Reads the certificates and gets ready to connect.

        Args:
            address: host:port.
            files: whom we believe, our certificate and its key.
            server_name: the name in the gateway's certificate; empty: the host.
            on_event: takes what happens to the certificates: a text and its level.
            look_seconds: how often they are looked at.

        Raises:
            SetupError: the address or the files cannot be used, or gRPC would also speak TLS 1.2.
        """
        parts(address)
        pems = await asyncio.to_thread(files.read)
        channels = Channels(address, server_name, pems, grace=PERFORM_SECONDS)
        rotation = Rotation(files, pems, channels.renew, on_event, every=look_seconds)
        return cls(address, channels, rotation)

    async def entities(self) -> Sequence[Entity]:
        """All there are; a list is kept for a second, and one call serves all who wait for it."""
        if time.monotonic() - self._listed_at < FRESH_SECONDS:
            return self._listed
        if self._listing is None or self._listing.done():
            self._listing = asyncio.create_task(self._list())
            self._listing.add_done_callback(_seen)
        # Who goes away leaves the call to the others.
        return await asyncio.shield(self._listing)

    async def entity(self, entity_id: str) -> Entity:
        """One, as it is now."""
        stub = ha_pb2_grpc.EntityServiceStub(self._channels.current)
        request = ha_pb2.GetRequest(entity_id=entity_id)
        answer = await self._ask(stub.Get(request, **_call(READ_SECONDS)))
        return entity_of(answer.entity)

    async def perform(self, order: Order) -> None:
        """Does it: lights by LightService, all else by ActionService."""
        self._listed_at = -FRESH_SECONDS
        lights = ha_pb2_grpc.LightServiceStub(self._channels.current)
        given = {"entity_id": order.entity_id}
        call: Awaitable[Any]
        if order.action == "light.turn_on":
            request = ha_pb2.TurnOnRequest(**given, params=order.params)
            call = lights.TurnOn(request, **_call(PERFORM_SECONDS))
        elif order.action == "light.turn_off" and not order.params:
            call = lights.TurnOff(ha_pb2.TurnOffRequest(**given), **_call(PERFORM_SECONDS))
        else:
            stub = ha_pb2_grpc.ActionServiceStub(self._channels.current)
            other = ha_pb2.PerformRequest(action=order.action, **given, params=order.params)
            call = stub.Perform(other, **_call(PERFORM_SECONDS))
        await self._ask(call, order.action)

    async def aclose(self) -> None:
        """Ends the connection."""
        if self._listing is not None:
            self._listing.cancel()
            await asyncio.gather(self._listing, return_exceptions=True)
        await self._rotation.aclose()
        await self._channels.aclose()

    async def _list(self) -> tuple[Entity, ...]:
        stub = ha_pb2_grpc.EntityServiceStub(self._channels.current)
        asked_at = time.monotonic()
        answer = await self._ask(stub.List(ha_pb2.ListRequest(), **_call(READ_SECONDS)))
        found = tuple(entity_of(each) for each in answer.entities)
        if found != self._listed:  # else the same object, for who keeps something made of it
            self._listed = found
        self._listed_at = asked_at
        return self._listed

    async def _ask(self, call: Awaitable[T], action: str = "") -> T:
        try:
            return await call
        except aio.AioRpcError as error:
            raise self._meaning(error, action) from None

    def _meaning(self, error: aio.AioRpcError, action: str) -> TritoneError:
        told = from_wire(error.details() or error.code().name)
        match error.code():
            case StatusCode.NOT_FOUND:
                return NotFound(told.message)
            case StatusCode.INVALID_ARGUMENT:
                return InvalidInput(told.message)
            case StatusCode.PERMISSION_DENIED | StatusCode.UNIMPLEMENTED if action:
                return Unsupported(f"ha-gateway does not offer {action}: {told.message}")
        gateway = f"ha-gateway at {self._address} (HA_GATEWAY_ADDR)"
        if isinstance(told, HouseUnreachable):
            return HouseUnreachable(f"{gateway} does not reach the home: {told.message}")
        return HouseUnreachable(
            f"{gateway} does not serve us ({error.code().name}): {told.message}; "
            "`tritone rpc --self-test` looks into it"
        )


def _seen(listing: "asyncio.Task[Any]") -> None:
    """Takes a failure that nobody waits for any more."""
    if not listing.cancelled():
        listing.exception()


def _call(seconds: float) -> dict[str, Any]:
    """The deadline and the metadata of a call."""
    metadata = list(outgoing_headers().items())
    if request_id := current_request_id():
        metadata.append(("x-request-id", request_id))
    return {"timeout": seconds, "metadata": metadata}
