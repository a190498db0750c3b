"""A door as a child process: started once Triton serves, started again when it dies, stopped first.

It is run as ``python -m ...``, so that the launcher needs nothing of a door but its health.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import httpx

from tritone.launcher.child import Child, read_entry
from tritone.launcher.ports import check_port
from tritone.settings import Settings

__all__ = ["Door", "Entrance", "bridge", "edge"]

START_SECONDS: Final = 60.0
"""How long the start of a small process may take on a busy machine."""
GRACE_SECONDS: Final = 3.0
"""How much longer than its own drain the process may take to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """What there is to know of a door.

    Attributes:
        module: what Python runs.
        host: the address it listens on.
        port: where it tells of its health; 0 where it cannot be asked.
        port_variable: chooses another port.
        drain_seconds: how long its running requests may take to finish.
        environment: the settings it is run with, beside those of every door.
    """

    module: str
    host: str
    port: int
    port_variable: str
    drain_seconds: float
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where it answers over HTTP."""
        return f"http://{self.host}:{self.port}"

    def check_port(self) -> None:
        """Raises PortInUse when its port is taken."""
        if self.port:
            check_port(self.host, self.port, self.port_variable)


def edge(settings: Settings) -> Entrance:
    """The OpenAI-compatible door."""
    own = settings.edge
    return Entrance(
        module="edge",
        host=own.host,
        port=own.port,
        port_variable="TRITONE_EDGE__PORT",
        drain_seconds=own.drain_seconds,
        environment={"TRITONE_EDGE__HOST": own.host, "TRITONE_EDGE__PORT": str(own.port)},
    )


def bridge(settings: Settings, nats_url: str) -> Entrance:
    """The bridge to NATS at this address; what listens is its metrics."""
    own = settings.bridge
    return Entrance(
        module="bridge",
        host=settings.host,
        port=own.metrics_port,
        port_variable="TRITONE_BRIDGE__METRICS_PORT",
        drain_seconds=own.drain_seconds,
        environment={
            "TRITONE_HOST": settings.host,
            "TRITONE_NATS_URL": nats_url,
            "TRITONE_BRIDGE__METRICS_PORT": str(own.metrics_port),
        },
    )


class Door:
    """A door of one installation.

    Args:
        entrance: which.
        settings: the Triton that it calls.
        on_entry: takes each line of its log: level, text and fields; called in another thread.
        environment: variables for it, stronger than this process's own and the settings.
    """

    def __init__(
        self,
        entrance: Entrance,
        settings: Settings,
        on_entry: Callable[[str, str, dict[str, Any]], None] = lambda *_: None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._entrance = entrance
        own = f"{settings.grpc_url}/{settings.metrics_port}"
        self._child = Child(
            f"the {entrance.module}",
            [sys.executable, "-m", entrance.module],
            serves=self._serves,
            stop_seconds=entrance.drain_seconds + GRACE_SECONDS,
            environment={
                "TRITONE_BACKENDS": ",".join(settings.backends or (own,)),
                "TRITONE_LOG_FORMAT": "json",
                **entrance.environment,
                **(environment or {}),
            },
            on_line=lambda line: on_entry(*read_entry(line)),
            on_event=lambda text, level: on_entry(level, text, {}),
        )

    @property
    def url(self) -> str:
        """Where it answers over HTTP."""
        return self._entrance.url

    @property
    def pid(self) -> int:
        """Process id, or 0."""
        return self._child.pid

    def start(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Starts the process, waits until it serves, and watches over it from then on.

        Raises:
            PortInUse: its port is taken.
            ServerFailed: it ended, or does not serve.
        """
        self._entrance.check_port()
        self._child.start()
        self._child.wait_ready(START_SECONDS, cancelled)

    def close(self) -> None:
        """Lets running requests finish, as long as the settings allow, and ends the process."""
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serves(self) -> bool:
        if not self._entrance.port:
            return True
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=1).is_success
        except httpx.HTTPError:
            return False
