"""Which home the settings name, and what is wrong with them."""

import pytest

from tests.unit.house.certificates_kit import Authority
from tritone.errors import HouseUnreachable, SetupError
from tritone.house.absent import Absent
from tritone.house.assistant import Assistant
from tritone.house.gateway import Gateway
from tritone.house.opening import open_house
from tritone.house.port import Order
from tritone.settings import HouseSettings, Settings

pytestmark = pytest.mark.unit
URL = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    """No home of whoever runs this."""
    for name in HouseSettings.model_fields:
        monkeypatch.delenv(f"TRITONE_HOUSE__{name.upper()}", raising=False)
    for name in ("ADDR", "SERVER_NAME", *(f"TLS_{each}_FILE" for each in ("CA", "CERT", "KEY"))):
        monkeypatch.delenv(f"HA_GATEWAY_{name}", raising=False)


async def kind(settings: HouseSettings) -> type:
    """What is opened."""
    house = await open_house(settings)
    await house.aclose()
    return type(house)


async def test_home_assistant_is_opened_with_its_token(tmp_path):
    """The token comes from its variable, or from a file, and nobody has to answer yet."""
    (tmp_path / "token").write_text(" the-token\n")
    assert await kind(HouseSettings(url=URL, token="the-token")) is Assistant
    assert await kind(HouseSettings(url=URL, token_file=tmp_path / "token")) is Assistant


async def test_a_gateway_goes_before_home_assistant(tmp_path, monkeypatch):
    """With both set it is the gateway that is asked; its variables are HA_GATEWAY_..."""
    files = Authority(tmp_path).files("tritone")
    monkeypatch.setenv("HA_GATEWAY_ADDR", "127.0.0.1:1")
    monkeypatch.setenv("HA_GATEWAY_TLS_CA_FILE", str(files.ca))
    monkeypatch.setenv("HA_GATEWAY_TLS_CERT_FILE", str(files.certificate))
    monkeypatch.setenv("HA_GATEWAY_TLS_KEY_FILE", str(files.key))
    monkeypatch.setenv("TRITONE_HOUSE__URL", URL)
    assert await kind(Settings().house) is Gateway


@pytest.mark.parametrize("name", ["HA_GATEWAY_SERVER_NAME", "HA_GATEWAY_TLS_SERVER_NAME"])
def test_the_gateways_name_has_two_spellings(monkeypatch, name):
    """Both variables name it."""
    monkeypatch.setenv(name, "gateway.test")
    assert Settings().house.gateway_server_name == "gateway.test"


async def test_without_a_home_each_call_says_what_to_set():
    """It can be opened, so that all that needs no home is served."""
    house = await open_house(HouseSettings())
    assert isinstance(house, Absent)
    order = Order(action="light.turn_on", entity_id="light.a")
    for call in (house.entities(), house.entity("light.a"), house.perform(order)):
        with pytest.raises(HouseUnreachable, match=r"set TRITONE_HOUSE__URL .* HA_GATEWAY_ADDR"):
            await call


@pytest.mark.parametrize(
    "url", ["homeassistant:8123", "ftp://home", "http://", "http://me:secret@h:1"]
)
async def test_an_address_that_is_none_is_refused(url):
    """What is set is not repeated: it might hold a password."""
    with pytest.raises(SetupError, match="TRITONE_HOUSE__URL must be") as caught:
        await open_house(HouseSettings(url=url, token="t"))
    assert "secret" not in caught.value.message


async def test_a_missing_token_is_told():
    """Where to make one is said, and both ways to set it."""
    with pytest.raises(SetupError, match=r"profile page.*TRITONE_HOUSE__TOKEN_FILE"):
        await open_house(HouseSettings(url=URL))


@pytest.mark.parametrize("token", ["two words", "tökén", "line\nbreak"])
async def test_a_token_that_cannot_be_one_is_refused_unseen(token):
    """The message does not hold it."""
    with pytest.raises(SetupError, match="has characters") as caught:
        await open_house(HouseSettings(url=URL, token=token))
    assert token not in caught.value.message


async def test_a_token_file_that_cannot_be_read_is_named(tmp_path):
    """Missing, a folder, or no text."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name in ("gone", ".", "binary"):
        path = tmp_path / name
        with pytest.raises(SetupError, match=r"TRITONE_HOUSE__TOKEN_FILE=.* cannot be read"):
            await open_house(HouseSettings(url=URL, token_file=path))


async def test_a_gateway_without_certificates_is_refused():
    """All three variables are named at once."""
    with pytest.raises(SetupError, match="CA_FILE, HA_GATEWAY_TLS_CERT_FILE, HA_GATEWAY_TLS_KEY"):
        await open_house(HouseSettings(gateway_addr="127.0.0.1:1"))


def test_the_token_is_not_shown_with_the_settings():
    """Neither as text nor as JSON."""
    settings = Settings(house=HouseSettings(url=URL, token="the-token"))
    assert "the-token" not in repr(settings)
    assert "the-token" not in settings.model_dump_json()
