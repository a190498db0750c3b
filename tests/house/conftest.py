"""A real Home Assistant for all tests here, and the ways to it.

The fixtures that others use: `home` (`.url`, `.token`, `.state(entity_id)`), `assistant` (the
adapter for Home Assistant itself), `gateway` (``python -m bridge.gateway`` in front of it), and
`behind` (the adapter for the gateway).
"""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.house.gateway_process_kit import GatewayProcess, variables
from tests.house.home_kit import Home
from tests.unit.house.certificates_kit import NAME, Authority
from tritone.house.opening import open_house
from tritone.house.port import House
from tritone.settings import HouseSettings

INSTALL_SECONDS = 1200
"""How long the first test may take."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test of these is first has the time to install."""
    for item in items:
        if item.get_closest_marker("house"):
            item.add_marker(pytest.mark.timeout(INSTALL_SECONDS))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Home Assistant with a few rooms; the same for all tests."""
    made = Home(tmp_path_factory.mktemp("home"))
    try:
        made.make()
        yield made
    finally:
        made.thaw()
        made.stop()


@pytest.fixture
async def assistant(home: Home) -> AsyncIterator[House]:
    """The home, directly."""
    house = await open_house(HouseSettings(url=home.url, token=home.token))
    yield house
    await house.aclose()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs for both ends."""
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def gateway(home: Home, authority: Authority) -> Iterator[GatewayProcess]:
    """The reference gateway in front of it."""
    given = {"TRITONE_HOUSE__URL": home.url, "TRITONE_HOUSE__TOKEN": home.token}
    with GatewayProcess(**variables(authority.server()), **given) as process:
        yield process


@pytest.fixture
async def behind(gateway: GatewayProcess, authority: Authority) -> AsyncIterator[House]:
    """The home, through the gateway."""
    files = authority.files("tritone")
    house = await open_house(
        HouseSettings(
            gateway_addr=f"127.0.0.1:{gateway.port}",
            gateway_ca_file=files.ca,
            gateway_cert_file=files.certificate,
            gateway_key_file=files.key,
            gateway_server_name=NAME,
        )
    )
    yield house
    await house.aclose()
