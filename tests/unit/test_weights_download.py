"""One file over HTTP, with everything that goes wrong on the way."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.weights_kit import BODY, Server, serving
from tritone.weights.download import Downloader
from tritone.weights.failures import Refused, SourceFailed, Stopped, Unreachable, WrongBytes

pytestmark = pytest.mark.unit


class Rig:
    """A downloader, its part and what it told."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.part = folder / "model.part"
        self.stop = threading.Event()
        self.warnings: list[str] = []
        self.seen = 0
        self.downloader = Downloader(self.stop, self.warnings.append, backoff=0.001)

    def fetch(self, *, size: int | None = len(BODY), path: str = "/model") -> bool:
        return self.downloader.fetch(
            self.server.url + path, self.part, size=size, advance=self._advance
        )

    def _advance(self, count: int) -> None:
        self.seen += count


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with serving(Server({"/model": BODY})) as server:
        rig = Rig(server, tmp_path)
        yield rig
        rig.downloader.close()


@pytest.mark.parametrize("size", [len(BODY), None])
def test_a_broken_connection_is_resumed(rig: Rig, size: int | None) -> None:
    """A connection that breaks twice costs nothing twice: each request asks for the rest."""
    rig.server.cut["/model"] = [100_000, 50_000]
    rig.fetch(size=size)
    assert rig.part.read_bytes() == BODY
    assert rig.server.asked("/model") == ["", "bytes=100000-", "bytes=150000-"]
    assert rig.seen == len(BODY)


def test_an_earlier_part_is_resumed(rig: Rig) -> None:
    """What an earlier run left is kept, and reported as continued."""
    rig.part.write_bytes(BODY[:1000])
    assert rig.fetch()
    assert rig.part.read_bytes() == BODY
    assert rig.server.asked("/model") == ["bytes=1000-"]
    assert rig.seen == len(BODY)


def test_a_server_without_range_starts_again(rig: Rig) -> None:
    """A server that knows no Range sends the whole file; nothing is doubled."""
    rig.server.ranges = False
    rig.server.cut["/model"] = [100_000]
    rig.fetch()
    assert rig.part.read_bytes() == BODY
    assert rig.seen == len(BODY)


@pytest.mark.parametrize("size", [len(BODY), None])
def test_a_complete_part_needs_no_bytes(rig: Rig, size: int | None) -> None:
    """A part that is already whole is left as it is."""
    rig.part.write_bytes(BODY)
    assert rig.fetch(size=size)
    assert rig.part.read_bytes() == BODY
    assert rig.seen == len(BODY)


def test_a_part_longer_than_the_file_is_dropped(rig: Rig) -> None:
    """Too many bytes cannot be a beginning: start again."""
    rig.part.write_bytes(BODY + b"more")
    assert not rig.fetch()
    assert rig.part.read_bytes() == BODY


def test_a_part_longer_than_the_servers_file_is_dropped(rig: Rig) -> None:
    """The same when only the server knows the size (it answers 416)."""
    rig.part.write_bytes(BODY + b"more")
    rig.fetch(size=None)
    assert rig.part.read_bytes() == BODY
    assert rig.seen == len(BODY)


def test_a_file_of_another_size_is_not_downloaded(rig: Rig) -> None:
    """A wrong Content-Length is noticed before the bytes are paid for."""
    with pytest.raises(WrongBytes, match="262,144 bytes instead of 100"):
        rig.fetch(size=100)
    assert rig.seen == 0


def test_a_busy_server_is_asked_again(rig: Rig) -> None:
    """503 and 429 pass."""
    rig.server.status["/model"] = [503, 429]
    rig.fetch()
    assert rig.part.read_bytes() == BODY


def test_a_refusal_is_final(rig: Rig) -> None:
    """404 is not asked again; the status is told."""
    with pytest.raises(Refused, match="HTTP 404 Not Found") as caught:
        rig.fetch(path="/nothing")
    assert caught.value.status == 404
    assert len(rig.server.log) == 1


def test_it_gives_up_when_nothing_comes(rig: Rig) -> None:
    """A connection that only ever breaks ends after six tries in a row without a byte."""
    rig.server.cut["/model"] = [10, *[0] * 50]
    with pytest.raises(SourceFailed, match="6 tries"):
        rig.fetch()
    assert rig.part.read_bytes() == BODY[:10]
    assert len(rig.server.log) == 7


def test_a_dead_host_is_asked_once(rig: Rig) -> None:
    """The first request finds out; the others fail at once, and one warning is given."""
    dead = "http://127.0.0.1:9/model"  # the discard port: nobody listens
    for _ in range(3):
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1 cannot be reached"):
            rig.downloader.fetch(dead, rig.part, size=1, advance=lambda _: None)
    assert len(rig.warnings) == 1


def test_stopping_keeps_the_part(rig: Rig) -> None:
    """An interrupted download leaves what it has."""
    rig.server.delay = 0.2
    timer = threading.Timer(0.2, rig.stop.set)
    timer.start()
    with pytest.raises(Stopped):
        rig.fetch()
    timer.join()
    have = rig.part.read_bytes()
    assert 0 < len(have) < len(BODY)
    assert BODY.startswith(have)
