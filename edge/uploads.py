"""Forms with a file (multipart/form-data, RFC 7578), read as they arrive.

The file goes to a temporary file without a name, which is gone when it is closed, however that
comes about; only its beginning is held in memory. All else is small or refused.
"""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, cast

from litestar import Request
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
)

from tritone.errors import BodyInvalid, Cancelled, MissingInput, PayloadTooLarge

__all__ = ["Form", "received"]

_MOST_PARTS: Final = 128
_MOST_TEXT: Final = 256 * 1024  # bytes, of all fields that are no file
_IN_MEMORY: Final = 1024**2  # bytes of the file
_AT_ONCE: Final = 512 * 1024  # bytes written in one step


@dataclass(slots=True)
class Form:
    """What was sent. The file is at its beginning, and closed by `received`."""

    fields: Mapping[str, list[str]]
    """Texts by the name of their field, in the order they came."""
    file: BinaryIO


@asynccontextmanager
async def received(
    request: Request[Any, Any, Any], *, file_field: str, max_bytes: int
) -> AsyncIterator[Form]:
    """The form in a request's body, for as long as the block lasts.

    Raises:
        BodyInvalid: it is not such a form, or ends too early.
        MissingInput: it has no file.
        PayloadTooLarge: it has more than `max_bytes`, or a field is too long.
        Cancelled: the client left before all of it came.
    """
    reader = _Reader(file_field)
    try:
        await reader.read(request, max_bytes)
        if reader.file is None:
            raise MissingInput(
                f"the form has no file: send the recording as '{file_field}', with a file name",
                param=file_field,
            )
        await asyncio.to_thread(reader.file.seek, 0)
        fields = {name: [*map(_text, values)] for name, values in reader.fields.items()}
        yield Form(fields, cast("BinaryIO", reader.file))
    finally:
        if reader.file is not None:
            reader.file.close()


def _text(value: bytearray) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise BodyInvalid("a field of the form is not UTF-8 text") from None


@dataclass(slots=True)
class _Reader:
    """Takes the parts of a form apart."""

    file_field: str
    fields: dict[str, list[bytearray]] = field(default_factory=lambda: defaultdict(list))
    file: "tempfile.SpooledTemporaryFile[bytes] | None" = None
    _into_file: bool = False
    _field: bytearray = field(default_factory=bytearray)
    _text_bytes: int = 0
    _waiting: list[bytes] = field(default_factory=list)
    _waiting_bytes: int = 0

    async def read(self, request: Request[Any, Any, Any], max_bytes: int) -> None:
        kind, options = request.content_type
        if kind != "multipart/form-data" or not options.get("boundary"):
            raise BodyInvalid("send the body as multipart/form-data, with a boundary")
        if (request.content_length or 0) > max_bytes:
            raise _too_large(max_bytes)
        try:
            parser = PushMultipartParser(options["boundary"], max_segment_count=_MOST_PARTS)
            async for chunk in _body(request, max_bytes):
                if not parser.closed:
                    await self._take(parser.parse(chunk))
            parser.close()
        except ParserLimitReached as error:
            raise PayloadTooLarge(f"the form is too large: {error}") from None
        except (MultipartError, ValueError, LookupError) as error:
            raise BodyInvalid(f"the form cannot be read: {error}") from None
        await self._write()

    async def _take(self, events: Any) -> None:
        """Puts what the parser finds where it belongs."""
        for event in events:
            if isinstance(event, MultipartSegment):
                self._begin(event)
            elif event and self._into_file:
                self._waiting.append(bytes(event))
                self._waiting_bytes += len(event)
                if self._waiting_bytes >= _AT_ONCE:
                    await self._write()
            elif event:
                self._text_bytes += len(event)
                if self._text_bytes > _MOST_TEXT:
                    raise PayloadTooLarge(
                        f"the fields beside the file are over {_MOST_TEXT:,} bytes long"
                    )
                self._field += event

    def _begin(self, part: MultipartSegment) -> None:
        self._into_file = part.filename is not None and part.name == self.file_field
        if not self._into_file:
            self._field = bytearray()
            self.fields[part.name].append(self._field)
            return
        if self.file is not None:
            raise BodyInvalid("the form has several files: send one", param=self.file_field)
        self.file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - see `received`

    async def _write(self) -> None:
        if self.file is not None and self._waiting:
            data, self._waiting, self._waiting_bytes = b"".join(self._waiting), [], 0
            await asyncio.to_thread(self.file.write, data)


async def _body(request: Request[Any, Any, Any], max_bytes: int) -> AsyncIterator[bytes]:
    """The bytes of a request, counted."""
    size = 0
    more = True
    while more:
        message: Any = await request.receive()
        if message["type"] == "http.disconnect":
            raise Cancelled("the client disconnected before the form was complete")
        body: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(body)
        if size > max_bytes:
            raise _too_large(max_bytes)
        if body:
            yield body


def _too_large(max_bytes: int) -> PayloadTooLarge:
    return PayloadTooLarge(
        f"the body is over {max_bytes:,} bytes: compress the recording or split it", param="file"
    )
