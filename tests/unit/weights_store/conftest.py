"""A store that knows one toy, and a server that has it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.weights_kit import BODY, WRONG, Server, entry, manifest, serving, url_source
from tritone.weights import Manifest, Store


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server({"/model": BODY, "/wrong": WRONG})) as running:
        yield running


@pytest.fixture
def toy(server: Server) -> Manifest:
    return manifest(entry([url_source(f"{server.url}/model")]))


@pytest.fixture
def store(tmp_path: Path, toy: Manifest) -> Store:
    return Store(tmp_path, manifest=toy)
