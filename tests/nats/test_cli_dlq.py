"""`tritone nats dlq`: list, show, send again, delete."""

from pathlib import Path

import msgspec
import pytest
from nats.js import JetStreamContext

from tests.nats.cli_kit import as_json, nats, with_js
from tests.nats.letters_kit import DATA, SUBJECT, buried
from tests.nats.server_kit import OwnServer
from tests.unit.cli_kit import isolate, run
from tritone.nats.applying import apply

pytestmark = pytest.mark.nats


@pytest.fixture
def server(own_server: OwnServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OwnServer:
    """A server with three letters: one of a chat, two of voice."""
    isolate(monkeypatch, tmp_path, TRITONE_NATS_URL=own_server.url)

    async def bury(js: JetStreamContext) -> None:
        await apply(js, 1)
        await buried(js, seq=1)
        await buried(js, area="voice", subject="ai.voice.request", seq=2, data=b"\xc1 broken")
        await buried(js, area="voice", subject="ai.voice.request", seq=3)

    with_js(own_server.url, bury)
    return own_server


def sent(server: OwnServer, stream: str) -> list[bytes]:
    """The messages of a stream."""

    async def read(js: JetStreamContext) -> list[bytes]:
        count = (await js.stream_info(stream)).state.messages
        return [(await js.get_msg(stream, seq=n + 1)).data or b"" for n in range(count)]

    return with_js(server.url, read)


def test_list(server: OwnServer) -> None:
    """A line for each, oldest first, all or of one area."""
    head, *rows = nats("dlq", "list").stdout.splitlines()
    assert head.split() == ["seq", "area", "subject", "request", "id", "code", "attempts", "when"]
    assert [row.split()[:2] for row in rows] == [["1", "chat"], ["2", "voice"], ["3", "voice"]]
    assert rows[0].split()[2:6] == [SUBJECT, "r-1", "BODY_INVALID", "3"]
    assert [each["seq"] for each in as_json("dlq", "list", "--area", "voice")] == [2, 3]
    assert as_json("dlq", "list")[0]["bytes"] == len(DATA)


def test_show(server: OwnServer) -> None:
    """Why it is there and what it says, with recordings shortened; or the payload as it is."""
    told = nats("dlq", "show", "1").stdout
    for part in ("BODY_INVALID", "field `message` is missing", "Tritone-Stream-Sequence: 1"):
        assert part in told
    assert '"request_id": "r-1"' in told
    assert '"audio": "80 bytes: 00 ff 00 ff 00 ff 00 ff 00 ff 00 ff 00 ff 00 ff …"' in told
    assert as_json("dlq", "show", "1")["payload"]["user_id"] == "ada"
    assert as_json("dlq", "show", "2")["payload"].startswith("not MessagePack: 8 bytes: c1")
    raw = run("nats", "dlq", "show", "1", "--raw")
    assert raw.stdout_bytes == DATA


def test_show_what_is_not_there(server: OwnServer) -> None:
    """One line says where the numbers are."""
    told = nats("dlq", "show", "99", code=1)
    assert told.stderr.strip() == (
        "error NOT_FOUND: there is no dead letter 99: `tritone nats dlq list` shows them"
    )


def test_redrive_some(server: OwnServer) -> None:
    """Those that are named are sent again; one that is not there does not stop the others."""
    told = nats("dlq", "redrive", "99", "3", code=1)
    assert told.stdout == "sent again: 1 of 2\n"
    assert "no dead letter 99" in told.stderr
    assert sent(server, "AI_VOICE_STREAM") == [DATA]
    assert [each["seq"] for each in as_json("dlq", "list")] == [1, 2]


def test_redrive_an_area(server: OwnServer) -> None:
    """All of one area, in order, and no other."""
    assert [each["seq"] for each in as_json("dlq", "redrive", "--all", "--area", "voice")] == [2, 3]
    assert sent(server, "AI_VOICE_STREAM") == [b"\xc1 broken", DATA]
    assert sent(server, "COMPANIONS_CHAT") == []
    assert nats("dlq", "redrive", "--all").stdout == "sent again: 1 of 1\n"
    assert nats("dlq", "list").stderr.strip() == "there are no dead letters"
    assert as_json("dlq", "list") == []


def test_redrive_mended(server: OwnServer, tmp_path: Path) -> None:
    """A payload that was saved, mended and given is what is sent."""
    message = msgspec.msgpack.decode(run("nats", "dlq", "show", "1", "--raw").stdout_bytes)
    mended = msgspec.msgpack.encode({**message, "message": "hello"})
    (tmp_path / "mended").write_bytes(mended)
    nats("dlq", "redrive", "1", "--payload", str(tmp_path / "mended"))
    assert sent(server, "COMPANIONS_CHAT") == [mended]


def test_purge_asks(server: OwnServer) -> None:
    """Nothing is deleted without a yes."""
    assert run("nats", "dlq", "purge", "1", stdin="n\n").exit_code == 1
    assert len(as_json("dlq", "list")) == 3
    assert run("nats", "dlq", "purge", "1", stdin="y\n").stdout.endswith("deleted: 1 of 1\n")
    assert nats("dlq", "purge", "--all", "--area", "voice", "--yes").stdout == "deleted: 2 of 2\n"
    assert "no dead letter 2" in nats("dlq", "purge", "2", "--yes", code=1).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("redrive",),
        ("redrive", "1", "--all"),
        ("redrive", "1", "--area", "chat"),
        ("redrive", "--all", "--payload", "pyproject.toml"),
        ("redrive", "1", "2", "--payload", "pyproject.toml"),
        ("purge", "--yes"),
        ("purge", "--area", "nowhere", "--all"),
        ("show", "one"),
    ],
)
def test_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """It is refused before anything is done."""
    isolate(monkeypatch, tmp_path, TRITONE_NATS_URL="nats://127.0.0.1:1")
    (tmp_path / "pyproject.toml").write_text("")
    nats("dlq", *arguments, code=2)
