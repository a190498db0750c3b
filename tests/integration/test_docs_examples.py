"""The examples of docs/protocol.md against the real server."""

import json
import shutil
import signal
import subprocess
import sys
import time
import wave

import pytest

from tests.integration.conftest import SAMPLES
from tests.integration.docs_kit import EXAMPLES, LONG, QUESTION, run
from tritone.engines.tts.visemes import VISEMES

pytestmark = pytest.mark.triton


@pytest.fixture
def example(platform):
    """Runs an example that has to succeed; answers what it printed."""

    def succeed(name: str, *arguments: str) -> str:
        done = run(name, *arguments, server=platform.settings.grpc_url)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return succeed


def test_chat_stream_prints_the_answer_while_it_comes(platform):
    """Jupiter, in several pieces."""
    question = "What is the largest planet in the solar system?"
    command = [sys.executable, str(EXAMPLES / "chat_stream.py"), question]
    command += ["--server", platform.settings.grpc_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        pieces = list(iter(lambda: process.stdout.read1(), b""))
    assert process.returncode == 0
    assert len(pieces) > 3
    assert "Jupiter" in b"".join(pieces).decode()


def test_voice_turn_prints_its_events_and_writes_the_answer(example, tmp_path):
    """In the order the document tells; what is spoken is what is written."""
    reply = tmp_path / "reply.wav"
    lines = example("voice_turn.py", QUESTION, "-o", str(reply)).splitlines()
    moments = [float(line[:6]) for line in lines]
    types = [line[8:18].strip() for line in lines]
    texts = [line[20:] for line in lines]
    assert types[0] == "transcript"
    assert "largest planet" in texts[0]
    assert set(types[1:-2]) == {"text", "audio"}
    assert types.index("text") < types.index("audio")
    assert types[-2:] == ["usage", "done"]
    assert "Jupiter" in texts[-1]
    assert moments == sorted(moments)
    assert "jupiter" in example("transcribe.py", str(reply)).lower()


def test_ctrl_c_cancels_a_voice_turn(platform, tmp_path):
    """The example ends with 130 and the model stops long before its last token."""
    before = platform.metrics()["llm_decode_steps_total"]
    command = [sys.executable, str(EXAMPLES / "voice_turn.py"), str(SAMPLES / "sky.wav")]
    command += ["--system", LONG, "-o", str(tmp_path / "reply.wav")]
    command += ["--server", platform.settings.grpc_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        texts = 0
        for line in process.stdout:
            texts += " text " in line
            if texts == 5:
                process.send_signal(signal.SIGINT)
                break
        assert process.wait(60) == 130
    deadline = time.monotonic() + 60
    time.sleep(1.2)  # the metrics are refreshed twice a second
    while platform.metrics()["llm_running"] and time.monotonic() < deadline:
        time.sleep(0.2)
    steps = platform.metrics()["llm_decode_steps_total"]
    assert steps - before < 150  # of 256
    time.sleep(1.2)
    assert platform.metrics()["llm_decode_steps_total"] == steps


def test_transcribe_prints_the_text_and_its_words(example):
    """The words, joined, are the text; their times go on."""
    text, *rows = example("transcribe.py", QUESTION, "--language", "en").splitlines()
    assert text == "What is the largest planet in the solar system?"
    words = [row.split() for row in rows]
    assert " ".join(word for _, _, word in words) == text
    starts = [float(start) for start, _, _ in words]
    assert starts == sorted(starts)
    assert all(float(start) <= float(end) for start, end, _ in words)


def test_speak_writes_speech_and_prints_visemes(example, tmp_path):
    """Every moment of the audio has one of the fifteen shapes; speed makes it shorter."""
    normal, fast = str(tmp_path / "normal.wav"), str(tmp_path / "fast.wav")
    text = "The capital of France is Paris."
    rows = [row.split() for row in example("speak.py", text, "-o", normal).splitlines()]
    example("speak.py", text, "-o", fast, "--speed", "1.5")
    assert {viseme for _, _, viseme in rows} <= set(VISEMES)
    assert [end for _, end, _ in rows[:-1]] == [start for start, _, _ in rows[1:]]
    with wave.open(normal) as slow_audio, wave.open(fast) as fast_audio:
        seconds = slow_audio.getnframes() / slow_audio.getframerate()
        assert fast_audio.getnframes() < 0.8 * slow_audio.getnframes()
    assert float(rows[-1][1]) == pytest.approx(seconds, abs=0.01)
    assert "paris" in example("transcribe.py", normal).lower()


def test_embed_finds_what_is_alike(example):
    """A kitten is nearer to a cat than a tax form is."""
    rows = example("embed.py", "a cat", "a kitten", "a tax form").splitlines()
    same, near, far = (float(row.split()[0]) for row in rows)
    assert same == pytest.approx(1, abs=0.001)
    assert same > near > far + 0.2


def test_vad_finds_the_speech_whatever_the_chunks(example):
    """One start and one end, at the same moments, from 48 samples a chunk to all at once."""
    found = {
        example("vad_stream.py", QUESTION, "--chunk", milliseconds)
        for milliseconds in ("3", "20", "32", "500", "60000")
    }
    (printed,) = found
    start, starts_at, end, ends_at = printed.split()
    assert (start, end) == ("start", "end")
    # The recording has 0.3 s of lead and 0.4 s of trail around its 2.5 s of speech.
    assert float(starts_at) == pytest.approx(0.3, abs=0.1)
    assert float(ends_at) == pytest.approx(2.8, abs=0.1)


def test_intent_prints_one_intent(example):
    """With the entity that was meant, of those that were given."""
    printed = example(
        "intent.py", "switch off the hall lamp", "--entity", "hall lamp", "--entity", "desk light"
    )
    intent = json.loads(printed)
    assert (intent["intent"], intent["entity"]) == ("turn_off_light", "hall lamp")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_streams_and_asks(platform):
    """Server-sent events from llm, then one object each from chat and intent."""
    done = subprocess.run(
        ["sh", str(EXAMPLES / "curl.sh"), platform.http],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line for line in done.stdout.splitlines() if line]
    events = [json.loads(line[5:]) for line in lines if line.startswith("data:")]
    chat, intent = (json.loads(line) for line in lines if not line.startswith("data:"))
    assert len(events) > 3
    assert "Paris" in "".join(event["text_output"] for event in events)
    assert events[-1]["finish_reason"] == "stop"
    assert "Madrid" in chat["text_output"]
    assert json.loads(intent["intent"])["intent"] == "turn_off_light"
