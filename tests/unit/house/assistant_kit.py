"""Something that answers where Home Assistant should be, in whatever way a test likes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiohttp import web

REGISTRIES: dict[str, Any] = {
    "config/entity_registry/list": [{"entity_id": "light.kitchen"}],
    "config/entity_registry/get_entries": {
        "light.kitchen": {"entity_id": "light.kitchen", "aliases": ["lamp"]}
    },
    "config/device_registry/list": [],
    "config/area_registry/list": [],
}
STATES = {"a": {"light.kitchen": {"s": "off", "a": {"friendly_name": "Kitchen Light"}}}}


class Wire:
    """The websocket of a home that plays along, as far as a test lets it.

    Attributes:
        connections: that have been made, the last one last.
        said: commands that came, by their type.
    """

    def __init__(self) -> None:
        self.connections: list[web.WebSocketResponse] = []
        self.said: list[str] = []
        self._states_id = 0

    async def connected(self, request: web.Request) -> web.WebSocketResponse:
        """A connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections.append(socket)
        await self.serve(socket)
        return socket

    async def serve(self, socket: web.WebSocketResponse) -> None:
        """Lets it in, and answers its commands."""
        await socket.send_json({"type": "auth_required", "ha_version": "2024.3.3"})
        await socket.receive_json()
        await socket.send_json({"type": "auth_ok"})
        async for message in socket:
            command = message.json()
            await self.answer(socket, command["id"], command["type"])

    async def answer(self, socket: web.WebSocketResponse, number: int, kind: str) -> None:
        """One command."""
        self.said.append(kind)
        result = REGISTRIES.get(kind)
        await socket.send_json({"id": number, "type": "result", "success": True, "result": result})
        if kind == "subscribe_entities":
            self._states_id = number
            await self.tell(STATES)

    async def tell(self, event: dict[str, Any]) -> None:
        """An event of the states."""
        message = {"id": self._states_id, "type": "event", "event": event}
        await self.connections[-1].send_json(message)


@contextlib.asynccontextmanager
async def answering(
    websocket: Callable[[web.Request], Awaitable[web.StreamResponse]],
    rest: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None,
) -> AsyncIterator[str]:
    """A server; gives its address."""
    app = web.Application()
    app.router.add_get("/api/websocket", websocket)
    if rest is not None:
        app.router.add_route("*", "/{path:.*}", rest)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def until(condition: Callable[[], Any]) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - it may depend on anything
            await asyncio.sleep(0.01)
