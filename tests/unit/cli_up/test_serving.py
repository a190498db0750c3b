"""`tritone up`: start, demonstration, serving, stopping."""

import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli_kit import ScriptedClient, good_turn, isolate, json_lines, read_wav, run
from tests.unit.cli_up.up_kit import FakeDoor, FakeMessaging, FakeRpc, FakeSupervisor
from tritone.cli import serving
from tritone.cli.stopping import StopSignal
from tritone.errors import NoSpeech, PortInUse, ServerFailed

pytestmark = pytest.mark.unit


def test_serves_until_ctrl_c(supervisor: type[FakeSupervisor]) -> None:
    """It counts the models, prints where they are reached, and ends with 0 on Ctrl-C."""
    result = run("up")
    assert result.exit_code == 0
    assert "loaded stt (1 of 2)" in result.stderr
    assert "2 models ready" in result.stderr
    assert "OpenAI   http://127.0.0.1:8080/v1" in result.stdout
    assert "NATS     nats://127.0.0.1:4222" in result.stdout
    assert "house    127.0.0.1:50052" in result.stdout
    assert "gRPC     127.0.0.1:8001" in result.stdout
    assert "tritone talk" in result.stdout
    assert result.stderr.splitlines()[-1].endswith("stopped")
    assert "\x1b" not in result.output
    assert supervisor.last.closed == 1
    assert FakeDoor.last.started
    assert FakeDoor.last.closed
    assert FakeMessaging.last.started
    assert FakeMessaging.last.closed
    assert FakeRpc.last.started
    assert FakeRpc.last.closed


