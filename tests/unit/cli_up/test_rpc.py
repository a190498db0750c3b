"""`tritone up` and AIService: started, shown, checked, stopped."""

import socket

import pytest

from tests.unit.cli_kit import json_lines, run
from tests.unit.cli_up.up_kit import FakeRpc, FakeSupervisor
from tritone.errors import PortInUse, ServerFailed, SetupError
from tritone.launcher import entrances
from tritone.settings import RpcSettings, Settings

pytestmark = pytest.mark.unit


def test_without_aiservice(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With TRITONE_RPC__ENABLED=false it is neither started, checked nor shown."""
    monkeypatch.setenv("TRITONE_RPC__ENABLED", "false")
    monkeypatch.setenv("GRPC_LISTEN_ADDR", "nowhere")
    monkeypatch.setattr(entrances, "check_installed", lambda: pytest.fail("not asked for"))
    result = run("up")
    assert (result.exit_code, FakeRpc.last) == (0, None)
    assert "house" not in result.stdout
    assert "tritone query" not in result.stdout


def test_aiservice_elsewhere_is_shown_as_it_is_called(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another port is in the endpoints, and in the command to type."""
    monkeypatch.setenv("GRPC_LISTEN_ADDR", "0.0.0.0:50099")
    assert 'query "Turn on the kitchen light." --address 127.0.0.1:50099' in run("up").stdout
    ready = next(line for line in json_lines(run("up", "--json")) if line["type"] == "ready")
    assert ready["rpc"] == "127.0.0.1:50099"


def test_aiservice_that_does_not_start(supervisor: type[FakeSupervisor]) -> None:
    """One that fails stops everything, and says so."""
    FakeRpc.start_error = ServerFailed("AIService ended while starting")
    result = run("up")
    assert (result.exit_code, supervisor.last.closed) == (5, 1)
    assert FakeRpc.last.closed
    assert "error SERVER_FAILED: AIService ended" in result.stderr


@pytest.mark.parametrize(
    ("given", "taken"),
    [(":50052", "127.0.0.1:50052"), ("0.0.0.0:1", "0.0.0.0:1"), ("[::1]:2", "[::1]:2")],
)
def test_it_is_for_this_machine_unless_an_address_is_named(given: str, taken: str) -> None:
    """What `tritone up` opens is not reached by others, if nobody asked for that."""
    assert str(entrances.listen_of(Settings(grpc_listen_addr=given))) == taken


def on(port: int, metrics: int) -> Settings:
    """Settings with these ports."""
    return Settings(grpc_listen_addr=f"127.0.0.1:{port}", rpc=RpcSettings(metrics_port=metrics))


def test_its_ports_are_checked_beforehand() -> None:
    """Each that is taken is named with its variable, before a long download."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        with pytest.raises(PortInUse, match="GRPC_LISTEN_ADDR"):
            entrances.rpc(on(taken, 0)).check()
        with pytest.raises(PortInUse, match="TRITONE_RPC__METRICS_PORT"):
            entrances.rpc(on(0, taken)).check()
    entrances.rpc(on(0, 0)).check()


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install, and how to do without it."""
    monkeypatch.setattr(entrances, "_RPC_NEEDS", ("hassil", "no_such_module"))
    with pytest.raises(SetupError, match=r"needs no_such_module: .*TRITONE_RPC__ENABLED=false"):
        entrances.check_installed()
