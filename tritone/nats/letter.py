"""The form of a dead letter: a message that could not be answered, with the reason in its headers.

Its payload is that of the message, byte for byte, and its headers are the message's own beside
those below, which are ASCII: not every reader of headers takes more. Times are RFC 3339 in UTC; of
a subject, what is not ASCII is percent-encoded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, unquote

import msgspec

from tritone.errors import TritoneError

__all__ = [
    "ATTEMPTS",
    "ERROR",
    "ERROR_CODE",
    "FIRST_ERROR",
    "LAST_ERROR",
    "LEFT_OUT",
    "REDRIVE",
    "REQUEST_ID",
    "STREAM",
    "STREAM_SEQUENCE",
    "SUBJECT",
    "Letter",
    "letter_headers",
    "message_headers",
    "read_letter",
]

SUBJECT: Final = "Tritone-Subject"
STREAM: Final = "Tritone-Stream"
STREAM_SEQUENCE: Final = "Tritone-Stream-Sequence"
REQUEST_ID: Final = "Tritone-Request-Id"
ATTEMPTS: Final = "Tritone-Attempts"
ERROR_CODE: Final = "Tritone-Error-Code"
ERROR: Final = "Tritone-Error"
FIRST_ERROR: Final = "Tritone-First-Error"
LAST_ERROR: Final = "Tritone-Last-Error"
LEFT_OUT: Final = "Tritone-Payload-Left-Out"
"""Bytes of a payload that had no room beside these headers; it is in its stream still."""
REDRIVE: Final = "Tritone-Redrive"
"""On a message that is sent again: the number of the letter that it was."""


_OF_LETTERS: Final = frozenset(
    {
        SUBJECT,
        STREAM,
        STREAM_SEQUENCE,
        REQUEST_ID,
        ATTEMPTS,
        ERROR_CODE,
        ERROR,
        FIRST_ERROR,
        LAST_ERROR,
        LEFT_OUT,
    }
)
_LONGEST_ERROR: Final = 500
_PLAIN: Final = "".join(chr(code) for code in range(33, 127) if chr(code) != "%")


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter.

    Attributes:
        seq: its number.
        area: whose it was.
        subject: of the message.
        stream: where the message is, or was.
        stream_seq: its sequence there.
        request_id: of the message, or empty where it cannot be read.
        attempts: how often it was tried.
        code: of the last error.
        error: its text.
        first_error: when it failed first, RFC 3339.
        last_error: when it failed last, RFC 3339.
        size: bytes of the payload.
        data: the payload; empty in lists.
        headers: all of them; of the message and of the letter.
    """

    seq: int
    area: str
    subject: str
    stream: str
    stream_seq: int
    request_id: str
    attempts: int
    code: str
    error: str
    first_error: str
    last_error: str
    size: int
    data: bytes
    headers: dict[str, str]


def letter_headers(
    *,
    subject: str,
    stream: str,
    stream_seq: int,
    attempts: int,
    error: TritoneError,
    first_error: float,
    last_error: float,
    data: bytes,
    headers: Mapping[str, str] | None,
) -> dict[str, str]:
    """The headers of a letter; see `bury`."""
    return {
        **message_headers(headers),
        "Nats-Msg-Id": f"dead.{stream}.{stream_seq}",
        SUBJECT: quote(subject, safe=_PLAIN),
        STREAM: stream,
        STREAM_SEQUENCE: str(stream_seq),
        REQUEST_ID: _request_id(data),
        ATTEMPTS: str(attempts),
        ERROR_CODE: error.code,
        ERROR: _line(error.message),
        FIRST_ERROR: _time(first_error),
        LAST_ERROR: _time(last_error),
    }


def message_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Of a message its own: neither the server's, which would act again, nor the letter's."""
    return {
        name: str(value)
        for name, value in (headers or {}).items()
        if not name.lower().startswith("nats-") and name not in _OF_LETTERS
    }


def read_letter(
    seq: int, subject: str, headers: Mapping[str, str], data: bytes, size: int
) -> Letter:
    """A letter; what others have put there without these headers has empty fields."""
    headers = {name: str(value) for name, value in headers.items()}  # not ASCII: another type

    def number(name: str) -> int:
        text = headers.get(name, "")
        return int(text) if text.isdecimal() else 0

    return Letter(
        seq=seq,
        area=subject.removeprefix("ai.dlq."),
        subject=unquote(headers.get(SUBJECT, "")),
        stream=headers.get(STREAM, ""),
        stream_seq=number(STREAM_SEQUENCE),
        request_id=headers.get(REQUEST_ID, ""),
        attempts=number(ATTEMPTS),
        code=headers.get(ERROR_CODE, ""),
        error=headers.get(ERROR, ""),
        first_error=headers.get(FIRST_ERROR, ""),
        last_error=headers.get(LAST_ERROR, ""),
        size=number(LEFT_OUT) or size,
        data=data,
        headers=headers,
    )


class _Identified(msgspec.Struct):
    request_id: str


def _request_id(data: bytes) -> str:
    try:
        return _line(msgspec.msgpack.decode(data, type=_Identified).request_id)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return ""


def _line(text: str) -> str:
    """Fits for a header, which is one line of ASCII."""
    line = "".join(one if one.isprintable() else " " for one in text)[:_LONGEST_ERROR].strip()
    return line.encode("ascii", "backslashreplace").decode()


def _time(seconds: float) -> str:
    when = datetime.fromtimestamp(seconds, tz=UTC)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
