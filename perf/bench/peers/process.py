"""A peer as a child process: started, waited for, ended with all that it started."""

import collections
import contextlib
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import psutil

from perf.bench.processes import ended
from tritone.errors import ServerFailed
from tritone.launcher.child import Child

__all__ = ["PeerProcess", "free_port"]

_TAIL: Final = 8  # lines of its log that an error shows


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class PeerProcess:
    """One server.

    Args:
        name: what messages call it.
        command: what to run.
        serves: whether it answers already.
        on_line: takes each line of its log.
        environment: variables beside this process's own.
        stop_seconds: how long it may take to end after SIGTERM.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        serves: Callable[[], bool],
        on_line: Callable[[str], None],
        *,
        environment: Mapping[str, str] | None = None,
        stop_seconds: float = 5.0,
    ) -> None:
        self._name = name
        self._said: collections.deque[str] = collections.deque(maxlen=_TAIL)

        def heard(line: str) -> None:
            self._said.append(line)
            on_line(line)

        self._child = Child(
            name,
            command,
            serves=serves,
            stop_seconds=stop_seconds,
            environment=environment,
            on_line=heard,
            revive=False,  # one that dies is to be seen in the report, not hidden
        )

    @property
    def pid(self) -> int:
        """Process id, or 0."""
        return self._child.pid

    def start(self, seconds: float) -> None:
        """Starts it and waits until it serves.

        Raises:
            SetupError: it cannot be started.
            ServerFailed: it ended, or does not serve after so many seconds; with its last words.
        """
        self._child.start()
        try:
            self._child.wait_ready(seconds)
        except ServerFailed:
            last = " ".join(" / ".join(line for line in self._said if line.strip()).split())
            raise ServerFailed(f"{self._name} does not start; it said last: {last}") from None

    def close(self) -> None:
        """Ends it politely, then for good, and whatever of its own it left behind."""
        own: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            if self.pid:
                own = psutil.Process(self.pid).children(recursive=True)
        self._child.close()
        ended([process.pid for process in own if process.is_running()])
