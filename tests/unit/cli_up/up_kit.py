"""What `tritone up` starts, in doubles, and model repositories for it."""

import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from tritone.cli.journal import Journal
from tritone.cli.stopping import StopSignal
from tritone.errors import TritoneError
from tritone.launcher.door import Entrance
from tritone.launcher.logs import Line
from tritone.settings import Settings

MODELS = ("stt", "llm")


class FakeSupervisor:
    """Stands in for the launcher: says that it loaded, then goes the way the test wants."""

    start_error: TritoneError | None = None
    ready_error: TritoneError | None = None
    dies: TritoneError | None = None
    stop_with: tuple[signal.Signals, ...] = (signal.SIGINT,)
    last: "FakeSupervisor"

    def __init__(
        self,
        _settings: Settings,
        *,
        environment: Mapping[str, str],
        on_line: Callable[[Line], None],
        on_event: Callable[[str, str], None],
    ) -> None:
        self.environment = environment
        self.closed = 0
        self._failed: TritoneError | None = None
        self._signals = self.stop_with
        self._on_line = on_line
        self._on_event = on_event
        FakeSupervisor.last = self

    def start(self) -> None:
        if self.start_error:
            raise self.start_error

    def wait_ready(self, _cancelled: Callable[[], bool]) -> None:
        if self.ready_error:
            raise self.ready_error
        for model in MODELS:
            self._on_line(Line("debug", f"loaded '{model}'", "triton", model))
        self._on_line(Line("info", "hello \x1b[31mfrom a model", "model"))
        if self.dies:
            self._on_event("Triton ended", "error")
            self._failed = self.dies

    @property
    def failed(self) -> TritoneError | None:
        """Looked at while serving: that is when the signals come, not after some time."""
        signals, self._signals = self._signals, ()
        for number in signals:
            signal.raise_signal(number)
        return self._failed

    def close(self) -> None:
        self.closed += 1
        for number in self.stop_with[1:]:
            signal.raise_signal(number)


class FakeDoor:
    """Stands in for the edge's process."""

    start_error: TritoneError | None = None
    last: "FakeDoor | None" = None

    def __init__(
        self, _entrance: Entrance, _settings: Settings, _on_entry: Callable[..., None]
    ) -> None:
        self.closed = self.started = False
        FakeDoor.last = self

    def start(self, _cancelled: Callable[[], bool]) -> None:
        if self.start_error:
            raise self.start_error
        self.started = True

    def close(self) -> None:
        assert FakeSupervisor.last.closed == 0, "the door is closed before its Triton"
        assert FakeMessaging.last.closed, "the bridge is closed before the door"
        self.closed = True


class FakeMessaging:
    """Stands in for NATS and the bridge's process."""

    start_error: TritoneError | None = None
    last: "FakeMessaging"

    def __init__(self, _settings: Settings | None, _journal: Journal | None) -> None:
        self.started = False
        self.closed = False
        FakeMessaging.last = self

    @classmethod
    def none(cls) -> None:
        """As if it had never been."""
        cls(None, None).close()

    def start(self, _stop: StopSignal) -> None:
        assert not (FakeDoor.last and FakeDoor.last.closed)
        if self.start_error:
            raise self.start_error
        self.started = True

    def close(self) -> None:
        self.closed = True


class FakeRpc:
    """Stands in for AIService's process."""

    start_error: TritoneError | None = None
    last: "FakeRpc | None" = None

    def __init__(
        self, _entrance: Entrance, _settings: Settings, _on_entry: Callable[..., None]
    ) -> None:
        self.closed = self.started = False
        FakeRpc.last = self

    def start(self, _cancelled: Callable[[], bool]) -> None:
        if self.start_error:
            raise self.start_error
        self.started = True

    def close(self) -> None:
        assert FakeSupervisor.last.closed == 0, "AIService is closed before its Triton"
        self.closed = True


def repository_with(folder: Path, **weights: str) -> Path:
    for model, names in weights.items():
        (folder / model).mkdir(parents=True, exist_ok=True)
        parameter = f'parameters {{ key: "weights" value {{ string_value: "{names}" }} }}'
        config = f'name: "{model}"\n{parameter if names else ""}'
        (folder / model / "config.pbtxt").write_text(config)
    return folder
