"""What `tritone up` logs, as text and as JSON."""

import json
from pathlib import Path

import pytest

from tests.unit.cli_kit import run
from tests.unit.cli_up.up_kit import FakeSupervisor
from tritone.cli.journal import Journal

pytestmark = pytest.mark.unit


def test_log_as_json(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With TRITONE_LOG_FORMAT=json each line of stderr is an object."""
    monkeypatch.setenv("TRITONE_LOG_FORMAT", "json")
    entries = [json.loads(line) for line in run("up").stderr.splitlines()]
    assert {"time", "level", "source", "text"} == set(entries[0])
    assert any(entry["source"] == "model" for entry in entries)


def test_json_log_takes_progress_too(capsys: pytest.CaptureFixture[str]) -> None:
    """What a progress bar prints becomes log entries, so that every line parses."""
    journal = Journal("info", "json")
    journal.console.print("silero-vad: fetching 1.2 MB", markup=False)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["text"] == "silero-vad: fetching 1.2 MB"


def test_log_level(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines below the level are left out."""
    journal = Journal("warning", "text")
    journal.event("boring")
    journal.event("look", "warning")
    told = capsys.readouterr().err
    assert "boring" not in told
    assert "warning: look" in told
