"""`tritone up`: weights, start, demonstration, serving, stopping."""

import json
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.cli_kit import ScriptedClient, good_turn, isolate, json_lines, read_wav, run
from tritone.cli import serving
from tritone.cli.journal import Journal
from tritone.cli.selection import select
from tritone.cli.stopping import StopSignal
from tritone.errors import NoSpeech, PortInUse, ServerFailed, SetupError, TritoneError
from tritone.launcher.logs import Line
from tritone.settings import Settings

pytestmark = pytest.mark.unit

MODELS = ("stt", "llm")


class FakeSupervisor:
    """Stands in for the launcher: says that it loaded, then goes the way the test wants."""

    start_error: TritoneError | None = None
    ready_error: TritoneError | None = None
    dies: TritoneError | None = None
    stop_with: tuple[signal.Signals, ...] = (signal.SIGINT,)
    last: "FakeSupervisor"

    def __init__(
        self,
        _settings: Settings,
        *,
        environment: Mapping[str, str],
        on_line: Callable[[Line], None],
        on_event: Callable[[str, str], None],
    ) -> None:
        self.environment = environment
        self.closed = 0
        self._failed: TritoneError | None = None
        self._signals = self.stop_with
        self._on_line = on_line
        self._on_event = on_event
        FakeSupervisor.last = self

    def start(self) -> None:
        if self.start_error:
            raise self.start_error

    def wait_ready(self, _cancelled: Callable[[], bool]) -> None:
        if self.ready_error:
            raise self.ready_error
        for model in MODELS:
            self._on_line(Line("debug", f"loaded '{model}'", "triton", model))
        self._on_line(Line("info", "hello \x1b[31mfrom a model", "model"))
        if self.dies:
            self._on_event("Triton ended", "error")
            self._failed = self.dies

    @property
    def failed(self) -> TritoneError | None:
        """Looked at while serving: that is when the signals come, not after some time."""
        signals, self._signals = self._signals, ()
        for number in signals:
            signal.raise_signal(number)
        return self._failed

    def close(self) -> None:
        self.closed += 1
        for number in self.stop_with[1:]:
            signal.raise_signal(number)


class FakeDoor:
    """Stands in for the edge's process."""

    start_error: TritoneError | None = None
    last: "FakeDoor"

    def __init__(self, _settings: Settings, _on_entry: Callable[..., None]) -> None:
        self.closed = self.started = False
        FakeDoor.last = self

    def start(self, _cancelled: Callable[[], bool]) -> None:
        if self.start_error:
            raise self.start_error
        self.started = True

    def close(self) -> None:
        assert FakeSupervisor.last.closed == 0, "the door is closed before its Triton"
        self.closed = True


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> type[FakeSupervisor]:
    kind = type("Fake", (FakeSupervisor,), {})
    monkeypatch.setattr(serving, "Supervisor", kind)
    monkeypatch.setattr(serving, "Door", type("OneDoor", (FakeDoor,), {}))
    monkeypatch.setattr(serving, "_fetch", lambda *_: None)
    return kind


def _repository(folder: Path, **weights: str) -> Path:
    for model, names in weights.items():
        (folder / model).mkdir(parents=True, exist_ok=True)
        parameter = f'parameters {{ key: "weights" value {{ string_value: "{names}" }} }}'
        config = f'name: "{model}"\n{parameter if names else ""}'
        (folder / model / "config.pbtxt").write_text(config)
    return folder


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repository = _repository(
        tmp_path / "models", stt="whisper-base,silero-vad", llm="qwen2.5-coder-0.5b"
    )
    isolate(monkeypatch, tmp_path, TRITONE_REPOSITORIES=str(repository))


def test_serves_until_ctrl_c(supervisor: type[FakeSupervisor]) -> None:
    """It counts the models, prints where they are reached, and ends with 0 on Ctrl-C."""
    result = run("up")
    assert result.exit_code == 0
    assert "loaded stt (1 of 2)" in result.stderr
    assert "2 models ready" in result.stderr
    assert "OpenAI   http://127.0.0.1:8080/v1" in result.stdout
    assert "gRPC     127.0.0.1:8001" in result.stdout
    assert "tritone talk" in result.stdout
    assert result.stderr.splitlines()[-1].endswith("stopped")
    assert "\x1b" not in result.output
    assert supervisor.last.closed == 1
    assert FakeDoor.last.started
    assert FakeDoor.last.closed


