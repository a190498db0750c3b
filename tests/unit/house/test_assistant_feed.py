"""The connection to Home Assistant: what it tells, and what becomes of it when it ends."""

import asyncio

import pytest
from aiohttp import web

from tests.unit.house.assistant_kit import STATES, Wire, answering, until
from tritone.errors import HouseUnreachable
from tritone.house import assistant_feed
from tritone.house.assistant_feed import Feed

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Nothing here waits for long."""
    monkeypatch.setattr(assistant_feed, "PAUSES", (0.02,))
    monkeypatch.setattr(assistant_feed, "SETTLE_SECONDS", 0.02)


@pytest.fixture
async def opened():
    """Makes feeds, and ends them."""
    feeds: list[Feed] = []
    events: list[tuple[str, str]] = []

    def make(url: str) -> tuple[Feed, list[tuple[str, str]]]:
        feeds.append(Feed(url, "token", lambda *event: events.append(event)))
        return feeds[-1], events

    yield make
    await asyncio.gather(*(feed.aclose() for feed in feeds))


async def test_what_the_home_tells_is_known(opened):
    """Names come from the registries and states from events, as they come."""
    wire = Wire()
    async with answering(wire.connected) as url:
        feed, _ = opened(url)
        (light,) = await feed.entities()
        assert (light.name, light.state, light.aliases) == ("Kitchen Light", "off", ("lamp",))
        await wire.tell({"c": {"light.kitchen": {"+": {"s": "on", "a": {"brightness": 128}}}}})
        await until(lambda: feed._states.shown(feed._registries)[0].state == "on")
        assert (await feed.entities())[0].attributes["brightness"] == 128


async def test_a_connection_that_ends_comes_back(opened):
    """In between the home is unreachable; each change is told once."""
    wire = Wire()
    async with answering(wire.connected) as url:
        feed, events = opened(url)
        await feed.entities()
        await wire.connections[0].close()
        await until(lambda: len(wire.connections) > 1)
        async with asyncio.timeout(5):
            while True:
                try:
                    assert len(await feed.entities()) == 1
                    break
                except HouseUnreachable:
                    await asyncio.sleep(0.01)
    assert [level for _, level in events][:3] == ["info", "warning", "info"]


async def test_a_command_that_is_never_answered_is_given_up(opened, monkeypatch):
    """A home that hangs half way is left, and tried again."""
    monkeypatch.setattr(assistant_feed, "CONNECT_SECONDS", 0.3)

    class Silent(Wire):
        async def answer(self, socket, number, kind) -> None:
            self.said.append(kind)

    wire = Silent()
    async with answering(wire.connected) as url:
        feed, _ = opened(url)
        with pytest.raises(HouseUnreachable, match="does not answer: TimeoutError"):
            await feed.entities()
        await until(lambda: len(wire.connections) > 1)


async def test_a_connection_that_ends_within_a_command_is_no_cancellation(opened):
    """What waits for an answer then is told that the home is away, and the feed lives on."""

    class Abrupt(Wire):
        async def answer(self, socket, number, kind) -> None:
            self.said.append(kind)
            await socket.close()

    wire = Abrupt()
    async with answering(wire.connected) as url:
        feed, _ = opened(url)
        with pytest.raises(HouseUnreachable, match="has ended"):
            await feed.entities()
        await until(lambda: len(wire.connections) > 2)


@pytest.mark.parametrize(
    "first",
    ["{}", "[]", "garbage", '{"type": "auth_required"}', "null", '"text"'],
)
async def test_what_is_no_home_assistant_is_unreachable(opened, first):
    """Whatever a stranger writes, the feed says that no Home Assistant answers, and goes on."""

    class Stranger(Wire):
        async def serve(self, socket) -> None:
            await socket.send_str(first)

    wire = Stranger()
    async with answering(wire.connected) as url:
        feed, events = opened(url)
        with pytest.raises(HouseUnreachable, match=r"\(TRITONE_HOUSE__URL\)"):
            await feed.entities()
        await until(lambda: len(wire.connections) > 2)
        assert len(events) == 1  # the same reason is not told again and again


async def test_a_web_page_is_no_home_assistant(opened):
    """An address that serves something else is said to."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<h1>It works!</h1>", content_type="text/html")

    async with answering(page) as url:
        feed, _ = opened(url)
        with pytest.raises(HouseUnreachable, match="does not answer"):
            await feed.entities()


async def test_a_refused_token_is_not_tried_again_at_once(opened):
    """Home Assistant shuts out who tries often, so the next try is a while away."""

    class Refusing(Wire):
        async def serve(self, socket) -> None:
            await socket.send_json({"type": "auth_required", "ha_version": "2024.3.3"})
            await socket.receive_json()
            await socket.send_json({"type": "auth_invalid", "message": "Invalid access token"})

    wire = Refusing()
    async with answering(wire.connected) as url:
        feed, _ = opened(url)
        with pytest.raises(HouseUnreachable, match="does not take the token"):
            await feed.entities()
        await asyncio.sleep(0.2)  # ten pauses of the usual kind
        assert len(wire.connections) == 1


async def test_registries_are_read_again_when_they_change(opened):
    """An event of a registry makes all three be read again, once for a swarm of events."""

    class Changing(Wire):
        async def answer(self, socket, number, kind) -> None:
            await super().answer(socket, number, kind)
            if kind == "subscribe_events":
                self.numbers = [*getattr(self, "numbers", []), number]

    wire = Changing()
    async with answering(wire.connected) as url:
        feed, _ = opened(url)
        await feed.entities()
        before = wire.said.count("config/area_registry/list")
        for number in wire.numbers * 5:
            event = {"id": number, "type": "event", "event": {"data": {}}}
            await wire.connections[-1].send_json(event)
        await until(lambda: wire.said.count("config/area_registry/list") > before)
        await asyncio.sleep(0.1)
        assert wire.said.count("config/area_registry/list") == before + 1
        assert STATES["a"].keys() == {each.entity_id for each in await feed.entities()}
