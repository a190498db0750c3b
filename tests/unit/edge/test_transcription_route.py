"""The transcription routes from bytes to bytes, with a caller that reads words off samples."""

import gc
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.testing import TestClient

from edge import openapi
from edge.errors import on_error
from edge.routes.transcriptions import transcriptions, translations
from tests.unit.transcription_kit import Ear, Told, told
from tritone.contract import STT
from tritone.errors import EngineDied, ModelNotFound, TritoneError, UnknownLanguage
from tritone.settings import EdgeSettings

pytestmark = pytest.mark.unit

SHORT = told([(0.5, 0.4), (0.1, 0.5), (0.2, 0.4)], after=0.5)
LONG = told([(0.6, 0.4), (0.05, 0.3), (0.05, 0.5)] * 40, after=1.0)
PATH = "/v1/audio/transcriptions"


class Names:
    """A catalog of one name."""

    def resolve(self, name: str, like: Any) -> Any:
        if name != "stt" or like is not STT:
            raise ModelNotFound(f"there is no model '{name}'", param="model")
        return like


def wav(recording: Told) -> bytes:
    """The recording as a file; FLOAT keeps the samples as they are."""
    file = io.BytesIO()
    soundfile.write(file, recording.audio, 16_000, format="WAV", subtype="FLOAT")
    return file.getvalue()


def door(ear: Ear, **settings: Any) -> TestClient:
    given_ = {"caller": ear, "catalog": Names(), "edge": EdgeSettings(**settings)}
    app = Litestar(
        [transcriptions, translations, openapi.document],
        dependencies={name: _provide(value) for name, value in given_.items()},
        exception_handlers={TritoneError: on_error, HTTPException: on_error, Exception: on_error},
        openapi_config=openapi.config(),
        request_max_body_size=1000,
        logging_config=None,
    )
    return TestClient(app, raise_server_exceptions=False)


def _provide(value: Any) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def client(ear: Ear):
    with door(ear) as client:
        yield client


def ask(client: TestClient, recording: Any = SHORT, path: str = PATH, **fields: Any) -> Any:
    content = wav(recording) if isinstance(recording, Told) else recording
    return client.post(
        path, data={"model": "stt", **fields}, files={"file": ("a.wav", content, "audio/wav")}
    )


def refused(answer: Any, status: int, code: str, param: str | None) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == (code, param)


def test_json_has_the_text_and_what_was_heard(client, ear):
    """OpenAI's smallest answer; the file may be larger than other bodies."""
    answer = ask(client)
    assert answer.status_code == 200
    assert answer.json() == {
        "text": SHORT.text,
        "usage": {"type": "duration", "seconds": SHORT.seconds},
    }
    assert len(ear.asked) == 1


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("text", "text/plain", "w0 w1 w2\n"),
        ("srt", "application/x-subrip", "1\n00:00:00,500 --> 00:00:02,"),
        ("vtt", "text/vtt", "WEBVTT\n\n00:00:00.500 --> 00:00:02."),
    ],
)
def test_texts_come_as_such(client, form, kind, begins):
    """Media type and content."""
    answer = ask(client, response_format=form)
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.text.startswith(begins)


def test_verbose_json_has_segments_and_on_request_words(client):
    """With the fields that the SDK's types have, times from the start of the recording."""
    answer = ask(client, LONG, response_format="verbose_json").json()
    assert (answer["task"], answer["language"]) == ("transcribe", "english")
    assert answer["duration"] == pytest.approx(LONG.seconds)
    assert answer["text"] == LONG.text
    assert "words" not in answer
    segments = answer["segments"]
    assert [each["id"] for each in segments] == list(range(len(segments)))
    assert " ".join(each["text"] for each in segments) == LONG.text
    assert all(each["seek"] == round(each["start"] * 100) for each in segments)
    assert set(segments[0]) == {
        *("id", "seek", "start", "end", "text", "tokens"),
        *("temperature", "avg_logprob", "compression_ratio", "no_speech_prob"),
    }
    fields = {"response_format": "verbose_json", "timestamp_granularities[]": ["word"]}
    answer = ask(client, LONG, **fields).json()
    assert "segments" not in answer
    assert [each["word"] for each in answer["words"]] == LONG.text.split()
    for each, (_, start, end) in zip(answer["words"], LONG.words, strict=True):
        assert (each["start"], each["end"]) == pytest.approx((start, end), abs=0.01)