def test_without_the_door(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With TRITONE_EDGE__ENABLED=false only Triton is started."""
    monkeypatch.setenv("TRITONE_EDGE__ENABLED", "false")
    result = run("up")
    assert (result.exit_code, FakeDoor.last) == (0, None)
    assert "OpenAI" not in result.stdout


def test_without_the_bridge(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With TRITONE_BRIDGE__ENABLED=false neither NATS nor the bridge is started or shown."""
    monkeypatch.setenv("TRITONE_BRIDGE__ENABLED", "false")
    monkeypatch.setattr(serving, "check_messaging", lambda _: pytest.fail("not asked for"))
    result = run("up")
    assert (result.exit_code, FakeMessaging.last.started) == (0, False)
    assert "NATS" not in result.stdout


def test_password_of_nats_is_not_shown(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server elsewhere is named without what opens it."""
    monkeypatch.setenv("TRITONE_NATS_URL", "nats://ada:secret@one:4222, nats://two:4222")
    result = run("up", "--json")
    ready = next(line for line in json_lines(result) if line["type"] == "ready")
    assert ready["nats"] == "nats://one:4222,nats://two:4222"
    assert "secret" not in result.output


def test_bridge_that_does_not_start(supervisor: type[FakeSupervisor]) -> None:
    """A bridge that fails stops everything, and says so."""
    serving.Messaging.start_error = ServerFailed("the bridge ended while starting")
    result = run("up")
    assert (result.exit_code, supervisor.last.closed) == (5, 1)
    assert FakeDoor.last.closed
    assert FakeMessaging.last.closed
    assert "error SERVER_FAILED: the bridge ended" in result.stderr


def test_door_that_does_not_start(supervisor: type[FakeSupervisor]) -> None:
    """A door that fails stops everything, and says so."""
    FakeDoor.start_error = ServerFailed("the edge ended while starting")
    result = run("up")
    assert (result.exit_code, supervisor.last.closed) == (5, 1)
    assert "error SERVER_FAILED: the edge ended" in result.stderr


@pytest.mark.parametrize("signals", [(signal.SIGTERM,), (signal.SIGINT, signal.SIGINT)])
def test_any_stop_signal_stops_once(
    supervisor: type[FakeSupervisor], signals: tuple[signal.Signals, ...]
) -> None:
    """SIGTERM stops like Ctrl-C, and a second signal while stopping is harmless."""
    supervisor.stop_with = signals
    result = run("up")
    assert (result.exit_code, supervisor.last.closed) == (0, 1)
    assert "Traceback" not in result.output


def test_json_tells_of_each_step(supervisor: type[FakeSupervisor]) -> None:
    """A program reads which models loaded, where the server is, and that it stopped."""
    told = json_lines(run("up", "--json"))
    assert [line["type"] for line in told] == ["loaded", "loaded", "ready", "stopped"]
    assert told[2]["http"] == "http://127.0.0.1:8000"


def test_demo_is_shown(supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch) -> None:
    """The turn on the shipped sample is shown, its audio lies under the home folder."""
    ScriptedClient(voice=good_turn()).use(monkeypatch)
    result = run("up", "--demo")
    assert result.exit_code == 0
    for part in ("asking", "you     What is it?", "reply   It is four.", "first audio", "serving"):
        assert part in result.stdout
    assert len(read_wav(Path("home/replies/question.wav"))[1]) == 150


def test_failed_demo_stops_the_server(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that cannot answer is not left running as if all were well."""
    ScriptedClient(voice=NoSpeech("nobody")).use(monkeypatch)
    result = run("up", "--demo")
    assert (result.exit_code, supervisor.last.closed) == (3, 1)
    assert "error NO_SPEECH" in result.stderr


@pytest.mark.parametrize("where", ["start_error", "ready_error"])
def test_start_that_fails_is_cleaned_up(supervisor: type[FakeSupervisor], where: str) -> None:
    """A port that is taken, or a model that does not load: exit 5, and nothing stays."""
    setattr(supervisor, where, PortInUse("port 8000 is taken"))
    result = run("up")
    assert (result.exit_code, supervisor.last.closed) == (5, 1)
    assert "error PORT_IN_USE: port 8000 is taken" in result.stderr


def test_server_that_dies_for_good(supervisor: type[FakeSupervisor]) -> None:
    """When the supervisor gives up, so does the command: why, and exit code 1."""
    supervisor.dies = ServerFailed("Triton ended 6 times in a row")
    result = run("up")
    assert (result.exit_code, supervisor.last.closed) == (1, 1)
    assert "error SERVER_FAILED: Triton ended 6 times in a row" in result.stderr


def test_external_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With TRITONE_TRITON_URL nothing is started; the server must have every model."""
    isolate(monkeypatch, tmp_path, TRITONE_TRITON_URL="triton:8001")
    names = ("llm", "stt", "tts", "vad", "embedder", "reranker", "chat", "intent", "voice")
    client = ScriptedClient(**dict.fromkeys(names, good_turn())).use(monkeypatch)
    result = run("up", "--demo")
    assert (result.exit_code, "reply   It is four." in result.stdout) == (0, True)
    del client.answers["tts"]
    result = run("up")
    assert (result.exit_code, "does not serve tts" in result.stderr) == (4, True)
    client.is_ready = False
    assert run("up").exit_code == 4


def test_commands_to_type_can_be_typed(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program that is not on the PATH is shown with its path, and the ports are told."""
    monkeypatch.setattr("sys.argv", [".venv/bin/tritone", "up"])
    monkeypatch.setenv("TRITONE_GRPC_PORT", "9001")
    assert "  TRITONE_TRITON_URL=127.0.0.1:9001 .venv/bin/tritone ask" in run("up").stdout


async def test_stopping_cancels_what_runs() -> None:
    """Work that runs when the signal comes is cancelled at once."""
    import asyncio

    before = signal.getsignal(signal.SIGINT)
    with StopSignal() as stop:
        threading.Timer(0.05, lambda: signal.raise_signal(signal.SIGINT)).start()
        begun = time.monotonic()
        result: Any = await stop.unless(asyncio.sleep(30))
        assert result is None
        assert time.monotonic() - begun < 5
    assert signal.getsignal(signal.SIGINT) == before
