"""The embedded nats-server: starts, comes back, keeps its store to itself, leaves nothing."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.nats.server_kit import OwnServer, nats_settings
from tritone.errors import PortInUse, SetupError
from tritone.launcher import nats_server as module
from tritone.launcher.nats_server import NatsServer, check_nats_server
from tritone.nats.connection import connect

pytestmark = pytest.mark.nats


def until(condition) -> None:
    """Waits for what should come soon."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


async def test_it_has_what_the_bridge_needs(nats_server: NatsServer) -> None:
    """JetStream, room for recordings, nobody but this machine, and no output but its log."""
    client = await connect(nats_server.url, name="test")
    account = await client.jetstream().account_info()
    assert account.api.level
    assert client.max_payload == 16 * 1024**2
    await client.close()
    process = psutil.Process(nats_server.pid)
    listening = [one.laddr.ip for one in process.net_connections() if one.status == "LISTEN"]
    assert listening == ["127.0.0.1", "127.0.0.1"]


async def test_what_is_acknowledged_survives_a_crash(own_server: OwnServer) -> None:
    """A store that SIGKILL left behind is read again, with every message."""
    client = await connect(own_server.url, name="test")
    js = client.jetstream()
    await js.add_stream(name="A", subjects=["a"])
    for number in range(50):
        await js.publish("a", str(number).encode())
    await client.close()
    own_server.kill()
    own_server.start()
    client = await connect(own_server.url, name="test")
    assert (await client.jetstream().stream_info("A")).state.messages == 50
    await client.close()


def test_it_is_started_again(tmp_path: Path) -> None:
    """When it dies it comes back on the same port, and that is told."""
    lines: list[tuple[str, str]] = []
    with NatsServer(nats_settings(tmp_path), lambda *line: lines.append(line)) as server:
        before = server.pid
        os.kill(before, signal.SIGKILL)
        until(lambda: server.pid not in (0, before))
        until(server._child._serves)
        assert any(level == "error" and "starting it again" in text for level, text in lines)
    assert server.pid == 0


def test_it_leaves_nothing_but_its_store(tmp_path: Path) -> None:
    """Neither a process nor its configuration, which nobody else may read, nor a thread's file."""
    server = NatsServer(nats_settings(tmp_path))
    with server:
        pid, folder = server.pid, server._folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert f'store_dir: "{tmp_path}/store"' in (folder / "nats-server.conf").read_text()
    assert not psutil.pid_exists(pid)
    assert not folder.exists()
    assert (tmp_path / "store" / "jetstream").exists()


@pytest.mark.parametrize(
    ("field", "variable"),
    [("port", "TRITONE_NATS__PORT"), ("monitor_port", "TRITONE_NATS__MONITOR_PORT")],
)
def test_a_port_that_is_taken(tmp_path: Path, field: str, variable: str) -> None:
    """It is named with the variable to set, and nothing is started."""
    settings = nats_settings(tmp_path)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", getattr(settings.nats, field)))
        holder.listen()
        server = NatsServer(settings)
        with pytest.raises(PortInUse, match=variable):
            server.start()
        with pytest.raises(PortInUse, match=variable):
            check_nats_server(settings)
        server.close()
    assert not (tmp_path / "store").exists()


def test_a_store_has_one_server(tmp_path: Path) -> None:
    """Another server on other ports is kept off the store, until the first is gone."""
    first, second = nats_settings(tmp_path), nats_settings(tmp_path)
    with NatsServer(first):
        other = NatsServer(second)
        with pytest.raises(SetupError, match="another NATS server uses"):
            other.start()
        other.close()
    with NatsServer(second) as again:
        assert again.pid


def test_a_store_that_cannot_be(tmp_path: Path) -> None:
    """A file where the folder should be is told with the variable to set."""
    (tmp_path / "store").write_text("a file")
    server = NatsServer(nats_settings(tmp_path))
    with pytest.raises(SetupError, match="TRITONE_NATS__STORE"):
        server.start()
    server.close()


def test_without_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install, or to set, is told."""
    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"tritone\[nats-server\].*TRITONE_NATS_URL"):
        check_nats_server(nats_settings(tmp_path))


def test_names_of_folders(tmp_path: Path) -> None:
    """Blanks and quotes in the store's path are no syntax."""
    folder = tmp_path / 'a "b" \\c #d'
    settings = nats_settings(folder)
    with NatsServer(settings):
        assert (folder / "store" / "jetstream").exists()


def test_the_reference_configuration() -> None:
    """The server takes it, and it flushes before it acknowledges."""
    file = Path(__file__).parents[2] / "bridge" / "nats-server.conf"
    program = Path(sys.executable).parent / "nats-server"
    checked = subprocess.run([program, "-c", file, "-t"], capture_output=True, timeout=30)
    assert checked.returncode == 0, checked.stderr
    lines = [line.strip() for line in file.read_text().splitlines()]
    assert "sync_interval: always" in lines
    assert f"max_payload: {module.MAX_PAYLOAD}" in lines