def test_a_translation_says_english_and_asks_for_it(client, ear):
    """Whatever is spoken."""
    ear.language = ("de", 0.9)
    answer = ask(client, path="/v1/audio/translations", response_format="verbose_json").json()
    assert (answer["task"], answer["language"]) == ("translate", "english")
    assert [request.task for request in ear.asked] == ["translate"]


def test_wishes_reach_the_model(client, ear):
    """Through the form."""
    ask(client, language="French", prompt="Kettle", temperature="0.3")
    (request,) = ear.asked
    assert (request.language, request.prompt) == ("fr", "Kettle")
    assert request.temperature == pytest.approx(0.3)


def test_silence_is_no_error(client):
    """An empty text, in every format."""
    for seconds in (3.0, 60.0):
        silence = told([], after=seconds)
        assert ask(client, silence).json()["text"] == ""
        assert ask(client, silence, response_format="srt").text == ""
        verbose = ask(client, silence, response_format="verbose_json").json()
        assert (verbose["language"], verbose["segments"]) == ("", [])


def events(answer: Any) -> list[dict[str, Any]]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = answer.text.split("\n\n")
    assert lines.pop() == ""
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def test_a_stream_has_deltas_with_progress_and_ends_with_the_whole(client):
    """Deltas joined are the text."""
    *deltas, done = events(ask(client, LONG, stream="true"))
    assert len(deltas) > 1
    assert {each["type"] for each in deltas} == {"transcript.text.delta"}
    assert "".join(each["delta"] for each in deltas) == LONG.text
    processed = [each["progress"]["processed"] for each in deltas]
    assert processed == sorted(processed)
    assert {each["progress"]["duration"] for each in deltas} == {round(LONG.seconds, 3)}
    assert done == {
        "type": "transcript.text.done",
        "text": LONG.text,
        "duration": pytest.approx(LONG.seconds),
    }
    done = events(ask(client, LONG, stream="true", response_format="verbose_json"))[-1]
    assert (done["language"], len(done["segments"]) > 1) == ("english", True)


def test_an_error_before_the_first_words_is_a_status_and_a_later_one_an_event():
    """A client is never left guessing."""
    with door(Ear(fail={0: EngineDied("gone")})) as client:
        refused(ask(client, stream="true"), 503, "engine_died", None)
    with door(Ear(fail={2: EngineDied("gone")})) as client:
        *_, last = events(ask(client, LONG, stream="true"))
        assert last["error"]["code"] == "engine_died"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "audio_empty"),
        (b"This is a letter, not a recording." * 50, 400, "audio_undecodable"),
        (wav(SHORT)[:30], 400, "audio_undecodable"),
    ],
)
def test_files_that_are_no_recordings_are_refused(client, content, status, code):
    """With the field that is at fault."""
    refused(ask(client, content), status, code, "file")


def test_too_long_and_too_large_are_413(ear):
    """By what the file says of itself, by what it holds, and by its bytes."""
    with door(ear, max_audio_seconds=20.0) as client:
        refused(ask(client, LONG), 413, "audio_too_long", "file")
        refused(ask(client, _without_length(wav(LONG))), 413, "audio_too_long", "file")
    with door(ear, max_audio_bytes=100_000) as client:
        refused(ask(client, LONG), 413, "payload_too_large", "file")
        body = _multipart(wav(LONG))
        chunks = (body[i : i + 50_000] for i in range(0, len(body), 50_000))
        answer = client.post(PATH, content=chunks, headers=_TYPE)
        refused(answer, 413, "payload_too_large", "file")
    assert ear.asked == []


def _without_length(file: bytes) -> bytes:
    """As a program writes it that cannot seek back: the sizes are unknown."""
    at = file.index(b"data") + 4
    return file[:4] + b"\xff" * 4 + file[8:at] + b"\xff" * 4 + file[at + 4 :]


