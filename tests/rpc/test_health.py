"""gRPC's health service, reflection, and what is no call of ours."""

import asyncio

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from bridge.rpc.door import SERVICE
from tests.rpc.rpc_kit import KITCHEN, logged, opened, refused, services, until
from tritone.settings import RpcSettings

pytestmark = pytest.mark.unit
STATUS = health_pb2.HealthCheckResponse


def check(door, service):
    """A call of the health service."""
    request = health_pb2.HealthCheckRequest(service=service)
    return health_pb2_grpc.HealthStub(door.channel).Check(request)


@pytest.mark.parametrize("service", ["", "ai.v1.AIService"])
async def test_it_serves(service):
    """Both the whole server and the service by its name."""
    async with opened() as door:
        assert (await check(door, service)).status == STATUS.SERVING


async def test_an_unknown_service_is_not_found():
    """As the health protocol wants it."""
    async with opened() as door:
        assert (await refused(check(door, "nobody"))).code() is grpc.StatusCode.NOT_FOUND


async def test_every_watcher_hears_that_it_stops():
    """Also when another one that watched the same service has left."""
    async with opened() as door:
        stub = health_pb2_grpc.HealthStub(door.channel)
        request = health_pb2.HealthCheckRequest(service=SERVICE)
        stays, leaves = stub.Watch(request), stub.Watch(request)
        assert [(await each.read()).status for each in (stays, leaves)] == [STATUS.SERVING] * 2
        leaves.cancel()
        await asyncio.sleep(0.05)
        await door.door.drain(5)
        assert (await stays.read()).status == STATUS.NOT_SERVING


async def test_who_only_watches_does_not_keep_it_open():
    """The watching ends with the door, long before its time to drain is over."""
    async with opened() as door:
        watch = health_pb2_grpc.HealthStub(door.channel).Watch(health_pb2.HealthCheckRequest())
        await watch.read()
        async with asyncio.timeout(30):
            await door.door.drain(300)


async def test_probes_say_nothing_as_long_as_all_is_well():
    """They come every few seconds."""
    async with opened() as door:
        with logged() as logs:
            await check(door, "")
            await refused(check(door, "nobody"))
            await until(lambda: len(logs) == 2)
    assert [(entry["log_level"], entry["code"]) for entry in logs] == [
        ("debug", "OK"),
        ("info", "NOT_FOUND"),
    ]


async def test_reflection_is_there_where_it_is_asked_for():
    """It names the service, so that grpcurl needs no file."""
    async with opened(reflection=True) as door:
        assert "ai.v1.AIService" in await services(door.channel)


async def test_reflection_is_not_there_otherwise():
    """UNIMPLEMENTED, as for any service that is not there."""
    async with opened() as door:
        error = await refused(services(door.channel))
        nothing = door.channel.unary_unary("/ai.v1.AIService/Nothing")
        assert (await refused(nothing(b""))).code() is grpc.StatusCode.UNIMPLEMENTED
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\x0a\x05ab", b"\x0a\x02\xff\xfe"])
async def test_bytes_that_are_no_request(data):
    """INVALID_ARGUMENT, also for a text that is not UTF-8; the next call is answered."""
    async with opened() as door:
        raw = door.channel.unary_unary("/ai.v1.AIService/Query")
        error = await refused(raw(data))
        assert (await door.query(KITCHEN)).action_taken
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details().startswith("BODY_INVALID: ")


async def test_a_message_beyond_all_bounds_is_not_read():
    """The transport refuses it, before anybody sees it."""
    async with opened(settings=RpcSettings(max_message_bytes=16 * 1024)) as door:
        error = await refused(door.query("a" * 20_000))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
