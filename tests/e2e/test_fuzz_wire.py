"""Bytes that are no HTTP, and clients that leave in the middle: the door serves on."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.e2e.doors import RunningDoor

pytestmark = pytest.mark.triton


def raw(door: RunningDoor, request: bytes) -> bytes:
    """What comes back for bytes on the wire, until the door closes or falls silent."""
    address = urlsplit(door.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


@pytest.mark.parametrize(
    "request_",
    [
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /v1/embeddings HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/embeddings HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n{}",
        b"POST /v1/embeddings HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: " + b"b" * 200_000 + b"\r\n\r\n",
    ],
    ids=lambda request: repr(request[:30]),
)
def test_what_is_no_http(door, http, request_):
    """Answered with 4xx or hung up on; others are served on."""
    answer = raw(door, request_)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert http.get("/health/live").status_code == 200


def test_a_body_that_ends_early(door, http):
    """The client promises a megabyte and leaves: no failure of the server is counted."""
    head = (
        "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\n"
        f"Authorization: Bearer {door.key}\r\n"
        "Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: 1000000\r\n\r\n"
    ).encode()
    before = failures(http)
    raw(door, head + b'--XX\r\nContent-Disposition: form-data; name="model"\r\n\r\nst')
    assert http.get("/health/live").status_code == 200
    assert failures(http) == before


def failures(http: httpx.Client) -> int:
    """How many answers were 5xx so far, by the door's own metrics."""
    text = http.get("/metrics").text
    return sum(
        int(float(line.rsplit(" ", 1)[1]))
        for line in text.splitlines()
        if 'status="5' in line and not line.startswith("#")
    )
