"""Broken JSON requests: the door answers 4xx with OpenAI's error JSON, and serves on."""

import json

import pytest

from tests.e2e.refusals import FORM_PATHS, JSON_PATHS, refused

pytestmark = pytest.mark.triton

DEEP = 20_000
"""Levels of nesting: more than any recursive reader survives."""


@pytest.mark.parametrize("path", JSON_PATHS)
def test_the_requests_that_are_broken_below_are_good_ones(http, path):
    """Else the other tests would show nothing."""
    assert http.post(path, json=JSON_PATHS[path]).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b"\xff\xfe{}",
        b"\x00" * 100,
        b'{"model": }',
        b'{"model": NaN}',
        b'{"model": "chat"} {"model": "chat"}',
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b"{'model': 'chat'}",
        '{"model": "chat"}'.encode("utf-16"),
    ],
    ids=lambda body: repr(body[:20]),
)
@pytest.mark.parametrize("path", JSON_PATHS)
def test_a_body_that_is_no_request(http, path, body):
    """Not JSON, or not the object that is documented."""
    answer = http.post(path, content=body, headers={"content-type": "application/json"})
    assert refused(answer)["type"] == "invalid_request_error"


ODD_VALUES = {
    "a lone surrogate": '"\\ud800"',
    "half a pair": '"\\udc00 and on"',
    "no string": "7",
    "a huge number": "1e400",
    "more digits than fit": "9" * 5_000,
    "not a number": "NaN",
    "infinity": "-Infinity",
    "nesting": "[" * DEEP + "]" * DEEP,
    "an object": '{"": {}}',
    "a control character": '"\x01"',
}


@pytest.mark.parametrize("value", ODD_VALUES.values(), ids=ODD_VALUES)
@pytest.mark.parametrize("path", JSON_PATHS)
def test_an_odd_value_in_a_field(http, path, value):
    """In each field of a request that is good otherwise."""
    for field in JSON_PATHS[path]:
        if field == "max_tokens" and value == "7":
            continue  # which is not odd there
        entries = {name: json.dumps(good) for name, good in JSON_PATHS[path].items()}
        entries[field] = value
        body = "{" + ", ".join(f'"{name}": {raw}' for name, raw in entries.items()) + "}"
        answer = http.post(path, content=body, headers={"content-type": "application/json"})
        refused(answer)


@pytest.mark.parametrize("number", ["1e400", "NaN", "-1", "1e18", "99999999999999999999", "0.5e"])
@pytest.mark.parametrize("field", ["max_tokens", "temperature", "top_p", "seed", "n"])
def test_a_number_out_of_range(http, field, number):
    """Of the chat's; a seed may be large or negative, and is the only one that may."""
    path = "/v1/chat/completions"
    entries = {name: json.dumps(good) for name, good in JSON_PATHS[path].items()}
    entries[field] = number
    body = "{" + ", ".join(f'"{name}": {raw}' for name, raw in entries.items()) + "}"
    answer = http.post(path, content=body, headers={"content-type": "application/json"})
    if not (field == "seed" and answer.status_code == 200):
        refused(answer)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", "nonsense", "a/b; charset=zz"]
)
@pytest.mark.parametrize("path", JSON_PATHS)
def test_another_content_type(http, path, kind):
    """The body is JSON all the same or is refused; never a failure of the server."""
    body = json.dumps(JSON_PATHS[path])
    answer = http.post(path, content=body, headers={"content-type": kind})
    if answer.status_code != 200:
        refused(answer)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", [*JSON_PATHS, *FORM_PATHS])
def test_another_method(http, path, method):
    """405, and which it would be."""
    answer = http.request(method, path)
    refused(answer)
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/nope", "/v1/chat/completions/x", "/v1/models/a/b", "/%00", "/..%2f.."]
)
def test_a_path_that_is_not_there(http, path):
    """404 in the same shape."""
    answer = http.get(path)
    refused(answer)
    assert answer.status_code == 404


def test_a_body_that_is_too_large(http):
    """413 while it is read, without waiting for the rest."""
    body = json.dumps({"model": "embedder", "input": "x" * (5 * 1024**2)})
    answer = http.post("/v1/embeddings", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert refused(answer)["code"] == "payload_too_large"
