"""Dead letters: kept, listed, sent again, deleted."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Final

import nats.errors
from nats.js import JetStreamContext
from nats.js.errors import APIError, NotFoundError

from tritone.errors import InvalidInput, NotFound, PayloadTooLarge, TritoneError
from tritone.nats.failures import as_tritone_error
from tritone.nats.letter import (
    LAST_ERROR,
    LEFT_OUT,
    REDRIVE,
    Letter,
    letter_headers,
    message_headers,
    read_letter,
)
from tritone.nats.listing import DLQ, each_letter
from tritone.nats.subjects import Area, dead_letters

__all__ = ["bury", "get_letter", "list_letters", "purge", "redrive"]

_ROOM_FOR_HEADERS: Final = 128
"""Bytes that frame headers, and those of LEFT_OUT."""
_MISSING: Final = (10037, 10043)
"""The server's codes for a number that no message has (any more)."""


async def bury(
    js: JetStreamContext,
    area: Area,
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
) -> int:
    """Keeps a message that cannot be answered; answers its number once JetStream has it.

    Doing so again for the same message within two minutes keeps one letter.

    Args:
        js: where to.
        area: whose it is.
        subject: of the message.
        stream: where it is.
        stream_seq: its sequence there.
        attempts: how often it was tried.
        error: why it cannot be answered.
        first_error: when it failed first, Unix seconds.
        last_error: when it failed last, Unix seconds.
        data: its payload.
        headers: its headers.

    Raises:
        Unavailable: JetStream does not take it.
    """
    told = letter_headers(
        subject=subject,
        stream=stream,
        stream_seq=stream_seq,
        attempts=attempts,
        error=error,
        first_error=first_error,
        last_error=last_error,
        data=data,
        headers=headers,
    )
    # The server hangs up on who sends too much, and counts headers, which the client does not.
    room = js._nc.max_payload - _ROOM_FOR_HEADERS  # noqa: SLF001 - the client has no other way
    room -= sum(len(name) + len(value.encode()) + 4 for name, value in told.items())
    if len(data) > room:
        told[LEFT_OUT] = str(len(data))
        data = b""
    with _mapped():
        return (await js.publish(dead_letters(area), data, headers=told)).seq


async def list_letters(
    js: JetStreamContext, area: Area | None = None, *, most: int = 10_000
) -> list[Letter]:
    """Letters without their payloads, oldest first. Raises Unavailable."""
    found: list[Letter] = []
    with _mapped():
        subject = dead_letters(area) if area else "ai.dlq.>"
        async with contextlib.aclosing(each_letter(js, subject)) as some:
            async for letter in some:
                found.append(letter)
                if len(found) == most:
                    break
    return found


async def get_letter(js: JetStreamContext, seq: int) -> Letter:
    """One letter with its payload. Raises NotFound: none has that number."""
    with _mapped(seq):
        message = await js.get_msg(DLQ, seq=seq)
    data = message.data or b""
    return read_letter(seq, message.subject or "", message.headers or {}, data, len(data))


async def redrive(js: JetStreamContext, seq: int, payload: bytes | None = None) -> int:
    """Sends a letter's message again, and deletes the letter once JetStream has the message.

    Args:
        js: where.
        seq: the letter's number.
        payload: sent instead of the message's own, which may be what was wrong.

    Returns:
        The sequence of the message in its stream.

    Raises:
        NotFound: no letter has that number.
        InvalidInput: it is no letter of the bridge.
        PayloadTooLarge: its payload was left out, and its stream does not have it any more.
        Unavailable: JetStream does not take it; the letter stays.
    """
    letter = await get_letter(js, seq)
    if not letter.subject:
        raise InvalidInput(f"letter {seq} does not say which subject it was sent to")
    data = letter.data if payload is None else payload
    with _mapped():
        if LEFT_OUT in letter.headers and payload is None:
            data = await _original(js, letter)
        headers = {
            **message_headers(letter.headers),
            REDRIVE: str(seq),
            # The command may be given twice when it was cut off before the letter was deleted.
            "Nats-Msg-Id": f"redrive.{seq}.{letter.headers.get(LAST_ERROR, '')}",
        }
        sent = await js.publish(letter.subject, data, headers=headers)
    await _delete(js, seq)
    return sent.seq


async def purge(js: JetStreamContext, seq: int) -> None:
    """Deletes a letter. Raises NotFound: none has that number."""
    await _delete(js, seq)


async def _delete(js: JetStreamContext, seq: int) -> None:
    try:
        await js.delete_msg(DLQ, seq)
    except (nats.errors.Error, OSError) as error:
        if isinstance(error, APIError):
            await get_letter(js, seq)  # the server has one code for all that can be wrong here
        raise as_tritone_error(error) from None


async def _original(js: JetStreamContext, letter: Letter) -> bytes:
    try:
        return (await js.get_msg(letter.stream, seq=letter.stream_seq)).data or b""
    except NotFoundError:
        raise PayloadTooLarge(
            f"letter {letter.seq} had no room for its payload, and {letter.stream} does not have "
            "it any more: give another one"
        ) from None


@contextlib.contextmanager
def _mapped(seq: int | None = None) -> Iterator[None]:
    """Raises what the client raises as errors of the tree."""
    try:
        yield
    except APIError as error:
        if seq is not None and error.err_code in _MISSING:
            raise NotFound(
                f"there is no dead letter {seq}: `tritone nats dlq list` shows them"
            ) from None
        raise as_tritone_error(error) from None
    except (nats.errors.Error, OSError) as error:
        raise as_tritone_error(error) from None
