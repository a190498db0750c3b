"""Our doors as parts of the stage, run as `tritone up` runs them.

Settings are the product's defaults (or what the environment says), but for ports that are free,
and files that a run must not leave behind.
"""

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tritone.launcher import entrances
from tritone.launcher.door import Door
from tritone.launcher.nats_server import NatsServer
from tritone.nats.applying import apply
from tritone.nats.connection import connect
from tritone.settings import Settings

__all__ = ["AiService", "Edge", "Nats"]

OnLine = Callable[[str], None]


class Edge:
    """The OpenAI-compatible door."""

    def __init__(self, settings: Settings, on_line: OnLine) -> None:
        self._entrance = entrances.edge(settings)
        self._door = Door(self._entrance, settings, lambda *entry: on_line(str(entry)))

    def start(self) -> None:
        """Starts it. Raises PortInUse, ServerFailed."""
        self._door.start()

    @property
    def addresses(self) -> Mapping[str, str]:
        """Its URL."""
        return {"edge": self._entrance.url}

    @property
    def pids(self) -> Mapping[str, int]:
        """Its process."""
        return {"edge": self._door.pid}

    @property
    def facts(self) -> Mapping[str, Any]:
        """Nothing that the commit does not say."""
        return {}

    def close(self) -> None:
        """Ends it."""
        self._door.close()


class Nats:
    """A NATS server with a store of its own, and the bridge."""

    def __init__(self, settings: Settings, on_line: OnLine) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tritone-bench-")
        nats = settings.nats.model_copy(update={"store": Path(self._folder.name) / "nats"})
        self._replicas = nats.replicas
        self._server = NatsServer(
            settings.model_copy(update={"nats": nats}),
            lambda level, text: on_line(f"{level}: {text}"),
        )
        self._bridge = Door(
            entrances.bridge(settings, self._server.url),
            settings,
            lambda *entry: on_line(str(entry)),
        )

    def start(self) -> None:
        """Starts the server, makes its streams, starts the bridge. Raises as these do."""
        self._server.start()
        self._server.wait_ready()
        asyncio.run(self._apply())
        self._bridge.start()

    @property
    def addresses(self) -> Mapping[str, str]:
        """The server's URL."""
        return {"nats": self._server.url}

    @property
    def pids(self) -> Mapping[str, int]:
        """The server and the bridge."""
        return {"nats": self._server.pid, "bridge": self._bridge.pid}

    @property
    def facts(self) -> Mapping[str, Any]:
        """How the server keeps what it acknowledges."""
        return {"sync": "always", "replicas": self._replicas}

    def close(self) -> None:
        """Ends both, and removes the store."""
        self._bridge.close()
        self._server.close()
        self._folder.cleanup()

    async def _apply(self) -> None:
        client = await connect(self._server.url, name="perf.bench")
        try:
            await apply(client.jetstream(), self._replicas)
        finally:
            await client.close()


class AiService:
    """AIService, with no home: what is asked of it needs none."""

    def __init__(self, settings: Settings, on_line: OnLine) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tritone-bench-")
        self._address = entrances.listen_of(settings).here
        self._door = Door(
            entrances.rpc(settings),
            settings,
            lambda *entry: on_line(str(entry)),
            environment={"TRITONE_HOUSE__AUDIT_FILE": str(Path(self._folder.name) / "audit.jsonl")},
        )

    def start(self) -> None:
        """Starts it. Raises PortInUse, ServerFailed, SetupError."""
        entrances.check_installed()
        self._door.start()

    @property
    def addresses(self) -> Mapping[str, str]:
        """Its host:port."""
        return {"aiservice": self._address}

    @property
    def pids(self) -> Mapping[str, int]:
        """Its process."""
        return {"aiservice": self._door.pid}

    @property
    def facts(self) -> Mapping[str, Any]:
        """Nothing that the commit does not say."""
        return {}

    def close(self) -> None:
        """Ends it, and removes its record of actions."""
        self._door.close()
        self._folder.cleanup()