_TYPE = {"content-type": "multipart/form-data; boundary=edge"}


def _multipart(content: bytes, name: str = "file", model: bytes = b"stt") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"; filename="a.wav"\r\n\r\n'.encode()
    return b"".join(
        (
            b'--edge\r\nContent-Disposition: form-data; name="model"\r\n\r\n' + model,
            b"\r\n--edge\r\n" + head + content,
            b"\r\n--edge--\r\n",
        )
    )


@pytest.mark.parametrize(
    ("body", "headers", "code", "param"),
    [
        (b'{"model": "stt"}', {"content-type": "application/json"}, "body_invalid", None),
        (b"", {}, "body_invalid", None),
        (b"", _TYPE, "body_invalid", None),
        (_multipart(b"x"), {"content-type": "multipart/form-data"}, "body_invalid", None),
        (_multipart(b"x")[:-20], _TYPE, "body_invalid", None),
        (_multipart(b"x", name="recording"), _TYPE, "missing_input", "file"),
        (_multipart(b"x", model=b"\xff\xfe"), _TYPE, "body_invalid", None),
        (_multipart(b"x", model=b"gpt-9"), _TYPE, "model_not_found", "model"),
        (_multipart(b"x" * 9, model=b"s" * 300_000), _TYPE, "payload_too_large", None),
        (
            b"--edge\r\n\r\nx\r\n--edge--\r\n",
            _TYPE,
            "body_invalid",
            None,
        ),
    ],
)
def test_forms_that_are_none_are_refused(client, body, headers, code, param):
    """Each says what is wrong with it."""
    answer = client.post(PATH, content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == (code, param)


def test_a_form_without_a_file_or_with_two_is_refused(client):
    """Which one would it be?"""
    answer = client.post(PATH, data={"model": "stt", "file": "text"}, files={"x": ("x", b"x")})
    refused(answer, 400, "missing_input", "file")
    two = [("file", ("a.wav", wav(SHORT))), ("file", ("b.wav", wav(SHORT)))]
    refused(client.post(PATH, data={"model": "stt"}, files=two), 400, "body_invalid", "file")


def test_errors_of_the_model_name_their_field(ear):
    """A language that it does not know."""
    with door(Ear(fail={0: UnknownLanguage("no such language")})) as client:
        refused(ask(client, language="tlh"), 400, "unknown_language", "language")


BROKEN = _multipart(wav(SHORT))


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(0, len(BROKEN) - 1), st.integers(0, 255)), max_size=8),
    st.integers(0, len(BROKEN)),
    st.booleans(),
)
def test_damaged_forms_and_files_never_break_the_door(client, changes, end, cut):
    """Bytes changed anywhere, the end cut off: text, or a 4xx that says why."""
    body = bytearray(BROKEN)
    for place, byte in changes:
        body[place] = byte
    answer = client.post(PATH, content=bytes(body[:end] if cut else body), headers=_TYPE)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.json()["error"]["message"]


def test_nothing_is_left_on_disk_or_open(client, ear):
    """Large files are spooled to disk, under no name, and closed whatever becomes of them."""
    before = _open_files()
    large = told([(0.6, 0.4)] * 100, after=1.0)
    assert len(wav(large)) > 2 * 1024**2
    ask(client, large)
    ask(client, large, stream="true")
    ask(client, large, temperature="9")
    ask(client, b"RIFF" + b"\0" * 3_000_000)
    gc.collect()
    assert _open_files() == before


def _open_files() -> list[str]:
    """Deleted temporary files that this process has open."""
    names = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.exists()]
    return sorted(name for name in names if re.search(r"/tmp|\(deleted\)", name))


def test_the_document_describes_the_forms(client):
    """A reader of it knows every field; lists have brackets, as clients send them."""
    paths = client.get("/openapi.json").json()["paths"]
    form = paths[PATH]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["properties"]["file"]["format"] == "binary"
    assert form["required"] == ["file", "model"]
    assert {"language", "stream", "timestamp_granularities[]"} <= set(form["properties"])
    form = paths["/v1/audio/translations"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert "language" not in form["schema"]["properties"]
