"""Whom the gateway lets in, and which gateway is believed."""

import asyncio
import contextlib
import ssl

import grpc
import pytest

from tests.unit.house.certificates_kit import NAME, PAST, Authority
from tests.unit.house.gateway_kit import Held, client, gateway
from tritone.errors import HouseUnreachable
from tritone.house.certificates import Files
from tritone.protos.ha.v1 import ha_pb2, ha_pb2_grpc

pytestmark = pytest.mark.unit


@pytest.fixture
def authority(tmp_path):
    """Who signs for both ends."""
    return Authority(tmp_path)


@pytest.fixture
def held():
    """The home."""
    return Held()


@pytest.fixture
async def door(held, authority):
    """The gateway."""
    async with gateway(held, authority.server()) as opened:
        yield opened


async def listed(port: int, files: Files, *, certificate: bool = True) -> grpc.StatusCode:
    """How a list is answered to a client without any of our care."""
    credentials = grpc.ssl_channel_credentials(
        files.ca.read_bytes(),
        files.key.read_bytes() if certificate else None,
        files.certificate.read_bytes() if certificate else None,
    )
    options = [("grpc.ssl_target_name_override", NAME)]
    async with grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials, options) as channel:
        stub = ha_pb2_grpc.EntityServiceStub(channel)
        try:
            await stub.List(ha_pb2.ListRequest(), timeout=5)
        except grpc.aio.AioRpcError as error:
            return error.code()
    return grpc.StatusCode.OK


async def test_a_client_with_a_certificate_is_served(door, held, authority):
    """A certificate from the right authority opens the door."""
    assert await listed(door.port, authority.files("tritone")) is grpc.StatusCode.OK
    assert held.lists == 1


async def test_a_client_without_a_certificate_is_refused(door, held, authority):
    """Knowing whom to believe is not enough: one must show who one is."""
    status = await listed(door.port, authority.files("tritone"), certificate=False)
    assert status is grpc.StatusCode.UNAVAILABLE
    assert held.lists == 0


async def test_a_client_of_another_authority_is_refused(door, held, authority):
    """A certificate that somebody else has signed is none."""
    other = Authority(authority.folder, "other")
    status = await listed(door.port, other.files("stranger", believes=authority.file))
    assert status is grpc.StatusCode.UNAVAILABLE
    assert held.lists == 0


async def test_a_client_whose_certificate_has_expired_is_refused(door, held, authority):
    """What was a certificate yesterday is none today."""
    status = await listed(door.port, authority.files("late", not_after=PAST))
    assert status is grpc.StatusCode.UNAVAILABLE
    assert held.lists == 0


async def greeted(port: int, files: Files, version: ssl.TLSVersion) -> bytes:
    """The first bytes of the server, over one version of TLS; none where it refuses."""
    context = ssl.create_default_context(cafile=str(files.ca))
    context.load_cert_chain(files.certificate, files.key)
    context.set_alpn_protocols(["h2"])
    context.minimum_version = context.maximum_version = version
    with contextlib.suppress(ssl.SSLError, ConnectionError):
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname=NAME
        )
        try:
            return await reader.read(9)
        finally:
            writer.transport.abort()
    return b""


async def test_nothing_below_tls_13_is_spoken(door, authority):
    """The same client with the same certificate is refused as soon as it speaks TLS 1.2."""
    files = authority.files("tritone")
    assert await greeted(door.port, files, ssl.TLSVersion.TLSv1_3)
    assert await greeted(door.port, files, ssl.TLSVersion.TLSv1_2) == b""


@contextlib.asynccontextmanager
async def tls_server(files: Files, version: ssl.TLSVersion):
    """A server that speaks one version of TLS; gives its port and the versions of its clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    context.set_alpn_protocols(["h2"])
    context.minimum_version = context.maximum_version = version
    seen: list[str] = []

    def met(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("ssl_object").version())
        writer.transport.abort()

    async with await asyncio.start_server(met, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1], seen


@pytest.mark.parametrize(
    ("version", "met"), [(ssl.TLSVersion.TLSv1_3, True), (ssl.TLSVersion.TLSv1_2, False)]
)
async def test_a_gateway_that_speaks_no_tls_13_is_refused(authority, version, met):
    """We shake hands with a server of TLS 1.3, and with one of TLS 1.2 we do not."""
    async with (
        tls_server(authority.server(), version) as (port, seen),
        client(port, authority.files("tritone")) as house,
    ):
        with pytest.raises(HouseUnreachable):
            await house.entities()
        assert bool(seen) is met


async def test_a_gateway_of_another_name_is_refused(door, held, authority):
    """A certificate for another name is not the gateway's, whoever has signed it."""
    async with client(door.port, authority.files("tritone"), name="bank.test") as house:
        with pytest.raises(HouseUnreachable):
            await house.entities()
    assert held.lists == 0


async def test_a_gateway_of_another_authority_is_refused(door, held, authority):
    """A gateway that somebody else has signed gets no order of ours."""
    other = Authority(authority.folder, "other")
    files = authority.files("tritone", believes=other.file)
    async with client(door.port, files) as house:
        with pytest.raises(HouseUnreachable):
            await house.entities()
    assert held.lists == 0
