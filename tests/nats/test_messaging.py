"""NATS and the bridge of `tritone up`: started in order, stopped in order, nothing left."""

import json
from pathlib import Path

import psutil
import pytest

from tests.nats.cli_kit import with_js
from tests.nats.server_kit import OwnServer, free_ports, nats_settings
from tritone.cli import messaging as module
from tritone.cli.journal import Journal
from tritone.cli.messaging import Messaging, check_messaging
from tritone.cli.stopping import StopSignal
from tritone.errors import PortInUse, ServerFailed
from tritone.nats.applying import plan
from tritone.nats.settling import all_streams
from tritone.settings import Settings

pytestmark = pytest.mark.nats

BRIDGE = """
import http.server, json, os, sys
print(json.dumps({"level": "info", "text": "serving", "nats": os.environ["TRITONE_NATS_URL"]}),
      file=sys.stderr, flush=True)
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()
    def log_message(self, *_): pass
port = int(os.environ["TRITONE_BRIDGE__METRICS_PORT"])
http.server.HTTPServer(("127.0.0.1", port), Health).serve_forever()
"""
"""Stands in for the bridge's own process."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Free ports for everything."""
    used = nats_settings(tmp_path)
    (port,) = free_ports(1)
    return used.model_copy(update={"bridge": used.bridge.model_copy(update={"metrics_port": port})})


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A module `bridge` of the tests, which is what the launcher runs."""
    program = tmp_path / "program"
    program.mkdir()
    (program / "bridge.py").write_text(BRIDGE)
    monkeypatch.chdir(program)
    return program / "bridge.py"


def started(settings: Settings) -> Messaging:
    """What `tritone up` starts."""
    messaging = Messaging(settings, Journal("info", "json"))
    try:
        messaging.start(StopSignal())
    except BaseException:
        messaging.close()
        raise
    return messaging


def test_everything_is_started_and_stopped(
    settings: Settings, bridge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server, every stream, the bridge with the server's address; and none of it is left."""
    messaging = started(settings)
    pids = [messaging._server.pid, messaging._bridge.pid]
    assert all(pids)
    assert with_js(messaging.url, lambda js: plan(js, 1)) == []
    messaging.close()
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    (entry,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (entry["source"], entry["nats"]) == ("bridge", messaging.url)
    check_messaging(settings)  # every port is free again
    again = started(settings)
    assert len(with_js(again.url, all_streams)) == len(with_js(again.url, all_streams))
    again.close()


def test_the_server_outlives_the_bridge(
    settings: Settings, bridge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bridge that is stopped can still finish what it does: it goes first."""
    order: list[str] = []
    for kind in (module.Door, module.NatsServer):
        close = kind.close

        def noted(self, close=close, name=kind.__name__) -> None:
            order.append(name)
            close(self)

        monkeypatch.setattr(kind, "close", noted)
    started(settings).close()
    assert order == ["Door", "NatsServer"]


def test_a_bridge_that_fails(settings: Settings, bridge: Path) -> None:
    """It is told, and the server is not left running."""
    bridge.write_text("import sys; sys.exit('no')")
    with pytest.raises(ServerFailed, match="the bridge ended while starting"):
        started(settings)
    check_messaging(settings)


def test_with_a_server_elsewhere(
    settings: Settings, bridge: Path, own_server: OwnServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """None is started, and its streams are the bridge's to make."""
    used = settings.model_copy(update={"nats_url": own_server.url})
    messaging = started(used)
    assert messaging._server is None
    messaging.close()
    assert own_server.pid
    assert json.loads(capsys.readouterr().err)["nats"] == own_server.url


@pytest.mark.parametrize("what", ["TRITONE_NATS__PORT", "TRITONE_BRIDGE__METRICS_PORT"])
def test_ports_are_checked_beforehand(settings: Settings, what: str) -> None:
    """A port that is taken is named with its variable."""
    import socket

    ports = {
        "TRITONE_NATS__PORT": settings.nats.port,
        "TRITONE_BRIDGE__METRICS_PORT": settings.bridge.metrics_port,
    }
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", ports[what]))
        holder.listen()
        with pytest.raises(PortInUse, match=what):
            check_messaging(settings)


def test_without_metrics(settings: Settings, bridge: Path) -> None:
    """Without a port nobody can ask the bridge, which is then taken to be ready."""
    bridge.write_text("import time; time.sleep(60)")
    off = settings.bridge.model_copy(update={"metrics_port": 0})
    messaging = started(settings.model_copy(update={"bridge": off}))
    assert messaging._bridge.pid
    messaging.close()
