"""Whether a door may open without keys."""

from pathlib import Path

import pytest

from tritone.access.exposure import check_exposure
from tritone.errors import SetupError
from tritone.settings import EdgeSettings

pytestmark = pytest.mark.unit

OPEN_ADDRESSES = [
    "0.0.0.0",
    "::",
    "",
    "192.168.1.7",
    "2001:db8::1",
    "example.org",
    "::ffff:8.8.8.8",
]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.53", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"]
)
def test_this_machine_may_be_served_without_keys(host: str) -> None:
    """Nobody else reaches the loopback."""
    check_exposure(EdgeSettings(host=host))


@pytest.mark.parametrize("host", OPEN_ADDRESSES)
def test_others_may_not(host: str) -> None:
    """The message names all three ways out."""
    with pytest.raises(SetupError) as caught:
        check_exposure(EdgeSettings(host=host))
    for way in ("KEYS_FILE", "HOST=127.0.0.1", "OPEN_TO_ALL"):
        assert f"TRITONE_EDGE__{way}" in caught.value.message


@pytest.mark.parametrize("host", OPEN_ADDRESSES)
def test_keys_or_the_word_of_the_owner_open_the_door(host: str) -> None:
    """Either is enough."""
    check_exposure(EdgeSettings(host=host, keys_file=Path("keys.json")))
    check_exposure(EdgeSettings(host=host, open_to_all=True))
