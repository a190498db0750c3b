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

__all__ = ["Door", "Entrance", "OnEntry"]

OnEntry = Callable[[str, str, dict[str, Any]], None]
"""Takes a line of a door's log: level, text and fields; called in another thread."""

START_SECONDS: Final = 60.0
"""How long the start of a small process may take on a busy machine."""
GRACE_SECONDS: Final = 3.0
"""How much longer than its own drain the process may take to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """What there is to know of a door.

    Attributes:
        name: what messages call it: "the edge".
        module: what Python runs.
        url: where it tells of its health; empty where it cannot be asked, and counts as ready.
        ports: where it listens: host, port, and the variable that chooses another.
        drain_seconds: how long its running requests may take to finish.
        environment: the settings it is run with, beside those of every door.
    """

    name: str
    module: str
    url: str
    ports: tuple[tuple[str, int, str], ...]
    drain_seconds: float
    environment: Mapping[str, str]

    def check(self) -> None:
        """Raises PortInUse when a port of it is taken."""
        for host, port, variable in self.ports:
            check_port(host, port, variable)


class Door:
    """A door of one installation.

    Args:
        entrance: which.
        settings: the Triton that it calls.
        on_entry: takes its log.
        environment: variables for it, stronger than this process's own and the settings.
    """

    def __init__(
        self,
        entrance: Entrance,
        settings: Settings,
        on_entry: OnEntry = lambda *_: None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._entrance = entrance
        own = f"{settings.grpc_url}/{settings.metrics_port}"
        self._child = Child(
            entrance.name,
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
        """Where it tells of its health."""
        return self._entrance.url

    @property
    def pid(self) -> int:
        """Process id, or 0."""
        return self._child.pid

    def start(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Starts the process, waits until it serves, and watches over it from then on.

        Raises:
            PortInUse: a port of it is taken.
            ServerFailed: it ended, or does not serve.
        """
        self._entrance.check()
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
        if not self.url:
            return True
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=1).is_success
        except httpx.HTTPError:
            return False
