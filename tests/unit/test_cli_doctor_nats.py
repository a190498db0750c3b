"""What `tritone doctor` says of NATS and the bridge."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli_kit import isolate
from tritone.cli import checks
from tritone.launcher import nats_server
from tritone.settings import BridgeSettings, Settings

pytestmark = pytest.mark.unit


def test_nats_matters_only_with_the_bridge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its server is not needed where one runs elsewhere, and nothing of it without the bridge."""
    isolate(monkeypatch, tmp_path)
    monkeypatch.setattr(checks, "_import_problem", lambda _modules: "No module")

    def failed(**given: Any) -> set[str]:
        found = checks.installation(Settings(triton_url="", **given))
        return {row.name for row in found if row.state == "failed"}

    ours = {"extra nats", "extra bridge", "extra nats-server"}
    assert ours <= failed()
    assert failed(nats_url="nats://nats:4222") & ours == {"extra nats", "extra bridge"}
    assert failed(bridge=BridgeSettings(enabled=False)) & ours == set()
    monkeypatch.undo()
    assert checks._import_problem(()) == ""
    monkeypatch.setattr(nats_server.sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", "/nowhere")
    assert checks._import_problem(()) == "there is no nats-server"
