"""What `tritone doctor` finds at the ports that `tritone up` listens on."""

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli_kit import ScriptedClient, isolate
from tritone.cli import listening
from tritone.cli.checks import Finding
from tritone.settings import BridgeSettings, EdgeSettings, NatsSettings, RpcSettings, Settings

pytestmark = pytest.mark.unit


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ScriptedClient:
    """A Triton that is ready."""
    isolate(monkeypatch, tmp_path)
    return ScriptedClient().use(monkeypatch)


class _Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path in ("/health/live", "/healthz") else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def healthy() -> Iterator[int]:
    """A port where something of ours answers that it is alive."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Healthy)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that somebody holds and where nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def free_port() -> int:
    """A port that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def on(port: int, **more: Any) -> Settings:
    """Settings of which every part listens on this port, for only one is looked at at a time."""
    return Settings(
        triton_url="",
        http_port=port,
        grpc_port=port,
        metrics_port=port,
        edge=EdgeSettings(port=port),
        nats=NatsSettings(port=port, monitor_port=port),
        bridge=BridgeSettings(metrics_port=port),
        grpc_listen_addr=f":{port}",
        rpc=RpcSettings(metrics_port=port),
        **more,
    )


async def found(settings: Settings) -> list[Finding]:
    """What the doctor says."""
    return [each async for each in listening.ports(settings)]


async def test_all_are_free(client: ScriptedClient) -> None:
    """Each part is named: Triton's three, the edge, AIService's two, NATS' two, the bridge."""
    rows = await found(on(free_port()))
    assert [row.state for row in rows] == ["ok"] * 9
    assert all(row.found.startswith("free (") for row in rows)


async def test_ours_run_there(client: ScriptedClient, healthy: int) -> None:
    """A port that is taken by what belongs there is well."""
    rows = await found(on(healthy))
    assert [row.state for row in rows] == ["ok"] * 9
    assert {row.found.partition(" (")[0] for row in rows} == {
        "a running Triton",
        "a running edge",
        "a running AIService",
        "a running nats-server",
        "a running bridge",
    }


async def test_others_hold_them(client: ScriptedClient, silent: int) -> None:
    """Each says which setting chooses another port."""
    client.is_ready = False
    rows = await found(on(silent))
    assert [row.state for row in rows] == ["failed"] * 9
    assert [row.fix.rpartition(" ")[2] for row in rows] == [
        "TRITONE_HTTP_PORT",
        "TRITONE_GRPC_PORT",
        "TRITONE_METRICS_PORT",
        "TRITONE_EDGE__PORT",
        "GRPC_LISTEN_ADDR",
        "TRITONE_RPC__METRICS_PORT",
        "TRITONE_NATS__PORT",
        "TRITONE_NATS__MONITOR_PORT",
        "TRITONE_BRIDGE__METRICS_PORT",
    ]


async def test_what_is_not_opened_is_not_looked_at(client: ScriptedClient, silent: int) -> None:
    """A door that is off, and a Triton elsewhere, need no port here."""
    off = BridgeSettings(enabled=False)
    assert await found(Settings(triton_url="triton:8001", bridge=off)) == []
    rest = {"edge": EdgeSettings(enabled=False), "rpc": RpcSettings(enabled=False), "bridge": off}
    settings = on(silent).model_copy(update=rest)
    assert len(await found(settings)) == 3


async def test_a_nats_server_elsewhere(client: ScriptedClient, silent: int) -> None:
    """TRITONE_NATS_URL promises a server: its absence is a failure, and its password a secret."""
    url = f"nats://someone:hunter2@127.0.0.1:{silent}"
    rows = await found(Settings(triton_url="triton:8001", nats_url=url))
    (row,) = [row for row in rows if row.name == "nats"]
    assert row.state == "failed"
    assert "TRITONE_NATS_URL" in row.fix
    assert "hunter2" not in f"{row}"
