"""The gateway's port: health, a port that is taken, an orderly end, and coming back."""

import asyncio

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from bridge.calls.credentials import server_credentials
from bridge.gateway.door import Door
from tests.unit.house.certificates_kit import NAME, Authority
from tests.unit.house.gateway_kit import LIGHT, Held, client, gateway
from tritone.access.listening import Listen
from tritone.errors import HouseUnreachable, PortInUse

pytestmark = pytest.mark.unit


@pytest.fixture
def authority(tmp_path):
    """Who signs for both ends."""
    return Authority(tmp_path)


@pytest.fixture
async def credentials(authority):
    """Of the gateway."""
    async with server_credentials(authority.server(), mutual=True) as made:
        yield made


@pytest.mark.parametrize("service", ["", "ha.v1.LightService", "ha.v1.EntityService"])
async def test_it_says_that_it_serves(authority, credentials, service):
    """The health service of gRPC is there, for who has a certificate."""
    files = authority.files("probe")
    ours = grpc.ssl_channel_credentials(
        files.ca.read_bytes(), files.key.read_bytes(), files.certificate.read_bytes()
    )
    options = [("grpc.ssl_target_name_override", NAME)]
    async with (
        Door(Held(), Listen("127.0.0.1", 0), credentials) as door,
        grpc.aio.secure_channel(f"127.0.0.1:{door.port}", ours, options) as channel,
    ):
        stub = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_port_that_is_taken_is_told(credentials):
    """Two gateways do not share a port; the setting of the other is named."""
    async with Door(Held(), Listen("127.0.0.1", 0), credentials) as first:
        second = Door(Held(), Listen("127.0.0.1", first.port), credentials)
        with pytest.raises(PortInUse, match="TRITONE_GATEWAY__LISTEN"):
            await second.__aenter__()


async def test_a_call_that_runs_is_answered_before_the_end(authority, credentials):
    """Draining refuses what comes, and lets what runs finish."""
    held = Held()
    async with (
        Door(held, Listen("127.0.0.1", 0), credentials) as door,
        client(door.port, authority.files("tritone")) as house,
    ):
        held.gate.clear()
        running = asyncio.create_task(house.entities())
        while not held.lists:  # noqa: ASYNC110 - it is counted elsewhere
            await asyncio.sleep(0.01)
        draining = asyncio.create_task(door.drain(10))
        await asyncio.sleep(0.05)
        with pytest.raises(HouseUnreachable):
            await house.entity("light.kitchen")
        held.gate.set()
        assert (await running)[0] == LIGHT
        await draining


async def test_a_gateway_that_comes_back_is_found_again(authority):
    """Nobody has to start the client anew."""
    held, files = Held(), authority.server()
    async with gateway(held, files) as door:
        port = door.port
    async with client(port, authority.files("tritone")) as house:
        with pytest.raises(HouseUnreachable):
            await house.entities()
        async with (
            server_credentials(files, mutual=True) as credentials,
            Door(held, Listen("127.0.0.1", port), credentials),
            asyncio.timeout(20),
        ):
            while True:
                try:
                    assert (await house.entities())[0] == LIGHT
                    break
                except HouseUnreachable:
                    await asyncio.sleep(0.05)
