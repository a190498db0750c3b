"""Forms and files at the transcription routes: refused, damaged, put away, described."""

import gc
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.edge.transcription_route.route_kit import (
    LONG,
    PATH,
    SHORT,
    TYPE,
    ask,
    door,
    multipart,
    refused,
    wav,
)
from tests.unit.transcription_kit import told

pytestmark = pytest.mark.unit


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
        body = multipart(wav(LONG))
        chunks = (body[i : i + 50_000] for i in range(0, len(body), 50_000))
        answer = client.post(PATH, content=chunks, headers=TYPE)
        refused(answer, 413, "payload_too_large", "file")
    assert ear.asked == []


def _without_length(file: bytes) -> bytes:
    """As a program writes it that cannot seek back: the sizes are unknown."""
    at = file.index(b"data") + 4
    return file[:4] + b"\xff" * 4 + file[8:at] + b"\xff" * 4 + file[at + 4 :]


@pytest.mark.parametrize(
    ("body", "headers", "code", "param"),
    [
        (b'{"model": "stt"}', {"content-type": "application/json"}, "body_invalid", None),
        (b"", {}, "body_invalid", None),
        (b"", TYPE, "body_invalid", None),
        (multipart(b"x"), {"content-type": "multipart/form-data"}, "body_invalid", None),
        (multipart(b"x")[:-20], TYPE, "body_invalid", None),
        (multipart(b"x", name="recording"), TYPE, "missing_input", "file"),
        (multipart(b"x", model=b"\xff\xfe"), TYPE, "body_invalid", None),
        (multipart(b"x", model=b"gpt-9"), TYPE, "model_not_found", "model"),
        (multipart(b"x" * 9, model=b"s" * 300_000), TYPE, "payload_too_large", None),
        (
            b"--edge\r\n\r\nx\r\n--edge--\r\n",
            TYPE,
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


BROKEN = multipart(wav(SHORT))


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
    answer = client.post(PATH, content=bytes(body[:end] if cut else body), headers=TYPE)
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