def test_without_the_door(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With TRITONE_EDGE__ENABLED=false only Triton is started."""
    monkeypatch.setenv("TRITONE_EDGE__ENABLED", "false")
    result = run("up")
    assert (result.exit_code, FakeDoor.last.started) == (0, False)
    assert "OpenAI" not in result.stdout


def test_door_that_does_not_start(supervisor: type[FakeSupervisor]) -> None:
    """A door that fails stops everything, and says so."""
    serving.Door.start_error = ServerFailed("the edge ended while starting")
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


def test_light_set_reaches_the_models(supervisor: type[FakeSupervisor]) -> None:
    """`--set light` overrides the weights of each model that has others."""
    run("up", "--set", "light")
    assert supervisor.last.environment == {
        "TRITONE_WEIGHTS_SET": "light",
        "TRITONE_MODELS__STT__WEIGHTS": "whisper-tiny-en,silero-vad",
        "TRITONE_MODELS__LLM__WEIGHTS": "smollm2-135m",
    }


def test_commands_to_type_can_be_typed(
    supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program that is not on the PATH is shown with its path, and the ports are told."""
    monkeypatch.setattr("sys.argv", [".venv/bin/tritone", "up"])
    monkeypatch.setenv("TRITONE_GRPC_PORT", "9001")
    assert "  TRITONE_TRITON_URL=127.0.0.1:9001 .venv/bin/tritone ask" in run("up").stdout


def test_missing_weights_are_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is not there is fetched; offline only from local folders."""
    asked: list[tuple[list[str], Any]] = []
    monkeypatch.setattr(
        serving,
        "fetch_with_progress",
        lambda _s, names, _c, sources: asked.append((names, sources)),
    )
    monkeypatch.setattr(
        serving.Store,
        "status",
        lambda _self, name: SimpleNamespace(state="ready" if name == "silero-vad" else "missing"),
    )
    settings = Settings(offline=True)
    serving._fetch(settings, select(settings), Journal("error", "text"))
    ((names, sources),) = asked
    assert "silero-vad" not in names
    assert "whisper-base" in names
    assert sources == ("path",)


def test_default_set_is_what_the_configs_say() -> None:
    """Without a set nothing is overridden, whatever a config names."""
    selection = select(Settings())
    assert selection.models == ("llm", "stt")
    assert selection.weights == ("qwen2.5-coder-0.5b", "whisper-base", "silero-vad")
    assert selection.environment == {"TRITONE_WEIGHTS_SET": "default"}


def test_own_choice_wins_over_the_set() -> None:
    """Weights that somebody named for a model are kept, and are what is fetched."""
    chosen = Settings(models={"llm": {"weights": "qwen2.5-coder-1.5b"}}, weights_set="light")
    selection = select(chosen)
    assert selection.weights == ("qwen2.5-coder-1.5b", "whisper-tiny-en", "silero-vad")
    assert "TRITONE_MODELS__LLM__WEIGHTS" not in selection.environment


def test_models_without_weights(tmp_path: Path) -> None:
    """A model that loads nothing is counted, and left alone."""
    repository = _repository(tmp_path / "ensembles", chat="")
    selection = select(Settings(repositories=(repository,), weights_set="light"))
    assert (selection.models, selection.weights) == (("chat",), ())


def test_repositories_that_cannot_be_used(tmp_path: Path) -> None:
    """A missing or empty repository, or a broken config, is told as such."""
    with pytest.raises(SetupError, match="no model repository"):
        select(Settings(repositories=(tmp_path / "nothing",)))
    with pytest.raises(SetupError, match="empty"):
        select(Settings(repositories=(tmp_path,)))
    (tmp_path / "models" / "stt" / "config.pbtxt").write_text("name: ")
    with pytest.raises(SetupError, match="cannot be read"):
        select(Settings())


def test_shipped_configs_have_a_light_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every weights of the real repositories has a counterpart in the light set."""
    isolate(monkeypatch, tmp_path)
    selection = select(Settings(), "light")
    assert len(selection.models) == 9
    assert {"whisper-tiny-en", "smollm2-135m"} <= set(selection.weights)
    assert not {"whisper-base", "qwen2.5-coder-0.5b"} & set(selection.weights)


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
