"""`tritone doctor`."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from tests.unit.cli_kit import (
    ScriptedClient,
    answer,
    good_turn,
    heard,
    isolate,
    json_lines,
    run,
    speech,
)
from tritone import messages
from tritone.cli import checks
from tritone.cli.checks import Finding
from tritone.contract import EmbedResponse, IntentResponse, RerankResponse, VadResponse
from tritone.errors import EngineDied
from tritone.messages import Intent

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]


def _healthy() -> ScriptedClient:
    intent = Intent(intent="turn_on_light", entity="lamp", params={}, reply="Yes.")
    return ScriptedClient(
        llm=answer("Hi"),
        chat=answer("Hi"),
        tts=speech(),
        stt=heard("two plus two"),
        vad=VadResponse(probability=np.zeros(1, np.float32), speaking=False, events="[]"),
        embedder=EmbedResponse(embedding=np.zeros(384, np.float32), tokens=3),
        reranker=RerankResponse(scores=np.zeros(2, np.float32), tokens=6),
        intent=[IntentResponse(intent=messages.encode(intent))],
        voice=good_turn(),
    )


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path, TRITONE_TRITON_URL="triton:8001")
    # Importing every engine takes seconds; that this is done is tested by itself.
    monkeypatch.setattr(checks, "_import_problem", lambda _modules: "")


def test_every_model_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """All nine models infer once; stt and voice hear what tts spoke."""
    client = _healthy().use(monkeypatch)
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert sorted(name for name, _ in client.asked) == sorted(client.answers)
    requests = dict(client.asked)
    assert len(requests["stt"].audio) == len(client.answers["tts"].audio)
    assert "✓ voice" in result.stdout
    assert "all that is needed works" in result.stdout


def test_model_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that does not answer is named with its error; the others are still asked."""
    client = _healthy().use(monkeypatch)
    client.answers["tts"] = EngineDied("its process died")
    result = run("doctor")
    assert result.exit_code == 1
    assert "✗ tts                  ENGINE_DIED: its process died" in result.stdout
    assert "✓ reranker" in result.stdout
    assert "1 to mend" in result.stdout


def test_given_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """TRITONE_TRITON_URL promises a server: its absence is a failure."""
    client = _healthy().use(monkeypatch)
    client.is_ready = False
    result = run("doctor")
    assert result.exit_code == 1
    assert "unset TRITONE_TRITON_URL" in result.stdout


def test_own_server_need_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without that promise a server that is not running is a remark; missing weights are not."""
    isolate(monkeypatch, tmp_path)
    client = _healthy().use(monkeypatch)
    client.is_ready = False
    told = json_lines(run("doctor", "--json"))[0]
    by_name = {finding["name"]: finding for finding in told["findings"]}
    assert by_name["127.0.0.1:8001"]["state"] == "warning"
    assert by_name["piper-joe"]["state"] == "failed"
    assert by_name["piper-joe"]["fix"] == "tritone models fetch piper-joe"
    assert told["healthy"] is False


def test_settings_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting is shown with its variable; those that somebody set are marked."""
    _healthy().use(monkeypatch)
    result = run("doctor")
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["*", "TRITONE_TRITON_URL", "triton:8001"] in rows
    assert ["TRITONE_OFFLINE", "false"] in rows
    assert ["TRITONE_EDGE__PORT", "8080"] in rows
    assert ["OTEL_EXPORTER_OTLP_ENDPOINT"] in rows


def test_passwords_in_addresses_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address is shown without what opens it; settings of NATS and the bridge are there, too."""
    _healthy().use(monkeypatch)
    monkeypatch.setenv("TRITONE_NATS_URL", "nats://ada:hidden@nats:4222")
    result = run("doctor")
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["*", "TRITONE_NATS_URL", "nats://nats:4222"] in rows
    assert ["TRITONE_NATS__PORT", "4222"] in rows
    assert ["TRITONE_BRIDGE__MODEL", "chat"] in rows
    assert "hidden" not in result.output


def test_missing_extra_matters_only_to_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of a server elsewhere needs no engines; a server needs all but the microphone's."""
    from tritone.settings import Settings

    monkeypatch.setattr(checks, "_import_problem", lambda _modules: "No module")

    def failed(url: str) -> set[str]:
        found = checks.installation(Settings(triton_url=url))
        return {row.name for row in found if row.state == "failed"}

    assert failed("triton:8001") == set()
    assert {"extra llm", "extra piper"} <= failed("")
    assert "extra mic" not in failed("")


def test_imports_are_really_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that cannot be imported says why."""
    monkeypatch.undo()
    assert checks._import_problem(("json",)) == ""
    problem = checks._import_problem(("tritone_no_such_module",))
    assert problem == "ModuleNotFoundError: No module named 'tritone_no_such_module'"


def test_every_extra_is_checked() -> None:
    """The list of extras is that of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(checks._EXTRAS) == set(project["optional-dependencies"])


def test_a_fix_for_whatever_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No row leaves the reader alone with a problem."""
    isolate(monkeypatch, tmp_path)
    client = _healthy().use(monkeypatch)
    client.is_ready = False
    for finding in json_lines(run("doctor", "--json"))[0]["findings"]:
        assert finding["state"] == "ok" or finding["fix"], Finding(**finding)
