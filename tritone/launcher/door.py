"""The edge as a child process: started once Triton serves, restarted when it dies, stopped first.

It is run as ``python -m edge``, so that the launcher needs nothing of it but its health.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

import httpx

from tritone.errors import ServerFailed, SetupError
from tritone.launcher.ports import check_port
from tritone.settings import Settings

__all__ = ["Door"]

START_SECONDS: Final = 60.0
"""How long the start of a small process may take on a busy machine."""
GRACE_SECONDS: Final = 2.0
"""How much longer than its own drain the process may take to end."""
BACK_OFF_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0)


class Door:
    """The edge of one installation.

    Args:
        settings: its address and port, and the Triton that it calls.
        on_entry: takes each line of its log: level, text and fields; called in another thread.
        environment: variables for it, stronger than this process's own and the settings.
    """

    def __init__(
        self,
        settings: Settings,
        on_entry: Callable[[str, str, dict[str, Any]], None] = lambda *_: None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._settings = settings
        self._on_entry = on_entry
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[str] | None = None
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="door", daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self._settings.edge.host}:{self._settings.edge.port}"

    @property
    def pid(self) -> int:
        """Process id, or 0."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    def start(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Starts the process, waits until it serves, and watches over it from then on.

        Raises:
            PortInUse: its port is taken.
            ServerFailed: it ended, or does not serve.
        """
        edge = self._settings.edge
        check_port(edge.host, edge.port, "TRITONE_EDGE__PORT")
        self._spawn()
        deadline = time.monotonic() + START_SECONDS
        while not cancelled():
            if not self.pid:
                raise ServerFailed("the edge ended while starting; its log above says why")
            if time.monotonic() > deadline:
                raise ServerFailed(f"the edge does not serve after {START_SECONDS:.0f} s")
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/health/ready", timeout=1).status_code == httpx.codes.OK:
                    break
            time.sleep(0.1)
        self._watcher.start()

    def close(self) -> None:
        """Lets running requests finish, as long as the settings allow, and ends the process."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join(timeout=30)
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self._settings.edge.drain_seconds + GRACE_SECONDS)
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _spawn(self) -> None:
        settings = self._settings
        own = f"{settings.grpc_url}/{settings.metrics_port}"
        environment = {
            **os.environ,
            "TRITONE_BACKENDS": ",".join(settings.backends or (own,)),
            "TRITONE_LOG_FORMAT": "json",
            "TRITONE_EDGE__HOST": settings.edge.host,
            "TRITONE_EDGE__PORT": str(settings.edge.port),
            "PYTHONUNBUFFERED": "1",
            **self._environment,
        }
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "edge"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                env=environment,
                start_new_session=True,  # Ctrl-C reaches the launcher, which stops it in order
            )
        except OSError as error:
            raise SetupError(f"the edge cannot be started: {error}") from None
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        with contextlib.suppress(ValueError):  # closed while reading
            for line in process.stderr or ():
                self._on_entry(*_entry(line.rstrip("\n")))

    def _watch(self) -> None:
        failures = 0
        started = time.monotonic()
        while not self._stopping.wait(0.25):
            if self.pid:
                continue
            failures = 0 if time.monotonic() - started > 60 else failures + 1
            pause = BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS)) - 1] if failures else 0.1
            self._on_entry("error", f"the edge ended: starting it again in {pause:g} s", {})
            if self._stopping.wait(pause):
                return
            self._spawn()
            started = time.monotonic()


def _entry(line: str) -> tuple[str, str, dict[str, Any]]:
    """Level, text and fields of a line that the edge logged; other lines as they are."""
    try:
        entry = json.loads(line)
        return (
            entry.pop("level"),
            entry.pop("text"),
            {k: v for k, v in entry.items() if k != "time"},
        )
    except (ValueError, KeyError, AttributeError):
        return "warning", line, {}
