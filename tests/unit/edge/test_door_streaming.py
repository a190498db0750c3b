"""Streams: their first chunk, their end, and clients that leave."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest
from litestar import Litestar, Request, Response, get

from edge import sse
from edge.errors import on_error
from edge.streaming import stream, unless_gone
from tritone.errors import EngineDied, Overloaded, TritoneError

pytestmark = pytest.mark.unit


class Connection:
    """One request to an ASGI app, whose client may leave."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.gone = asyncio.Event()
        self.chunk = asyncio.Event()
        self._asked = False

    async def receive(self) -> Any:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        if message.get("body"):
            self.chunk.set()

    async def get(self, app: Any, path: str = "/") -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
            "scheme": "http",
            "http_version": "1.1",
            "server": ("localhost", 80),
            "client": ("localhost", 1),
            "extensions": {},
        }
        await app(scope, self.receive, self.send)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


class Source:
    """Chunks, then what a test wants; remembers how it ended."""

    def __init__(self, chunks: list[bytes], end: Exception | None = None, *, hang: bool = False):
        self.chunks, self.end, self.hang = chunks, end, hang
        self.closed = asyncio.Event()

    async def run(self) -> AsyncGenerator[bytes, None]:
        try:
            for chunk in self.chunks:
                yield chunk
            if self.hang:
                await asyncio.Event().wait()
            if self.end:
                raise self.end
        finally:
            self.closed.set()


def door(source: Source) -> Litestar:
    """A door with one handler."""

    @get("/")
    async def streams(request: Request[Any, Any, Any]) -> Response[Any]:
        return await stream(request, sse.guarded(source.run()), media_type=sse.MEDIA_TYPE)

    @get("/whole")
    async def whole(request: Request[Any, Any, Any]) -> str:
        async def work() -> str:
            return b"".join([chunk async for chunk in source.run()]).decode()

        return await unless_gone(request, work())

    return Litestar([streams, whole], exception_handlers={TritoneError: on_error})


async def test_streams_in_order() -> None:
    """Chunks arrive as they are, and the source is closed."""
    source = Source([b"a", b"b"])
    connection = Connection()
    await connection.get(door(source))
    assert connection.sent[0]["status"] == 200
    headers = dict(connection.sent[0]["headers"])
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert b"content-length" not in headers
    assert [message["body"] for message in connection.sent[1:]] == [b"a", b"b", b""]
    assert source.closed.is_set()


async def test_error_before_the_first_chunk_is_a_status() -> None:
    """Nothing was said yet, so the refusal is a proper one."""
    connection = Connection()
    await connection.get(door(Source([], Overloaded("full", retry_after=3))))
    assert connection.sent[0]["status"] == 429
    assert dict(connection.sent[0]["headers"])[b"retry-after"] == b"3"


async def test_error_in_mid_stream_is_an_event() -> None:
    """What began ends with an event that says why, and the stream ends properly."""
    connection = Connection()
    await connection.get(door(Source([b"data: 1\n\n"], EngineDied("it died"))))
    last = connection.body.split(b"\n\n")[-2]
    error = msgspec.json.decode(last.removeprefix(b"data: "))["error"]
    assert (error["code"], error["message"]) == ("engine_died", "it died")
    assert connection.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_a_defect_in_mid_stream_tells_nothing() -> None:
    """The event of a defect does not have its reason."""
    connection = Connection()
    await connection.get(door(Source([b"data: 1\n\n"], ZeroDivisionError("secret"))))
    assert b"secret" not in connection.body
    assert b"server_error" in connection.body


@pytest.mark.parametrize("chunks", [[], [b"a"]], ids=["before the first chunk", "in mid-stream"])
async def test_leaving_closes_the_source(chunks: list[bytes]) -> None:
    """A client that disconnects ends the work, also when nothing more would be sent."""
    source = Source(chunks, hang=True)
    connection = Connection()
    running = asyncio.create_task(connection.get(door(source)))
    if chunks:
        await connection.chunk.wait()
    connection.gone.set()
    await asyncio.wait_for(running, 10)
    assert source.closed.is_set()


async def test_leaving_cancels_work_that_answers_once() -> None:
    """The same holds for answers that do not stream."""
    source = Source([b"a"], hang=True)
    connection = Connection()
    running = asyncio.create_task(connection.get(door(source), "/whole"))
    connection.gone.set()
    await asyncio.wait_for(running, 10)
    assert source.closed.is_set()


async def test_cancelling_the_server_closes_the_source() -> None:
    """What a server cancels when its drain is over is closed, too."""
    source = Source([b"a"], hang=True)
    connection = Connection()
    running = asyncio.create_task(connection.get(door(source)))
    await connection.chunk.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert source.closed.is_set()


def test_event() -> None:
    """One line of JSON under `data:`, a name before it where there is one."""
    assert sse.event({"a": "ü\n"}) == b'data: {"a":"\xc3\xbc\\n"}\n\n'
    assert sse.event({}, "done") == b"event: done\ndata: {}\n\n"
