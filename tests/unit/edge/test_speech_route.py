"""POST /v1/audio/speech, from bytes to bytes, with a double for the voice."""

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
import soundfile
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient

from edge.errors import on_error
from edge.routes.speech import speech
from tests.unit.media_kit import heard
from tests.unit.speech_kit import Voice
from tritone.contract import TTS
from tritone.errors import EngineDied, ModelNotFound, TritoneError

pytestmark = pytest.mark.unit

TEXT = "One two three four. Five six seven eight nine ten."
SECONDS = (15 + 24) / 10


class Names:
    """A catalog of one name."""

    def resolve(self, name: str, like: Any) -> Any:
        if name != "tts" or like is not TTS:
            raise ModelNotFound(f"there is no model '{name}'", param="model")
        return like


def door(voice: Voice) -> TestClient:
    names = Names()
    app = Litestar(
        [speech],
        dependencies={
            "caller": Provide(lambda: voice, sync_to_thread=False),
            "catalog": Provide(lambda: names, sync_to_thread=False),
        },
        exception_handlers={TritoneError: on_error, Exception: on_error},
        logging_config=None,
    )
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def client(voice: Voice):
    with door(voice) as client:
        yield client


def ask(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/audio/speech", json={"model": "tts", "input": TEXT, **body})


def events(answer: Any) -> list[dict[str, Any]]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = answer.text.split("\n\n")
    assert lines.pop() == ""
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def refused(answer: Any) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["param"]


@pytest.mark.parametrize(("kind", "media_type"), [
    ("mp3", "audio/mpeg"), ("opus", "audio/ogg; codecs=opus"), ("aac", "audio/aac"),
    ("flac", "audio/flac"), ("wav", "audio/wav"), ("pcm", "audio/pcm"),
])  # fmt: skip
def test_every_format_is_a_file_of_its_type(client, kind, media_type):
    """As long as the speech, and sent in pieces."""
    answer = ask(client, response_format=kind, voice="alloy")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert "content-length" not in answer.headers
    seconds = len(answer.content) / 48_000 if kind == "pcm" else len(heard(answer.content)) / 16_000
    assert seconds == pytest.approx(SECONDS, abs=0.15)


def test_mp3_is_the_default_and_format_another_name(client):
    """As some clients have it."""
    assert ask(client).headers["content-type"] == "audio/mpeg"
    assert ask(client, format="wav").headers["content-type"] == "audio/wav"
    assert ask(client, format="wav", response_format="wav").status_code == 200
    answer = ask(client, format="wav", response_format="mp3")
    assert refused(answer) == (400, "body_invalid", "response_format")


@pytest.mark.parametrize(
    ("sent", "used"),
    [("joe", "joe"), ({"id": "joe"}, "joe"), ("alloy", ""), ({"id": "nova"}, ""), (None, "")],
)
def test_voices(client, voice, sent, used):
    """Ours by name or id; OpenAI's are the default one, so that stock clients work."""
    assert ask(client, voice=sent).status_code == 200
    assert {request.voice for request in voice.requests} == {used}


def test_speed_is_passed_on(client, voice):
    """To every clause."""
    assert ask(client, speed=2).status_code == 200
    assert {request.speed for request in voice.requests} == {2.0}


def test_events_are_openais(client):
    """Deltas of audio that make the file, then the end with its usage."""
    *deltas, done = events(ask(client, stream_format="sse", response_format="wav"))
    assert {event["type"] for event in deltas} == {"speech.audio.delta"}
    file = b"".join(base64.b64decode(event["audio"]) for event in deltas)
    assert len(file) == 44 + 2 * round(SECONDS * 22_050)
    assert file == ask(client, response_format="wav").content
    assert done == {
        "type": "speech.audio.done",
        "usage": {"input_tokens": len(TEXT), "output_tokens": 78, "total_tokens": len(TEXT) + 78},
    }


def test_timings_come_before_their_audio(client):
    """Those of each clause, with times from the start of the whole."""
    found = events(
        ask(client, stream_format="sse", timestamp_granularities=["word"], response_format="pcm")
    )
    kinds = [event["type"].rpartition(".")[2] for event in found]
    assert kinds[0] == "timings"
    assert kinds.count("timings") == 2
    first, second = (event for event in found if event["type"] == "speech.audio.timings")
    assert first == {
        "type": "speech.audio.timings",
        "words": [{"word": "One", "start": 0.0, "end": 1.5}],
    }
    assert second["words"][0]["start"] == 1.5
    before = found[: found.index(second)]
    sent = sum(len(base64.b64decode(event.get("audio", ""))) for event in before)
    assert sent / 48_000 <= 1.5


def test_everything_in_one_object(client):
    """With a whole file, whose header tells its length."""
    answer = ask(
        client,
        stream_format="json",
        format="wav",
        timestamp_granularities=["viseme", "word"],
    )
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    audio, rate = soundfile.read(io.BytesIO(base64.b64decode(found["audio"])), dtype="int16")
    assert rate == found["sample_rate"] == 22_050
    assert found["format"] == "wav"
    assert found["duration"] == pytest.approx(SECONDS)
    assert len(audio) == round(SECONDS * 22_050)
    assert [word["word"] for word in found["words"]] == ["One", "Five"]
    assert [shape["start"] for shape in found["visemes"]] == [0.0, 1.5]
    assert np.abs(audio).max() > 7_000


def test_only_the_timings_asked_for(client):
    """None, unless they are."""
    assert ask(client, stream_format="json").json().keys() == {
        "audio", "format", "sample_rate", "duration",
    }  # fmt: skip
    found = ask(client, stream_format="json", timestamp_granularities=["viseme"]).json()
    assert "visemes" in found
    assert "words" not in found


def test_a_file_has_no_place_for_timings(client):
    """The refusal tells where they have one."""
    answer = ask(client, timestamp_granularities=["word"])
    assert refused(answer) == (400, "body_invalid", "timestamp_granularities")
    assert "sse" in answer.text
    assert ask(client, timestamp_granularities=[]).status_code == 200


@pytest.mark.parametrize(("body", "expected"), [
    ({"input": ""}, (400, "text_empty", "input")),
    ({"input": "🙂"}, (400, "text_empty", "input")),
    ({"input": "🙂", "stream_format": "sse"}, (400, "text_empty", "input")),
    ({"input": "🙂", "stream_format": "json"}, (400, "text_empty", "input")),
    ({"input": "a" * 20_000}, (400, "text_too_long", "input")),
    ({"voice": "zoe"}, (400, "unknown_voice", "voice")),
    ({"instructions": "Whisper."}, (400, "unsupported", "instructions")),
    ({"model": "llm"}, (404, "model_not_found", "model")),
])  # fmt: skip
def test_refusals_say_which_field_is_at_fault(client, body, expected):
    """With a proper status, whatever the answer would have been."""
    assert refused(ask(client, **body)) == expected


@pytest.mark.parametrize("body", [
    {"response_format": "mp4"}, {"speed": 0.1}, {"speed": 5}, {"speed": "fast"}, {"voice": 7},
    {"voice": {}}, {"input": None}, {"stream_format": "xml"}, {"timestamp_granularities": ["line"]},
])  # fmt: skip
def test_bodies_that_are_none_are_refused(client, body):
    """By their types and bounds."""
    assert ask(client, **body).status_code == 400


def test_empty_instructions_are_none(client):
    """Clients send them without meaning anything."""
    assert ask(client, instructions="").status_code == 200


def test_a_failure_in_mid_stream_is_an_event():
    """Which SDKs raise; the audio before it has arrived."""
    with door(Voice(fail={1: EngineDied("gone")})) as client:
        *deltas, last = events(ask(client, stream_format="sse"))
    assert deltas[0]["type"] == "speech.audio.delta"
    assert last["error"]["code"] == "engine_died"


def test_a_failure_before_the_first_clause_is_a_status():
    """Also of a stream."""
    for stream_format in ("audio", "sse", "json"):
        with door(Voice(fail={0: EngineDied("gone")})) as client:
            assert refused(ask(client, stream_format=stream_format)) == (503, "engine_died", None)


def test_the_document_names_every_answer(client):
    """JSON from the handler; the others where the door's document looks for them."""
    assert set(speech.opt["produces"]) == {
        "audio/mpeg", "audio/ogg", "audio/aac", "audio/flac", "audio/wav", "audio/pcm",
        "text/event-stream",
    }  # fmt: skip
