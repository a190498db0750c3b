"""A gateway that somebody else has written: it may do less, and say things in its own way."""

import contextlib

import grpc
import pytest

from bridge.calls.credentials import server_credentials
from tests.unit.house.certificates_kit import Authority
from tests.unit.house.gateway_kit import Held, client, gateway
from tritone.errors import HouseUnreachable, NotFound, Unsupported
from tritone.house.port import Order
from tritone.protos.ha.v1 import ha_pb2, ha_pb2_grpc

pytestmark = pytest.mark.unit


class Lights(ha_pb2_grpc.LightServiceServicer):
    """LightService, that takes everything."""

    async def TurnOn(self, request, context):  # noqa: N802
        return ha_pb2.TurnOnResponse()


class Entities(ha_pb2_grpc.EntityServiceServicer):
    """EntityService, that answers what a test gives it.

    Args:
        entities: what there is.
        status: with which everything is refused, if any.
    """

    def __init__(self, *entities: ha_pb2.Entity, status: grpc.StatusCode | None = None):
        self.entities = entities
        self.status = status

    async def List(self, request, context):  # noqa: N802
        if self.status is not None:
            await context.abort(self.status, "not for you")
        return ha_pb2.ListResponse(entities=self.entities)

    async def Get(self, request, context):  # noqa: N802
        await context.abort(grpc.StatusCode.NOT_FOUND, "never heard of it")


@contextlib.asynccontextmanager
async def other(authority: Authority, entities: Entities):
    """The adapter, of such a gateway."""
    async with server_credentials(authority.server(), mutual=True) as credentials:
        server = grpc.aio.server()
        ha_pb2_grpc.add_LightServiceServicer_to_server(Lights(), server)
        ha_pb2_grpc.add_EntityServiceServicer_to_server(entities, server)
        port = server.add_secure_port("127.0.0.1:0", credentials)
        await server.start()
        async with client(port, authority.files("tritone")) as house:
            yield house
        await server.stop(None)


@pytest.fixture
def authority(tmp_path):
    """Who signs for both ends."""
    return Authority(tmp_path)


async def test_lights_work_without_action_service(authority):
    """What needs ActionService is refused; lights are not."""
    async with other(authority, Entities()) as house:
        await house.perform(Order(action="light.turn_on", entity_id="light.a"))
        with pytest.raises(Unsupported, match=r"does not offer cover\.open_cover"):
            await house.perform(Order(action="cover.open_cover", entity_id="cover.a"))


async def test_attributes_that_are_no_json_are_texts(authority):
    """Numbers and lists are read as such, bare words as texts; without a name the id is it."""
    entity = ha_pb2.Entity(
        entity_id="light.a", attributes={"brightness": "128", "effect": "rainbow", "rgb": "[1, 2]"}
    )
    async with other(authority, Entities(entity)) as house:
        (found,) = await house.entities()
    assert found.name == "light.a"
    assert found.attributes == {"brightness": 128, "effect": "rainbow", "rgb": [1, 2]}


async def test_its_own_words_are_passed_on(authority):
    """What it says of an error is said, without any form of ours."""
    async with other(authority, Entities()) as house:
        with pytest.raises(NotFound, match=r"^never heard of it$"):
            await house.entity("light.a")


@pytest.mark.parametrize(
    "status",
    [
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DATA_LOSS,
    ],
    ids=lambda status: status.name,
)
async def test_a_gateway_that_does_not_serve_us_is_out_of_reach(authority, status):
    """However it says that we get no list."""
    async with other(authority, Entities(status=status)) as house:
        with pytest.raises(HouseUnreachable, match=rf"\({status.name}\): not for you"):
            await house.entities()


async def test_a_large_home_fits(authority):
    """Two thousand things with long attributes come in one answer."""
    entities = [
        ha_pb2.Entity(entity_id=f"sensor.s{number}", attributes={"text": "x" * 4000})
        for number in range(2000)
    ]
    async with other(authority, Entities(*entities)) as house:
        assert len(await house.entities()) == 2000


async def test_our_own_gateway_lists_one_kind_where_that_is_asked(authority):
    """EntityService.List takes kinds; none means all."""
    async with (
        gateway(Held(), authority.server()) as door,
        client(door.port, authority.files("tritone")) as house,
    ):
        stub = ha_pb2_grpc.EntityServiceStub(house._channels.current)
        for domains, ids in ((["cover"], ["cover.blinds"]), (["vacuum"], [])):
            answer = await stub.List(ha_pb2.ListRequest(domains=domains), timeout=10)
            assert [each.entity_id for each in answer.entities] == ids
