"""AIService as `tritone up` and `tritone rpc` start it."""

import os
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.nats.server_kit import free_ports
from tests.unit.cli_kit import isolate, run
from tritone.errors import ServerFailed
from tritone.launcher.door import Door, OnEntry
from tritone.launcher.entrances import rpc as entrance
from tritone.settings import RpcSettings, Settings

pytestmark = pytest.mark.unit

PROGRAM = """
import http.server, json, os, sys
told = {name: os.environ[name] for name in ("GRPC_LISTEN_ADDR", "TRITONE_BACKENDS")}
print(json.dumps({"level": "info", "text": "serving", **told}), file=sys.stderr, flush=True)
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()
    def log_message(self, *_): pass
port = int(os.environ["TRITONE_RPC__METRICS_PORT"])
http.server.HTTPServer(("127.0.0.1", port), Health).serve_forever()
"""
"""Stands in for AIService's own process."""


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A module `bridge.rpc` of the tests, which is what the launcher runs."""
    isolate(monkeypatch, tmp_path)
    (tmp_path / "bridge").mkdir()
    (tmp_path / "bridge" / "__init__.py").touch()
    (tmp_path / "bridge" / "rpc.py").write_text(PROGRAM)
    return tmp_path / "bridge" / "rpc.py"


def settings(*, metrics: bool = True) -> Settings:
    """Free ports."""
    port, window = free_ports(2)
    rpc = RpcSettings(metrics_port=window if metrics else 0, drain_seconds=1)
    return Settings(grpc_listen_addr=f":{port}", grpc_port=7001, metrics_port=7002, rpc=rpc)


def opened(used: Settings, on_entry: OnEntry = lambda *_: None) -> Door:
    """What `tritone up` opens."""
    return Door(entrance(used), used, on_entry)


def test_it_is_started_and_stopped(program: Path) -> None:
    """For this machine alone, before the Triton of these settings; nothing of it is left."""
    used, entries = settings(), []
    with opened(used, lambda *entry: entries.append(entry)) as rpc:
        rpc.start()
        pid = rpc.pid
        assert pid
    assert not psutil.pid_exists(pid)
    ((level, text, fields),) = entries
    assert (level, text) == ("info", "serving")
    assert fields == {
        "GRPC_LISTEN_ADDR": f"127.0.0.1{used.grpc_listen_addr}",
        "TRITONE_BACKENDS": "127.0.0.1:7001/7002",
    }
    entrance(used).check()  # every port is free again


def test_one_that_fails_is_told(program: Path) -> None:
    """With what it said last."""
    program.write_text("import sys; sys.exit('no')")
    entries: list[tuple[str, str, Any]] = []
    with (
        opened(settings(), lambda *entry: entries.append(entry)) as rpc,
        pytest.raises(ServerFailed, match="AIService ended while starting"),
    ):
        rpc.start()
    assert ("warning", "no", {}) in entries


def test_without_metrics_it_cannot_be_asked(program: Path) -> None:
    """And is taken to be ready."""
    program.write_text("import time; time.sleep(60)")
    with opened(settings(metrics=False)) as rpc:
        rpc.start()
        assert rpc.pid


@pytest.mark.parametrize("flags", [[], ["--self-test"]])
def test_alone_it_takes_the_commands_place(
    program: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str]
) -> None:
    """`tritone rpc` becomes the door's process, with the flag passed on."""
    called: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, arguments: called.append(arguments))
    assert run("rpc", *flags).exit_code == 0
    assert called == [[sys.executable, "-m", "bridge.rpc", *flags]]


def test_a_wrong_setting_is_told_before(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the way of all commands."""
    monkeypatch.setenv("TRITONE_RPC__QUEUE_SECONDS", "never")
    result = run("rpc")
    assert result.exit_code == 5
    assert "TRITONE_RPC__QUEUE_SECONDS='never'" in result.stderr
