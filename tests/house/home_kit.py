"""A real Home Assistant on a free port of this machine, with a token, rooms and other names."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from hass_client import HomeAssistantClient

from tests.house.installing_kit import installed
from tests.nats.server_kit import free_ports

USER, PASSWORD = "tester", "only for these tests"
ROOMS = {
    "Living Room": (["lounge"], ["light.living_room_light", "cover.living_room_blinds"]),
    "Kitchen": ([], ["light.kitchen_light", "switch.coffee_machine"]),
    "Bedroom": ([], ["light.bedroom_lamp", "fan.bedroom_fan", "climate.bedroom_thermostat"]),
}
OTHER_NAMES = {"light.bedroom_lamp": ["reading lamp"], "switch.coffee_machine": ["espresso"]}


class Home:
    """One, that a test may stop and start again.

    Attributes:
        url: where it is.
        token: a long-lived access token.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = ""
        self._programs = installed()
        self._process: subprocess.Popen[bytes] | None = None
        shutil.copy(Path(__file__).parent / "configuration.yaml", folder)

    def make(self) -> None:
        """Starts it for the first time."""
        arguments = ["--script", "auth", "--config", str(self.folder), "add", USER, PASSWORD]
        subprocess.run([self._programs / "hass", *arguments], check=True, capture_output=True)
        self.start()
        asyncio.run(self._furnish())

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        with (self.folder / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                # What it needs is installed: it reaches for no network.
                [self._programs / "hass", "--config", str(self.folder), "--skip-pip"],
                env={**os.environ, "HOME_PORT": str(self.port), "TZ": "UTC"},
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + 120
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self.folder / "output.log").read_text()[-4000:])
            time.sleep(0.1)

    def _answers(self) -> bool:
        """Whether it is there with all its parts; before there is a token, whether it is there."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            found = httpx.get(f"{self.url}/api/config", headers=headers, timeout=5)
        except httpx.HTTPError:
            return False
        return found.status_code == 401 or found.json()["state"] == "RUNNING"

    def stop(self) -> None:
        """Ends it; it writes down what it knows."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(60)
            finally:
                self._process.kill()
                self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It takes connections and answers nothing, until it is thawed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    @asynccontextmanager
    async def websocket(self, token: str = "") -> AsyncIterator[HomeAssistantClient]:
        """Its websocket, to change what only its owner may."""
        url = f"ws://127.0.0.1:{self.port}/api/websocket"
        async with HomeAssistantClient(url, token or self.token) as client:
            yield client

    def state(self, entity_id: str) -> dict[str, Any]:
        """What it itself says of an entity."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.get(f"{self.url}/api/states/{entity_id}", headers=headers).json()

    async def _furnish(self) -> None:
        self.token = await self.token_of(USER, PASSWORD)
        async with self.websocket() as client:
            for room, (aliases, entity_ids) in ROOMS.items():
                area = await client.send_command(
                    "config/area_registry/create", name=room, aliases=aliases
                )
                for entity_id in entity_ids:
                    await self.change(client, entity_id, area_id=area["area_id"])
            for entity_id, aliases in OTHER_NAMES.items():
                await self.change(client, entity_id, aliases=aliases)
            await self.change(client, "light.hidden_light", hidden_by="user")

    @staticmethod
    async def change(client: HomeAssistantClient, entity_id: str, **changes: Any) -> None:
        """Changes an entity's row in the registry."""
        await client.send_command("config/entity_registry/update", entity_id=entity_id, **changes)

    async def token_of(self, user: str, password: str) -> str:
        """A long-lived access token of a user's."""
        async with self.websocket(self._log_in(user, password)) as client:
            return str(
                await client.send_command(
                    "auth/long_lived_access_token", client_name="tests", lifespan=1
                )
            )

    def _log_in(self, user: str, password: str) -> str:
        """https://developers.home-assistant.io/docs/auth_api"""
        client_id = f"{self.url}/"
        with httpx.Client(base_url=self.url) as http:
            flow = http.post(
                "/auth/login_flow",
                json={
                    "client_id": client_id,
                    "handler": ["homeassistant", None],
                    "redirect_uri": client_id,
                },
            ).json()
            done = http.post(
                f"/auth/login_flow/{flow['flow_id']}",
                json={"client_id": client_id, "username": user, "password": password},
            ).json()
            tokens = http.post(
                "/auth/token",
                data={
                    "client_id": client_id,
                    "code": done["result"],
                    "grant_type": "authorization_code",
                },
            ).json()
        return str(tokens["access_token"])
