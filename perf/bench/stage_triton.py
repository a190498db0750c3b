"""Triton as a part of the stage, run as `tritone up` runs it, with its settings on free ports."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tritone.cli.selection import select
from tritone.client import Client
from tritone.errors import ServerUnreachable
from tritone.launcher.supervisor import Supervisor
from tritone.settings import Settings

__all__ = ["Triton"]

OnLine = Callable[[str], None]


class Triton:
    """Triton with every model; one that somebody else runs where settings name it."""

    def __init__(self, settings: Settings, on_line: OnLine) -> None:
        self._settings = settings
        self._external = bool(settings.triton_url)
        self._selection = select(settings)
        self._supervisor = Supervisor(
            settings,
            environment=self._selection.environment,
            on_line=lambda line: on_line(line.text),
            on_event=lambda text, level: on_line(f"{level}: {text}"),
        )

    def start(self) -> None:
        """Starts it, or checks the one that runs.

        Raises:
            ServerFailed, SetupError, PortInUse: it cannot be started.
            ServerUnreachable: none answers where the settings say.
        """
        if self._external:
            if not asyncio.run(_ready(self._settings.grpc_url)):
                raise ServerUnreachable(
                    f"no Triton is ready at {self._settings.grpc_url}: start one, or leave out "
                    "--server"
                )
            return
        self._supervisor.start()
        self._supervisor.wait_ready()

    @property
    def addresses(self) -> Mapping[str, str]:
        """Of its three servers."""
        ours = self._settings
        host = ours.triton_url.rpartition(":")[0] or ours.host
        return {
            "triton": ours.grpc_url,
            "triton_http": f"{host}:{ours.http_port}",
            "triton_metrics": f"{host}:{ours.metrics_port}",
        }

    @property
    def pids(self) -> Mapping[str, int]:
        """Its process, of which the models' are children; none of a Triton elsewhere."""
        return {"triton": self._supervisor.pid} if self._supervisor.pid else {}

    @property
    def facts(self) -> Mapping[str, Any]:
        """Its version, its weights, and what each model runs with."""
        found: dict[str, Any] = {"weights": list(self._selection.weights)}
        with contextlib.suppress(httpx.HTTPError, ValueError):
            address = f"http://{self.addresses['triton_http']}/v2"
            found["version"] = httpx.get(address, timeout=5).json()["version"]
            found["models"] = {
                model: _told(httpx.get(f"{address}/models/{model}/config", timeout=5).json())
                for model in self._selection.models
            }
        return found

    def close(self) -> None:
        """Ends it with its models."""
        self._supervisor.close()


async def _ready(url: str) -> bool:
    async with Client(url) as client:
        return await client.ready()


def _told(config: Mapping[str, Any]) -> dict[str, Any]:
    """Of a model's config: instances, and its parameters as they are written."""
    groups = config.get("instance_group") or []
    parameters = config.get("parameters") or {}
    return {
        "instances": sum(int(group.get("count", 1)) for group in groups),
        **{name: value["string_value"] for name, value in parameters.items()},
    }
