"""The examples of docs/protocol.md against the real server, and what the document promises."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import wave
from pathlib import Path

import httpx
import numpy as np
import pytest
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from tests.integration.conftest import ROOT, SAMPLES
from tritone.contract import LLM, LlmRequest
from tritone.engines.tts.visemes import VISEMES
from tritone.errors import Cancelled

EXAMPLES = ROOT / "docs" / "examples"
DOCUMENT = (ROOT / "docs" / "protocol.md").read_text()
QUESTION = str(SAMPLES / "question.wav")
LONG = "Write a very long story about a fox and a crow, with many chapters."
pytestmark = pytest.mark.triton


def run(example: str, *arguments: str, server: str) -> subprocess.CompletedProcess[str]:
    """Runs an example to its end."""
    command = [sys.executable, str(EXAMPLES / example), *arguments, "--server", server]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def example(platform):
    """Runs an example that has to succeed; answers what it printed."""

    def succeed(name: str, *arguments: str) -> str:
        done = run(name, *arguments, server=platform.settings.grpc_url)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return succeed


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


def plain(name: str, array: np.ndarray, datatype: str) -> triton.InferInput:
    """A tensor as a plain client makes it."""
    made = triton.InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array)
    return made


AUDIO = plain("audio", np.zeros((1, 1600), np.float32), "FP32")
TEXT = plain("text", np.array([[b"Hello."]], np.object_), "BYTES")
RATES = plain("sample_rate", np.array([[16_000], [16_000]], np.int32), "INT32")


@pytest.mark.parametrize(
    ("model", "inputs", "options", "text", "status"),
    [
        (
            "stt",
            [plain("audio", np.zeros(1600, np.float32), "FP32")],
            {},
            "inference request batch-size must be <= 8 for 'stt'",
            "INVALID_ARGUMENT",
        ),
        (
            "stt",
            [AUDIO, RATES],
            {},
            "input 'audio' batch size does not match other inputs for 'stt'",
            "INVALID_ARGUMENT",
        ),
        (
            "stt",
            [plain("audio", np.zeros((1, 1600), np.int16), "INT16")],
            {},
            "inference input 'audio' data-type is 'INT16', but model 'stt' expects 'FP32'",
            "INVALID_ARGUMENT",
        ),
        (
            "stt",
            [AUDIO, plain("foo", np.zeros((1, 1), np.float32), "FP32")],
            {},
            "unexpected inference input 'foo' for model 'stt'",
            "INVALID_ARGUMENT",
        ),
        (
            "vad",
            [AUDIO],
            {},
            "must specify a non-zero or non-empty correlation ID",
            "INVALID_ARGUMENT",
        ),
        (
            "vad",
            [AUDIO],
            {"sequence_id": 4711},
            "must specify the START flag on the first request of the sequence",
            "INVALID_ARGUMENT",
        ),
        (
            "intent",
            [plain("text", np.array([b"hello"], np.object_), "BYTES")],
            {},
            "ModelInfer RPC doesn't support models with decoupled transaction policy",
            "UNIMPLEMENTED",
        ),
        ("nope", [TEXT], {}, "Request for unknown model: 'nope' is not found", "NOT_FOUND"),
        ("tts", [TEXT], {"timeout": 1}, "Request timeout expired", "UNAVAILABLE"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 9 else None,
)
def test_tritons_own_refusals_read_as_documented(platform, model, inputs, options, text, status):
    """Sentence and status are those of the document's table."""
    client = triton.InferenceServerClient(platform.settings.grpc_url)
    with client, pytest.raises(InferenceServerException) as caught:
        client.infer(model, inputs, **options)
    assert text in caught.value.message()
    assert caught.value.status() == f"StatusCode.{status}"
    assert f"| `{text}` | {status} |" in DOCUMENT


def test_generate_with_stream_answers_200_and_an_error(platform):
    """Triton's trap that the document warns of."""
    url = f"{platform.http}/v2/models/llm/generate"
    answer = httpx.post(url, json={"text_input": "hi", "stream": True, "max_tokens": 4}, timeout=60)
    assert answer.status_code == 200
    assert set(answer.json()) == {"error"}


def test_a_request_is_stopped_by_name_over_http(platform):
    """`generate` ends with CANCELLED and status 400; the id is the JSON key `id`."""
    url = f"{platform.http}/v2/models/llm"
    stop = httpx.post(f"{url}/generate_stream", json={"cancel": "docs-stopped"}, timeout=30)
    assert (stop.status_code, stop.text) == (200, "")
    answer = httpx.post(
        f"{url}/generate", json={"text_input": LONG, "id": "docs-stopped"}, timeout=60
    )
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("CANCELLED: ")


async def test_a_cancel_that_comes_first_stops_its_request_on_arrival(client):
    """Once: the id is free again afterwards, which is why ids are used once."""
    assert [answer async for answer in client.stream(LLM, LlmRequest(cancel="docs-early"))] == []
    request = LlmRequest(text_input="hi", max_tokens=4)
    with pytest.raises(Cancelled):
        async for _ in client.stream(LLM, request, request_id="docs-early"):
            pass
    assert [answer async for answer in client.stream(LLM, request, request_id="docs-early")]


def test_batched_rows_share_a_request_where_lengths_agree(platform):
    """Two texts to embed are two rows; two sentences to speak differ in length and are refused."""
    rows = np.array([[b"Yes."], [b"A much longer sentence."]], np.object_)
    client = triton.InferenceServerClient(platform.settings.grpc_url)
    with client:
        vectors = client.infer("embedder", [plain("text", rows, "BYTES")]).as_numpy("embedding")
        assert vectors.shape == (2, 384)
        with pytest.raises(InferenceServerException, match="SHAPE_MISMATCH: "):
            client.infer("tts", [plain("text", rows, "BYTES")])
