"""The handshake that `--self-test` shows, and why one fails."""

import ssl
from datetime import UTC, datetime

import pytest

from tests.nats.server_kit import free_ports
from tests.unit.house.certificates_kit import NAME, PAST, Authority
from tests.unit.house.gateway_kit import Held, gateway
from tests.unit.house.test_gateway_refusals import tls_server
from tritone.errors import HouseUnreachable, SetupError
from tritone.house.handshake import handshake

pytestmark = pytest.mark.unit


@pytest.fixture
def authority(tmp_path):
    """Who signs for both ends."""
    return Authority(tmp_path)


@pytest.fixture
async def address(authority):
    """Of a gateway."""
    async with gateway(Held(), authority.server()) as door:
        yield f"127.0.0.1:{door.port}"


async def test_a_handshake_shows_both_certificates(authority, address):
    """Version and cipher; and each one's names, who signed it, until when it is good."""
    done = await handshake(address, authority.files("tritone"), NAME)
    assert (done.address, done.server_name) == (address, NAME)
    assert done.version == "TLSv1.3"
    assert done.cipher.startswith("TLS_")
    assert done.theirs.names == (NAME,)
    assert done.ours.names == ("tritone@test",)
    assert "CN=tritone" in done.ours.subject
    assert "O=ca" in done.theirs.issuer
    assert done.ours.expires > datetime.now(UTC)


async def test_a_certificate_that_the_gateway_does_not_take_is_told(authority, address):
    """A gateway that hangs up on our certificate is found out, although its own was fine."""
    other = Authority(authority.folder, "other")
    files = other.files("stranger", believes=authority.file)
    with pytest.raises(SetupError, match=r"take our certificate.*HA_GATEWAY_TLS_CERT_FILE"):
        await handshake(address, files, NAME)


async def test_another_name_is_told(authority, address):
    """The setting that says which name is right is named."""
    with pytest.raises(SetupError, match=r"is not for 'bank.test': set HA_GATEWAY_SERVER_NAME"):
        await handshake(address, authority.files("tritone"), "bank.test")


async def test_another_authority_is_told(authority, address):
    """The file is named in which the gateway's authority is missing."""
    other = Authority(authority.folder, "other")
    files = authority.files("tritone", believes=other.file)
    with pytest.raises(SetupError, match="does not come from HA_GATEWAY_TLS_CA_FILE="):
        await handshake(address, files, NAME)


async def test_a_gateway_whose_certificate_has_expired_is_told(authority):
    """It is the gateway's that must be renewed, not ours."""
    files = authority.files("late", NAME, not_after=PAST)
    async with tls_server(files, ssl.TLSVersion.TLSv1_3) as (port, _):
        with pytest.raises(SetupError, match=r"certificate of ha-gateway at .* has expired"):
            await handshake(f"127.0.0.1:{port}", authority.files("tritone"), NAME)


async def test_a_server_of_tls_12_is_told(authority):
    """Less than TLS 1.3 is no handshake."""
    async with tls_server(authority.server(), ssl.TLSVersion.TLSv1_2) as (port, _):
        with pytest.raises(HouseUnreachable, match=r"no TLS 1\.3 is spoken"):
            await handshake(f"127.0.0.1:{port}", authority.files("tritone"), NAME)


async def test_nobody_there_is_told(authority):
    """An address where nobody listens is named with its setting."""
    (port,) = free_ports(1)
    with pytest.raises(HouseUnreachable, match=rf"127\.0\.0\.1:{port} \(HA_GATEWAY_ADDR\)"):
        await handshake(f"127.0.0.1:{port}", authority.files("tritone"), NAME)


@pytest.mark.parametrize("address", ["gateway", "gateway:", ":50053", "gateway:https"])
async def test_an_address_without_host_and_port_is_told(authority, address):
    """The form of an address is said."""
    with pytest.raises(SetupError, match="must be host:port"):
        await handshake(address, authority.files("tritone"), NAME)
