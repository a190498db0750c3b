"""ha.v1 over a home. Errors are of `tritone.errors`; an interceptor makes statuses of them."""

import contextlib
from collections.abc import Iterator, Mapping

from bridge.calls.around import Context
from tritone.errors import PermissionDenied, Unsupported
from tritone.house.gateway_wire import message_of
from tritone.house.offered import check
from tritone.house.port import House, Order
from tritone.protos.ha.v1 import ha_pb2

__all__ = ["Actions", "Entities", "Lights"]


class Lights:
    """LightService."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def TurnOn(  # noqa: N802 - gRPC's name
        self, request: ha_pb2.TurnOnRequest, context: Context
    ) -> ha_pb2.TurnOnResponse:
        """Turns a light on, or changes it."""
        await _perform(self._house, "light.turn_on", request.entity_id, request.params)
        return ha_pb2.TurnOnResponse()

    async def TurnOff(  # noqa: N802
        self, request: ha_pb2.TurnOffRequest, context: Context
    ) -> ha_pb2.TurnOffResponse:
        """Turns a light off."""
        await _perform(self._house, "light.turn_off", request.entity_id, {})
        return ha_pb2.TurnOffResponse()


class Entities:
    """EntityService."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def List(  # noqa: N802
        self, request: ha_pb2.ListRequest, context: Context
    ) -> ha_pb2.ListResponse:
        """All there are, or those of some kinds."""
        wanted = frozenset(request.domains)
        found = await self._house.entities()
        return ha_pb2.ListResponse(
            entities=[message_of(each) for each in found if not wanted or each.domain in wanted]
        )

    async def Get(  # noqa: N802
        self, request: ha_pb2.GetRequest, context: Context
    ) -> ha_pb2.GetResponse:
        """One, as it is now."""
        return ha_pb2.GetResponse(entity=message_of(await self._house.entity(request.entity_id)))


class Actions:
    """ActionService."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def Perform(  # noqa: N802
        self, request: ha_pb2.PerformRequest, context: Context
    ) -> ha_pb2.PerformResponse:
        """Does it, if it is one of those that are offered."""
        await _perform(self._house, request.action, request.entity_id, request.params)
        return ha_pb2.PerformResponse()


async def _perform(house: House, action: str, entity_id: str, params: Mapping[str, str]) -> None:
    order = Order(action=action, entity_id=entity_id, params=dict(params))
    with _offered():
        check(order)  # here too: what this door offers does not depend on the home behind it
        await house.perform(order)


@contextlib.contextmanager
def _offered() -> Iterator[None]:
    """An action that is not offered is denied, as ha.v1 has it."""
    try:
        yield
    except Unsupported as error:
        raise PermissionDenied(error.message) from None
