"""A real door in a process of its own, before the real Triton of all integration tests."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.conftest import Platform, free_settings
from tests.integration.test_recovery import repository
from tritone.launcher.door import Door
from tritone.launcher.entrances import edge
from tritone.launcher.supervisor import Supervisor
from tritone.settings import Settings


class OpenDoor:
    """A running door."""

    def __init__(self, door: Door, entries: list[tuple[str, str, dict[str, Any]]]) -> None:
        self.url = door.url
        self.api = f"{door.url}/v1"
        self.door = door
        self.entries = entries

    def logged(self, text: str) -> list[dict[str, Any]]:
        """The fields of the log entries with this text."""
        return [fields for _, found, fields in self.entries if found == text]


@contextlib.contextmanager
def open_door(settings: Settings, **environment: str) -> Iterator[OpenDoor]:
    """A door for the Triton of `settings`; `environment` sets what it does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    used = settings.model_copy(update={"edge": settings.edge.model_copy(update={"port": port})})
    entries: list[tuple[str, str, dict[str, Any]]] = []
    with Door(
        edge(used), used, lambda *entry: entries.append(entry), environment=environment
    ) as door:
        door.start()
        yield OpenDoor(door, entries)


@pytest.fixture(scope="session")
def door(platform: Platform) -> Iterator[OpenDoor]:
    """The door of the session, without keys."""
    with open_door(platform.settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Another Triton, with the models that doors call: a start that is twice as quick."""
    folder = repository(
        tmp_path_factory.mktemp("models"), "llm", "stt", "tts", "embedder", "reranker"
    )
    used = free_settings(repositories=(folder,))
    with Supervisor(used) as server:
        server.wait_ready()
        yield Platform(server, used)
