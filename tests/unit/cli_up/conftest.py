"""Every test has a repository of its own and, where it asks for it, a double for Triton."""

from pathlib import Path

import pytest

from tests.unit.cli_kit import isolate
from tests.unit.cli_up.up_kit import FakeDoor, FakeMessaging, FakeSupervisor, repository_with
from tritone.cli import serving


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> type[FakeSupervisor]:
    kind = type("Fake", (FakeSupervisor,), {})
    monkeypatch.setattr(serving, "Supervisor", kind)
    monkeypatch.setattr(serving, "Door", type("OneDoor", (FakeDoor,), {}))
    monkeypatch.setattr(serving, "Messaging", type("OneMessaging", (FakeMessaging,), {}))
    monkeypatch.setattr(serving, "check_messaging", lambda _: None)
    FakeMessaging.none()
    monkeypatch.setattr(serving, "_fetch", lambda *_: None)
    return kind


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repository = repository_with(
        tmp_path / "models", stt="whisper-base,silero-vad", llm="qwen2.5-coder-0.5b"
    )
    isolate(monkeypatch, tmp_path, TRITONE_REPOSITORIES=str(repository))
