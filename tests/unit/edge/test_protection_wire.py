"""The protection behind a real server and real sockets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from tests.unit.edge.protection_kit import Guarded, keep
from tritone.access import keys
from tritone.settings import Lane

pytestmark = pytest.mark.unit


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield


@contextlib.asynccontextmanager
async def listening(guarded: Guarded) -> AsyncIterator[int]:
    """The application's port."""
    config = uvicorn.Config(
        guarded.app, port=0, http="httptools", ws="none", log_config=None, lifespan="on"
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    await guarded.until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await task


class Socket:
    """A client that says what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def post(cls, port: int, path: str, body: bytes = b"", length: int = 0) -> "Socket":
        """Sends a request, and as much of its body as given."""
        socket = cls(*await asyncio.open_connection("127.0.0.1", port))
        head = (
            f"POST {path} HTTP/1.1\r\nhost: door\r\ncontent-length: {length or len(body)}\r\n\r\n"
        )
        socket.writer.write(head.encode() + body)
        await socket.writer.drain()
        return socket

    async def status(self) -> int:
        async with asyncio.timeout(60):
            head = await self.reader.readuntil(b"\r\n\r\n")
        return int(head.split()[1])

    async def leave(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


async def test_a_client_that_closes_its_socket_leaves_the_queue() -> None:
    """Without another byte sent or received."""
    guarded = Guarded(lane=Lane(running=1, waiting=2))
    async with listening(guarded) as port:
        first = await Socket.post(port, "/slow", b"hello")
        await guarded.until(lambda: len(guarded.ends) == 1)
        second = await Socket.post(port, "/slow", b"hello")
        third = await Socket.post(port, "/slow", b"half", length=1000)
        await guarded.until(lambda: guarded.figures() == (1, 2))
        await second.leave()
        await third.leave()
        await guarded.until(lambda: guarded.figures() == (1, 0))
        guarded.ends[0].set()
        assert await first.status() == 200
        await first.leave()
    assert guarded.bodies == [b"hello"]


async def test_a_refusal_does_not_wait_for_the_upload(tmp_path: Path) -> None:
    """A wrong key is answered after the headers, with a gigabyte still to come."""
    keep(tmp_path / "keys.json", keys.create("ada")[0])
    guarded = Guarded(path=tmp_path / "keys.json")
    async with listening(guarded) as port:
        socket = await Socket.post(port, "/chat", b"x" * 1000, length=1024**3)
        assert await socket.status() == 401
        await socket.leave()
    assert guarded.reached == []


async def test_a_client_that_closes_its_socket_gives_back_its_place() -> None:
    """Its work is cancelled, and the next one begins."""
    guarded = Guarded(lane=Lane(running=1, waiting=1))
    async with listening(guarded) as port:
        first = await Socket.post(port, "/slow")
        await guarded.until(lambda: len(guarded.ends) == 1)
        second = await Socket.post(port, "/slow", b"second")
        await guarded.until(lambda: guarded.figures() == (1, 1))
        await first.leave()
        await guarded.until(lambda: len(guarded.ends) == 2)
        guarded.ends[1].set()
        assert await second.status() == 200
        await second.leave()
    assert guarded.figures() == (0, 0)


async def test_a_large_body_arrives_whole_after_a_wait() -> None:
    """What was left in the socket comes once there is a place."""
    guarded = Guarded(lane=Lane(running=1, waiting=1))
    body = bytes(range(256)) * 8 * 1024
    async with listening(guarded) as port:
        first = await Socket.post(port, "/slow")
        await guarded.until(lambda: len(guarded.ends) == 1)
        sending = asyncio.create_task(Socket.post(port, "/chat", body))
        await guarded.until(lambda: guarded.figures() == (1, 1))
        guarded.ends[0].set()
        assert await first.status() == 200
        second = await sending
        assert await second.status() == 200
        for socket in (first, second):
            await socket.leave()
    assert guarded.bodies[1] == body
