"""A server of the test's own, bridges over it, and a publisher that knows only the wire."""

import asyncio

import pytest

from tests.e2e.nats.processes import Bridges
from tests.e2e.nats.publisher import Publisher
from tests.nats.server_kit import OwnServer


@pytest.fixture
def server(tmp_path):
    """A nats-server that may be killed."""
    own = OwnServer(tmp_path)
    try:
        own.start()
        yield own
    finally:
        own.close()


@pytest.fixture
def bridges(tmp_path, server):
    """None yet."""
    made = Bridges(tmp_path)
    yield made
    made.close()


@pytest.fixture
async def publisher(server):
    """Connected."""
    made = await Publisher.connected(server.url)
    yield made
    await made.close()


@pytest.fixture
def ready(bridges):
    """Waits until so many bridges take messages."""

    async def wait(count=1):
        try:
            async with asyncio.timeout(30):
                while bridges.log().count("serving") < count:  # noqa: ASYNC110 - of a process
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(f"not {count} bridges take messages; they say:\n{bridges.log()[-3000:]}")

    return wait
