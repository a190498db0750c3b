"""Real nats-servers: one for all tests, emptied before each, and one that a test may kill.

The fixtures that others use: `nats_server` (`.url`, `.monitor_url`, `.pid`), `nc` (a connection to
it), `js` (its JetStream with every stream and consumer, empty), `bare_js` (with none of them), and
`own_server`.
"""

from collections.abc import AsyncIterator, Iterator

import pytest
from nats.js import JetStreamContext

from tests.nats.server_kit import OwnServer, nats_settings
from tritone.launcher.nats_server import NatsServer
from tritone.nats.applying import apply
from tritone.nats.connection import NATS, connect


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server, ready; the same for all tests."""
    with NatsServer(nats_settings(tmp_path_factory.mktemp("nats"))) as server:
        yield server


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """A server of one test, which may kill it."""
    server = OwnServer(tmp_path_factory.mktemp("own"))
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
async def nc(nats_server: NatsServer) -> AsyncIterator[NATS]:
    """A connection to the server of all tests."""
    client = await connect(nats_server.url, name="test")
    yield client
    await client.close()


@pytest.fixture
async def bare_js(nc: NATS) -> JetStreamContext:
    """JetStream without a stream."""
    js = nc.jetstream()
    for stream in await js.streams_info():
        await js.delete_stream(str(stream.config.name))
    return js


@pytest.fixture
async def js(bare_js: JetStreamContext) -> JetStreamContext:
    """JetStream with every stream, consumer and the bucket, empty."""
    await apply(bare_js, 1)
    return bare_js
