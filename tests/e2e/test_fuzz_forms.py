"""Broken multipart forms: the door answers 4xx with OpenAI's error JSON, and serves on."""

import pytest

from tests.e2e.refusals import FORM_PATHS, form, part, refused

pytestmark = pytest.mark.triton

MODEL = part("model", b"stt")
NOISE = part("file", b"this is no audio at all " * 50, "a.wav", "audio/wav")
FORMS = {
    "nothing": ("XX", b""),
    "only an end": ("XX", b"--XX--\r\n"),
    "no file": ("XX", form(MODEL)),
    "no model": ("XX", form(NOISE)),
    "an empty file": ("XX", form(MODEL, part("file", b"", "a.wav"))),
    "a file that is a text field": ("XX", form(MODEL, part("file", b"hello"))),
    "no audio": ("XX", form(MODEL, NOISE)),
    "another boundary": ("YY", form(MODEL, NOISE)),
    "no boundary": ("", form(MODEL, NOISE)),
    "an endless boundary": ("X" * 5_000, form(MODEL, NOISE)),
    "a boundary of odd characters": ('"a;b=<c>?"', form(MODEL, NOISE)),
    "no end": ("XX", form(MODEL, NOISE, end=b"")),
    "cut in a header": ("XX", form(MODEL, NOISE)[:70]),
    "cut in the file": ("XX", form(MODEL, NOISE)[:400]),
    "no name": ("XX", form(b"Content-Disposition: form-data\r\n\r\nx", MODEL, NOISE)),
    "no disposition": ("XX", form(b"X: y\r\n\r\nx", MODEL, NOISE)),
    "no headers": ("XX", form(b"\r\nx", MODEL, NOISE)),
    "bare newlines": ("XX", form(MODEL, NOISE).replace(b"\r\n", b"\n")),
    "a header without an end": ("XX", b"--XX\r\n" + b"A" * 200_000),
    "thousands of headers": ("XX", form(b"A: b\r\n" * 20_000 + b"\r\nx", MODEL, NOISE)),
    "thousands of fields": (
        "XX",
        form(*(part(f"f{n}", b"x") for n in range(20_000)), MODEL, NOISE),
    ),
    "a huge field": ("XX", form(part("model", b"s" * 3_000_000), NOISE)),
    "text that is not UTF-8": ("XX", form(part("model", b"\xff\xfe\xfd"), NOISE)),
    "a charset nobody knows": (
        "XX",
        form(part("model", b"stt", kind="text/plain; charset=klingon"), NOISE),
    ),
    "an encoding nobody knows": (
        "XX",
        form(b'Content-Disposition: form-data; name="model"\r\n'
             b"Content-Transfer-Encoding: rot13\r\n\r\nstt", NOISE),
    ),
    "two files": ("XX", form(MODEL, NOISE, NOISE)),
    "two models": ("XX", form(MODEL, MODEL, NOISE)),
    "a name of odd bytes": (
        "XX",
        form(MODEL, NOISE, b'Content-Disposition: form-data; name="\xff"\r\n\r\nx'),
    ),
    "a file's name as a path": ("XX", form(MODEL, part("file", b"x", "../../etc/passwd"))),
    "a wrong format": ("XX", form(MODEL, NOISE, part("response_format", b"docx"))),
    "a wrong temperature": ("XX", form(MODEL, NOISE, part("temperature", b"hot"))),
    "a wrong flag": ("XX", form(MODEL, NOISE, part("stream", b"perhaps"))),
    "a wrong granularity": ("XX", form(MODEL, NOISE, part("timestamp_granularities[]", b"hour"))),
    "an unknown language": ("XX", form(MODEL, NOISE, part("language", b"klingon"))),
}  # fmt: skip


@pytest.mark.parametrize(("boundary", "body"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("path", FORM_PATHS)
def test_a_form_that_is_none(http, path, boundary, body):
    """4xx, whatever is wrong with it."""
    kind = f"multipart/form-data; boundary={boundary}" if boundary else "multipart/form-data"
    refused(http.post(path, content=body, headers={"content-type": kind}))


@pytest.mark.parametrize("path", FORM_PATHS)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", ""])
def test_a_recording_in_no_form(http, path, kind):
    """Neither JSON nor a plain form can hold a file."""
    answer = http.post(path, content=b'{"model": "stt"}', headers={"content-type": kind})
    refused(answer)
