"""Whether acknowledged messages are on disk, as the server itself says."""

import asyncio
from collections.abc import Iterator

import pytest
from nats.js import JetStreamContext

from tests.nats.server_kit import nats_settings
from tritone.errors import Unavailable
from tritone.launcher.nats_server import NatsServer
from tritone.nats.applying import apply
from tritone.nats.connection import connect
from tritone.nats.durability import flush_seconds, unflushed
from tritone.nats.streams import STREAMS

pytestmark = pytest.mark.nats


@pytest.fixture
def lazy_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server as it is without `sync_interval`."""
    settings = nats_settings(tmp_path_factory.mktemp("lazy"))
    with NatsServer(settings, sync_always=False) as server:
        yield server


async def test_the_embedded_server_flushes(js: JetStreamContext, nats_server: NatsServer) -> None:
    """It acknowledges what is on disk: there is nothing to warn of."""
    assert await flush_seconds(nats_server.monitor_url) == 0
    assert await unflushed(js, nats_server.monitor_url) == []


async def test_a_server_by_default_does_not(lazy_server: NatsServer) -> None:
    """Each stream on disk is named, with the time at stake; those in memory promise nothing."""
    assert await flush_seconds(f"{lazy_server.monitor_url}/") == 120
    client = await connect(lazy_server.url, name="test")
    js = client.jetstream()
    assert await unflushed(js, lazy_server.monitor_url) == []  # there is nothing yet
    await apply(js, 1)
    warnings = await unflushed(js, lazy_server.monitor_url)
    await client.close()
    files = [spec.name for spec in STREAMS if spec.storage == "file"] + ["KV_tritone-answered"]
    assert [text.split()[0] for text in warnings] == files
    for text in warnings:
        assert "up to 2 min before they are on disk" in text
        assert "sync_interval: always" in text


async def test_a_stream_that_is_written_later(js: JetStreamContext, nats_server) -> None:
    """A stream with persist_mode async is warned of, whatever the server does."""
    await js.delete_stream("AI_DLQ")
    await js.add_stream(name="AI_DLQ", subjects=["ai.dlq.>"], persist_mode="async")
    (text,) = await unflushed(js, nats_server.monitor_url)
    assert text.startswith("AI_DLQ ")
    assert "persist_mode is async" in text


async def test_unknown_is_told(js: JetStreamContext) -> None:
    """Without monitoring it is unknown, and said how it could be known; passwords are not said."""
    (text,) = await unflushed(js, "")
    assert "is unknown" in text
    assert "TRITONE_NATS__MONITOR_URL" in text
    server = await asyncio.start_server(_nonsense, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for url in (
        f"http://ada:secret@127.0.0.1:{port}",
        "http://127.0.0.1:1",
        "nonsense",
        "http://[",
    ):
        (text,) = await unflushed(js, url)
        assert "is unknown" in text
        assert "http_port: 8222" in text
        assert "secret" not in text
        with pytest.raises(Unavailable):
            await flush_seconds(url)
    server.close()


async def _nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]")
    writer.close()
