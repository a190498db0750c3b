"""`--self-test` against a real gateway: what it shows, and how it fails."""

import pytest

from bridge.rpc.self_test import self_test
from tests.rpc.rpc_kit import logged
from tests.unit.house.certificates_kit import NAME, PAST, Authority
from tests.unit.house.gateway_kit import Held, gateway
from tritone.errors import HouseUnreachable, SetupError
from tritone.settings import HouseSettings, RpcSettings, Settings

pytestmark = pytest.mark.unit


@pytest.fixture
def authority(tmp_path):
    """Who signs for both ends."""
    return Authority(tmp_path)


def settings(port, files, **more):
    """Those of an AIService behind a gateway."""
    house = HouseSettings(
        gateway_addr=f"127.0.0.1:{port}",
        gateway_ca_file=files.ca,
        gateway_cert_file=files.certificate,
        gateway_key_file=files.key,
        gateway_server_name=NAME,
    )
    return Settings(house=house, **more)


async def test_it_shows_the_handshake_and_the_names(authority, capsys):
    """TLS 1.3 and its cipher, the names in both certificates, and that the home answers."""
    async with gateway(Held(), authority.server()) as door:
        with logged():
            await self_test(settings(door.port, authority.files("tritone")))
    told = {line[:10].strip(): line[11:] for line in capsys.readouterr().out.splitlines()}
    assert list(told) == ["listens", "home", "handshake", "theirs", "ours", "answers"]
    assert told["listens"] == ":50052, plain text"
    assert told["home"] == f"ha-gateway at 127.0.0.1:{door.port}, as {NAME}"
    assert told["handshake"].startswith("TLSv1.3, TLS_")
    assert f"names {NAME};" in told["theirs"]
    assert "CN=tritone" in told["ours"]
    assert told["answers"] == "with 2 things"


async def test_it_shows_how_clients_are_met(authority, capsys):
    """With the door's own TLS, whose certificates it wants."""
    own = authority.files("door", "localhost")
    rpc = RpcSettings(
        tls_cert_file=own.certificate, tls_key_file=own.key, tls_client_ca_file=own.ca
    )
    async with gateway(Held(), authority.server()) as door:
        await self_test(settings(door.port, authority.files("tritone"), rpc=rpc))
    (line,) = [each for each in capsys.readouterr().out.splitlines() if "listens" in each]
    assert line.endswith(f"TLS with {own.certificate}, to clients with a certificate from {own.ca}")


async def test_a_certificate_that_is_not_taken(authority, tmp_path):
    """The fix names the file that has to change."""
    stranger = Authority(tmp_path, "stranger").files("tritone", believes=authority.file)
    async with gateway(Held(), authority.server()) as door:
        with pytest.raises(SetupError, match="does not take our certificate"):
            await self_test(settings(door.port, stranger))


async def test_a_certificate_that_has_expired(authority):
    """It is told before anybody is called."""
    with pytest.raises(SetupError, match=r"HA_GATEWAY_TLS_CERT_FILE.* expired on"):
        await self_test(settings(1, authority.files("tritone", not_after=PAST)))


async def test_a_gateway_whose_home_is_gone(authority, capsys):
    """The handshake is shown all the same: it is not what failed."""
    house = Held()
    house.failure = HouseUnreachable("Home Assistant is unplugged")
    async with gateway(house, authority.server()) as door:
        with pytest.raises(HouseUnreachable, match="unplugged"):
            await self_test(settings(door.port, authority.files("tritone")))
    assert "handshake" in capsys.readouterr().out
