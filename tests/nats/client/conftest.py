"""A client, and a bridge's double that says what a test tells it to."""

import pytest

from tests.nats.client.responder_kit import CHATS, JOBS, VOICES, Responder
from tritone.nats.client import NatsClient


@pytest.fixture
async def bridge(nc, js):
    """A double of the bridge that has heard nothing yet."""
    responder = Responder(nc)
    await responder.listen(CHATS, VOICES, JOBS)
    return responder


@pytest.fixture
async def client(nats_server, js):
    """The client under test, connected."""
    async with NatsClient(nats_server.url, idle_timeout=10) as connected:
        yield connected
