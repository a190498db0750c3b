"""`tritone nats apply|diff`: what they print, warn of, and end with."""

from pathlib import Path

import pytest
from nats.js import JetStreamContext

from tests.nats.cli_kit import as_json, nats, with_js
from tests.nats.drift_kit import change
from tests.nats.server_kit import OwnServer, free_ports
from tests.unit.cli_kit import isolate
from tritone.launcher.nats_server import NatsServer
from tritone.nats.streams import CONSUMERS, STREAMS

pytestmark = pytest.mark.nats


@pytest.fixture
def server(own_server: OwnServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OwnServer:
    """A new server that the settings name, as one that somebody else has started."""
    isolate(monkeypatch, tmp_path, TRITONE_NATS_URL=own_server.url)
    monkeypatch.setenv("TRITONE_NATS__MONITOR_URL", own_server.monitor_url)
    return own_server


def test_apply_then_diff(server: OwnServer) -> None:
    """Everything is made once; then nothing is left to do; no warning of a server that flushes."""
    count = len(STREAMS) + len(CONSUMERS) + 1
    told = nats("diff", code=1)
    assert told.stdout.count("create ") == count
    told = nats("apply")
    assert told.stdout.count("create ") == count
    assert "create   COMPANIONS_CHAT: file: ai.chat.user.*.message" in told.stdout
    for command in ("apply", "diff"):
        told = nats(command)
        assert told.stdout == "everything is as it should be\n"
        assert told.stderr == ""


def test_what_differs(server: OwnServer) -> None:
    """`diff` says what would change, and changes nothing; `apply` does it."""
    nats("apply")

    async def drift(js: JetStreamContext) -> None:
        await change(js, "AI_PIPELINE", max_age=60 * 86_400)

    with_js(server.url, drift)
    for _ in range(2):
        told = nats("diff", code=1)
        assert told.stdout == "update   AI_PIPELINE: max_age 60 d -> 1 d\n"
    expected = {"kind": "update", "name": "AI_PIPELINE", "detail": "max_age 60 d -> 1 d"}
    assert as_json("apply") == {"changes": [expected], "warnings": []}
    nats("diff")


def test_what_is_refused(server: OwnServer) -> None:
    """It is told, the rest is done, and the exit code is 1, as often as it is tried."""

    async def stranger(js: JetStreamContext) -> None:
        await js.add_stream(name="THEIRS", subjects=["ai.dlq.chat"])

    with_js(server.url, stranger)
    assert "refused  AI_DLQ: stream THEIRS has 'ai.dlq.chat'" in nats("apply", code=1).stdout
    told = nats("apply", code=1)
    assert len(told.stdout.splitlines()) == 1
    assert as_json("diff", code=1)["changes"][0]["kind"] == "refused"


def test_warnings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A server that acknowledges before it flushes is warned of on stderr; it is no failure."""
    from tests.nats.server_kit import nats_settings

    settings = nats_settings(tmp_path_factory.mktemp("lazy"))
    with NatsServer(settings, sync_always=False) as lazy:
        isolate(monkeypatch, tmp_path, TRITONE_NATS__PORT=str(settings.nats.port))
        monkeypatch.setenv("TRITONE_NATS__MONITOR_PORT", str(settings.nats.monitor_port))
        told = nats("apply")
        assert told.stderr.count("before they are on disk") == 8
        assert len(as_json("diff")["warnings"]) == 8
        monkeypatch.setenv("TRITONE_NATS_URL", lazy.url)
        isolate(monkeypatch, tmp_path, TRITONE_NATS_URL=lazy.url)
        (line,) = nats("apply").stderr.splitlines()
        assert "is unknown: set TRITONE_NATS__MONITOR_URL" in line


@pytest.mark.parametrize("command", [("apply",), ("diff",), ("dlq", "list")])
def test_no_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """One line says so, and how to mend it; the exit code is that of a server that is not there."""
    (port,) = free_ports(1)
    isolate(monkeypatch, tmp_path, TRITONE_NATS_URL=f"nats://ada:secret@127.0.0.1:{port}")
    told = nats(*command, code=4)
    (line,) = told.stderr.splitlines()
    assert line.startswith("error SERVER_UNREACHABLE: no NATS server answers at nats://127.0.0.1:")
    assert "tritone up" in line
    assert "secret" not in told.output
