"""Keeps one Triton alive: restarts it after a crash, and revives models whose process died."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, Self

from tritone.errors import ServerFailed, TritoneError
from tritone.launcher.logs import Line
from tritone.launcher.revive import revive
from tritone.launcher.server import TritonServer
from tritone.settings import Settings
from tritone.stubs import alive, stubs_of

__all__ = ["Supervisor"]

WATCH_SECONDS: Final = 0.25
"""How late a death is noticed."""
BACK_OFF_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Pauses before restarts in a row; one more failure than there are pauses is the last."""
STABLE_SECONDS: Final = 60.0
"""After running this long, earlier failures are forgotten."""


class Supervisor:
    """A `TritonServer` that comes back.

    Args:
        settings: ports, address, repositories.
        environment: variables for the server and its models beside this process's own.
        on_line: takes the server's output; called in another thread.
        on_event: takes what the supervisor notices and does: a text and its level.

    Attributes:
        failed: why it gave up, once it did.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        environment: Mapping[str, str] | None = None,
        on_line: Callable[[Line], None] = lambda _: None,
        on_event: Callable[[str, str], None] = lambda _text, _level: None,
    ) -> None:
        self._settings = settings
        self._server = TritonServer(settings, environment=environment, on_line=on_line)
        self._on_event = on_event
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self.failed: TritoneError | None = None

    @property
    def pid(self) -> int:
        """Process id of the running server, or 0."""
        return self._server.pid

    def start(self) -> None:
        """Starts the server. Raises PortInUse or SetupError."""
        self._server.start()

    def wait_ready(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Waits for the models, then watches over them. Raises ServerFailed."""
        self._server.wait_ready(cancelled)
        if not self._watcher.is_alive() and not self._stopping.is_set():
            self._watcher.start()

    def close(self) -> None:
        """Stops watching and stops the server."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join(timeout=30)
        self._server.close()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _watch(self) -> None:
        started = time.monotonic()
        failures = 0
        stubs = stubs_of(self._server.pid)
        broken: dict[str, _Retry] = {}
        while not self._stopping.wait(WATCH_SECONDS):
            if self._server.returncode is not None:
                if time.monotonic() - started > STABLE_SECONDS:
                    failures = 0
                if not self._restart(failures):
                    return
                failures += 1
                started = time.monotonic()
                stubs = stubs_of(self._server.pid)
                broken.clear()
                continue
            for model in {stub.model for stub in stubs if not alive(stub.pid)} - broken.keys():
                self._on_event(f"the process of model '{model}' died: loading it again", "error")
                broken[model] = _Retry()
            for model, retry in list(broken.items()):
                if retry.due() and self._revived(model, retry):
                    del broken[model]
                    stubs = stubs_of(self._server.pid)

    def _restart(self, failures: int) -> bool:
        """Starts the server again after a pause; False when that was the last try."""
        status = self._server.returncode
        if failures >= len(BACK_OFF_SECONDS):
            self.failed = ServerFailed(
                f"Triton ended {failures + 1} times in a row, the last time with status {status}; "
                f"its output is in {self._server.log_file}"
            )
            self._on_event(self.failed.message, "error")
            return False
        pause = BACK_OFF_SECONDS[failures]
        self._on_event(f"Triton ended with status {status}: starting it again", "error")
        self._server.stop()
        if self._stopping.wait(pause):
            return False
        try:
            self._server.start()
            self._server.wait_ready(self._stopping.is_set)
        except TritoneError as error:
            self._on_event(error.message, "error")
            # Another round decides: the process is gone, or there is none to wait for.
            return self._restart(failures + 1)
        self._on_event("Triton serves again", "info")
        return True

    def _revived(self, model: str, retry: "_Retry") -> bool:
        try:
            revive(self._settings.grpc_url, model)
        except TritoneError as error:
            pause = retry.postpone()
            self._on_event(f"{error.message}; next try in {pause:g} s", "error")
            return False
        self._on_event(f"model '{model}' serves again", "info")
        return True


class _Retry:
    """When to try next: at once, then after growing pauses."""

    def __init__(self) -> None:
        self._failures = 0
        self._at = 0.0

    def due(self) -> bool:
        return time.monotonic() >= self._at

    def postpone(self) -> float:
        pause = BACK_OFF_SECONDS[min(self._failures, len(BACK_OFF_SECONDS) - 1)]
        self._failures += 1
        self._at = time.monotonic() + pause
        return pause
