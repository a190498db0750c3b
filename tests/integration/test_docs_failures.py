"""What the examples of docs/protocol.md say when something is wrong."""

import re
import shutil
import socket
import subprocess
import wave
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT
from tests.integration.docs_kit import EXAMPLES, QUESTION, run

pytestmark = pytest.mark.triton


@pytest.fixture
def dead_server() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def silence(path: Path) -> str:
    """A recording in which nobody speaks."""
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(16_000)
        recording.writeframes(bytes(64_000))
    return str(path)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_fails_when_the_server_is_away(dead_server):
    """With one line."""
    command = ["sh", str(EXAMPLES / "curl.sh"), f"http://{dead_server}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("chat_stream.py", "hello"),
        ("embed.py", "hello"),
        ("intent.py", "hello"),
        ("speak.py", "hello"),
        ("transcribe.py", QUESTION),
        ("vad_stream.py", QUESTION),
        ("voice_turn.py", QUESTION),
    ],
)
def test_an_example_says_that_the_server_is_away(dead_server, name, argument):
    """In one line, with an exit status of 1."""
    done = run(name, argument, server=dead_server)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"error: .*failed to connect.*\n", done.stderr)


@pytest.mark.parametrize(
    ("name", "argument", "reason"),
    [
        ("embed.py", " ", "TEXT_EMPTY: "),
        ("intent.py", " ", "TEXT_EMPTY: "),
        ("speak.py", "x" * 3_000, "TEXT_TOO_LONG: "),
        ("transcribe.py", "/dev/null", "is not a WAV file"),
        ("vad_stream.py", "/dev/null", "is not a WAV file"),
        ("voice_turn.py", str(ROOT / "README.md"), "is not a WAV file"),
        ("voice_turn.py", "no-such-file.wav", "No such file"),
    ],
)
def test_an_example_says_what_was_refused(platform, name, argument, reason):
    """In one line, with an exit status of 1."""
    done = run(name, argument, server=platform.settings.grpc_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"error: .*{re.escape(reason)}.*\n", done.stderr)


def test_a_failed_turn_has_an_error_event_and_ends_with_the_same_error(platform, tmp_path):
    """Silence: the example prints the event, then fails with the stream's error."""
    reply = tmp_path / "reply.wav"
    recording = silence(tmp_path / "silence.wav")
    server = platform.settings.grpc_url
    done = run("voice_turn.py", recording, "-o", str(reply), server=server)
    assert done.returncode == 1
    ((_, kind, message),) = (line.split(None, 2) for line in done.stdout.splitlines())
    assert kind == "error"
    assert done.stderr == f"error: NO_SPEECH: {message}\n"
    assert not reply.exists()
