"""The connection: made, lost, back again, and refused."""

import asyncio
from pathlib import Path

import pytest

from tests.nats.server_kit import OwnServer, free_ports, guarded_server
from tritone.errors import ServerUnreachable, SetupError, TritoneError, Unavailable
from tritone.launcher.nats_server import NatsServer
from tritone.nats.connection import NATS, connect

pytestmark = pytest.mark.nats


async def until(condition: asyncio.Event) -> None:
    """Waits for what should come soon."""
    async with asyncio.timeout(15):
        await condition.wait()


async def test_comes_back(own_server: OwnServer) -> None:
    """After a crash it is back by itself: told once each, asked again until all is restored."""
    events: list[tuple[str, str]] = []
    back = asyncio.Event()
    tries: list[int] = []

    async def restore() -> None:
        tries.append(1)
        await client.flush()
        if len(tries) == 1:
            raise Unavailable("not yet")
        back.set()

    client = await connect(
        own_server.url,
        name="test",
        on_event=lambda *event: events.append(event),
        on_reconnect=restore,
    )
    own_server.kill()
    await asyncio.to_thread(own_server.start)
    await until(back)
    assert [level for _, level in events] == ["warning", "info", "warning"]
    assert "lost" in events[0][0]
    assert "back" in events[1][0]
    assert "not yet" in events[2][0]
    await client.close()
    assert len(events) == 3


async def test_what_is_published_meanwhile_arrives(own_server: OwnServer) -> None:
    """Publishes while the server is away are sent once it is back."""
    lost = asyncio.Event()
    client = await connect(
        own_server.url, name="test", on_event=lambda text, _: "lost" in text and lost.set()
    )
    came: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(message) -> None:
        await came.put(message.data)

    await client.subscribe("a", cb=take)
    own_server.kill()
    await until(lost)
    await client.publish("a", b"kept")
    await asyncio.to_thread(own_server.start)
    async with asyncio.timeout(15):
        assert await came.get() == b"kept"
    await client.close()


async def test_close_while_it_is_away(own_server: OwnServer) -> None:
    """Closing ends the tries to connect, and what restores, at once."""
    back = asyncio.Event()

    async def never() -> None:
        back.set()
        await asyncio.Event().wait()

    client = await connect(own_server.url, name="test", on_reconnect=never)
    own_server.kill()
    await asyncio.to_thread(own_server.start)
    await until(back)
    own_server.kill()
    async with asyncio.timeout(10):
        await client.close()
    assert client.is_closed
    left = {task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}}
    assert not left


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        ("nats://127.0.0.1:{free}", ServerUnreachable, "tritone up"),
        ("nats://ada:secret@127.0.0.1:{free}", ServerUnreachable, "at nats://127.0.0.1:"),
        ("nats://127.0.0.1:{free},nats://127.0.0.1:{free}", ServerUnreachable, "TRITONE_NATS_URL"),
        ("", SetupError, "no NATS server is named"),
        (" , ", SetupError, "no NATS server is named"),
        ("nats://127.0.0.1:notaport", SetupError, "TRITONE_NATS_URL"),
        ("nats://:x:y:z", SetupError, "TRITONE_NATS_URL"),
    ],
)
async def test_nobody_there(url: str, kind: type[TritoneError], words: str) -> None:
    """It says so soon, with what to do about it and without the password; nothing is left."""
    (port,) = free_ports(1)
    with pytest.raises(TritoneError) as caught:
        await connect(url.format(free=port), name="test")
    assert type(caught.value) is kind
    assert words in caught.value.message
    assert "secret" not in caught.value.message


async def test_first_of_several(nats_server: NatsServer) -> None:
    """Of several addresses one that answers is enough."""
    (port,) = free_ports(1)
    client = await connect(f"nats://127.0.0.1:{port}, {nats_server.url}", name="test")
    assert client.is_connected
    await client.close()


async def test_who_is_let_in(tmp_path: Path) -> None:
    """A password in the address opens; without one, or with wrong credentials, it is told how."""
    broken = tmp_path / "broken.creds"
    broken.write_text("no credentials")
    missing = tmp_path / "missing.creds"
    with guarded_server(tmp_path) as port:
        client = await connect(f"nats://ada:secret@127.0.0.1:{port}", name="test")
        await client.close()
        with pytest.raises(SetupError, match="does not take the credentials"):
            await connect(f"nats://ada:wrong@127.0.0.1:{port}", name="test")
        for file in (broken, missing):
            with pytest.raises(SetupError, match=f"TRITONE_NATS__CREDS_FILE={file}"):
                await connect(f"nats://127.0.0.1:{port}", name="test", creds_file=file)


async def test_a_server_that_hangs(own_server: OwnServer) -> None:
    """A port that accepts and says nothing is as good as nobody."""
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(ServerUnreachable):
        await connect(f"nats://127.0.0.1:{port}", name="test")
    server.close()
    for writer in writers:
        writer.close()


async def test_large_messages_pass(nc: NATS) -> None:
    """The embedded server takes what the largest recording needs."""
    assert nc.max_payload == 16 * 1024**2
