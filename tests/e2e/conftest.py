"""The whole of it: a real Triton, and doors in front of it that clients knock at."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.doors import RunningDoor, new_key, opened
from tests.integration.conftest import free_settings
from tritone.launcher.supervisor import Supervisor
from tritone.settings import Settings, settings


@pytest.fixture(scope="package")
def triton() -> Iterator[Settings]:
    """The Triton behind the doors: the one of TRITONE_TRITON_URL, or one that is started.

    It is stopped after these tests, so that it is not in the way of others.
    """
    if settings().triton_url:
        yield settings()
        return
    used = free_settings()
    with Supervisor(used) as server:
        server.wait_ready()
        yield used


@pytest.fixture(scope="package")
def open_door(triton: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDoor]:
    """A door that asks for no key."""
    with opened(triton, tmp_path_factory.mktemp("open")) as door:
        yield door


@pytest.fixture(scope="package")
def door(triton: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDoor]:
    """The door of most tests: it asks for a key."""
    folder = tmp_path_factory.mktemp("door")
    keys = folder / "keys.json"
    key = new_key(keys)
    with opened(triton, folder, key, TRITONE_EDGE__KEYS_FILE=str(keys)) as door:
        yield door


@pytest.fixture(scope="module")
def http(door: RunningDoor) -> Iterator[httpx.Client]:
    """A client with a key; when a module's tests are done the door still serves."""
    with door.client() as client:
        yield client
        assert client.get("/health/ready").status_code == 200
