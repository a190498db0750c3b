"""Every test has a repository of its own and, where it asks for it, a double for Triton."""

from pathlib import Path

import pytest

from tests.unit.cli_kit import isolate
from tests.unit.cli_up.up_kit import (
    FakeDoor,
    FakeMessaging,
    FakeRpc,
    FakeSupervisor,
    repository_with,
)
from tritone.cli import serving
from tritone.launcher.door import Entrance


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> type[FakeSupervisor]:
    kind = type("Fake", (FakeSupervisor,), {})
    monkeypatch.setattr(serving, "Supervisor", kind)
    doubles = {"edge": FakeDoor, "bridge.rpc": FakeRpc}
    monkeypatch.setattr(serving, "Door", lambda what, *rest: doubles[what.module](what, *rest))
    for double in doubles.values():
        monkeypatch.setattr(double, "start_error", None)
        monkeypatch.setattr(double, "last", None)
    monkeypatch.setattr(serving, "Messaging", type("OneMessaging", (FakeMessaging,), {}))
    monkeypatch.setattr(serving, "check_messaging", lambda _: None)
    # Somebody's own Triton may run on this machine, and is not in the way of a double.
    monkeypatch.setattr(serving, "check_ports", lambda _: None)
    monkeypatch.setattr(Entrance, "check", lambda _: None)
    FakeMessaging.none()
    monkeypatch.setattr(serving, "_fetch", lambda *_: None)
    return kind


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repository = repository_with(
        tmp_path / "models", stt="whisper-base,silero-vad", llm="qwen2.5-coder-0.5b"
    )
    isolate(monkeypatch, tmp_path, TRITONE_REPOSITORIES=str(repository))
