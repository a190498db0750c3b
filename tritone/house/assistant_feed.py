"""What Home Assistant tells over its websocket: registries and states, as they change.

https://developers.home-assistant.io/docs/api/websocket. hass-client speaks the protocol; what it
leaves open is done here: deadlines, connecting again, and a command that waits when the connection
ends, which it cancels. It is only called from tasks of our own, so that this cancels nobody else.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from hass_client import HomeAssistantClient
from hass_client.exceptions import AuthenticationFailed

from tritone.errors import HouseUnreachable
from tritone.house.assistant_failures import refused, unanswered
from tritone.house.assistant_registry import Registries
from tritone.house.assistant_states import States
from tritone.house.offered import DOMAINS
from tritone.intents.entities import Entity

__all__ = ["Feed"]

CONNECT_SECONDS: Final = 5.0
"""How long connecting, and each command after it, may take."""
PAUSES: Final = (0.5, 1.0, 2.0, 5.0)
"""Between tries to connect."""
REFUSED_PAUSE: Final = 60.0
"""After a token was refused: Home Assistant shuts out who tries often."""
SETTLE_SECONDS: Final = 0.5
"""Registry changes come in swarms."""
_REGISTRY_EVENTS: Final = tuple(f"{each}_registry_updated" for each in ("entity", "device", "area"))


class Feed:
    """A connection that comes back by itself, and what it has told.

    Args:
        url: ``http://host:8123``.
        token: a long-lived access token.
        on_event: takes what happens to the connection: a text and its level.
    """

    def __init__(self, url: str, token: str, on_event: Callable[[str, str], None]) -> None:
        self._url = url
        self._token = token
        self._on_event = on_event
        self._states = States()
        self._registries: Registries | None = None
        self._reason = ""
        """Why there is no connection; empty while there is one."""
        self._tried = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="home assistant")

    async def entities(self) -> Sequence[Entity]:
        """All that are shown. Raises HouseUnreachable."""
        registries = await self.registries()
        if self._reason:
            raise HouseUnreachable(self._reason)
        return self._states.shown(registries)

    async def registries(self) -> Registries:
        """The last that were read. Raises HouseUnreachable: none have been yet."""
        await self._tried.wait()
        if self._registries is None:
            raise HouseUnreachable(self._reason)
        return self._registries

    async def aclose(self) -> None:
        """Ends the connection."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        failures = 0
        while True:
            pause = PAUSES[min(failures, len(PAUSES) - 1)]
            failures += 1
            try:
                await self._follow()
                self._lost(f"the connection to Home Assistant at {self._url} has ended")
                failures = 0
            except AuthenticationFailed:
                self._lost(refused(self._url))
                pause = REFUSED_PAUSE
            except Exception as error:  # noqa: BLE001 - who knows what answers there
                self._lost(unanswered(self._url, error))
            await asyncio.sleep(pause)

    async def _follow(self) -> None:
        """Connects, and listens until the connection ends."""
        self._states = States()
        client = HomeAssistantClient(_websocket_url(self._url), self._token)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.connect()
            listening = asyncio.create_task(client.start_listening())
            reading = asyncio.create_task(self._read(client))
            try:
                await asyncio.wait({listening, reading}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (listening, reading):
                    task.cancel()
                ends = await asyncio.gather(listening, reading, return_exceptions=True)
            for end in ends:
                if isinstance(end, Exception):
                    raise end
        finally:
            await client.disconnect()

    async def _read(self, client: HomeAssistantClient) -> None:
        """Reads everything, and registries again when they change."""
        changed, first = asyncio.Event(), asyncio.Event()

        def on_states(message: Any) -> None:
            self._states.apply(message["event"])
            first.set()

        async with asyncio.timeout(CONNECT_SECONDS):
            for event in _REGISTRY_EVENTS:
                await client.subscribe_events(lambda _: changed.set(), event)
            self._registries = await _registries(client)
            await client.subscribe(on_states, "subscribe_entities")
            await first.wait()
        self._found()
        while True:
            await changed.wait()
            await asyncio.sleep(SETTLE_SECONDS)
            changed.clear()
            async with asyncio.timeout(CONNECT_SECONDS):
                self._registries = await _registries(client)

    def _found(self) -> None:
        if self._reason or not self._tried.is_set():
            self._on_event(f"connected to Home Assistant at {self._url}", "info")
        self._reason = ""
        self._tried.set()

    def _lost(self, reason: str) -> None:
        if not self._reason:
            self._on_event(f"{reason}; trying again", "warning")
        self._reason = reason
        self._tried.set()


async def _registries(client: HomeAssistantClient) -> Registries:
    rows: Any = await client.get_entity_registry()
    ids = [row["entity_id"] for row in rows if row["entity_id"].partition(".")[0] in DOMAINS]
    # The list has no aliases; only rows that are asked for by name have.
    full: Any = await client.send_command("config/entity_registry/get_entries", entity_ids=ids)
    devices: Any = await client.get_device_registry()
    areas: Any = await client.get_area_registry()
    return Registries([row for row in full.values() if row], devices, areas)


def _websocket_url(url: str) -> str:
    parts = urlsplit(url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/api/websocket", "", ""))
