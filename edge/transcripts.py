"""One request for a transcript, from its form to its answer."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from typing import Any, BinaryIO

from litestar import Request, Response

from edge import sse
from edge.streaming import stream, unless_gone
from edge.uploads import received
from edge.wire import transcript as wire
from edge.wire.transcription import TranscriptionBody, read_form, wishes
from tritone.calls import Caller
from tritone.contract import STT
from tritone.errors import (
    AudioEmpty,
    AudioNotFinite,
    AudioTooLong,
    AudioUndecodable,
    ParameterOutOfRange,
    TritoneError,
    UnknownLanguage,
)
from tritone.media.reading import opened, read
from tritone.messages import Segment
from tritone.routing import Catalog
from tritone.settings import EdgeSettings
from tritone.usecases.transcription import Finished, Piece, transcribe

__all__ = ["Transcript"]

Pieces = AsyncGenerator[Piece | Finished, None]

_FILE = "file"
_OF_THE_FILE = (AudioEmpty, AudioNotFinite, AudioTooLong, AudioUndecodable, ParameterOutOfRange)


class Transcript:
    """Reads the form, has the recording written down, and answers as the form wants it.

    Args:
        request: whose body is the form.
        caller: to reach the models by.
        catalog: of their names.
        edge: the bounds of recordings.
        task: transcribe, or translate into English.
    """

    def __init__(
        self,
        request: Request[Any, Any, Any],
        caller: Caller,
        catalog: Catalog,
        edge: EdgeSettings,
        task: wire.Task,
    ) -> None:
        self._request = request
        self._caller = caller
        self._catalog = catalog
        self._edge = edge
        self._task = task
        self._text: list[str] = []
        self._segments: list[Segment] = []

    async def answer(self) -> Response[Any]:
        """The transcript, or a stream of it."""
        async with contextlib.AsyncExitStack() as held:
            bound = self._edge.max_audio_bytes
            form = await held.enter_async_context(
                received(self._request, file_field=_FILE, max_bytes=bound)
            )
            body = read_form(form.fields, translate=self._task == "translate")
            pieces = self._pieces(form.file, body)
            if body.stream:
                events = sse.guarded(self._events(held.pop_all(), pieces, body))
                return await stream(self._request, events, media_type=sse.MEDIA_TYPE)
            whole = await unless_gone(self._request, self._whole(pieces, body))
            return Response(whole, media_type=wire.MEDIA_TYPES[body.response_format])

    async def _whole(self, pieces: Pieces, body: TranscriptionBody) -> bytes:
        end = await self._all(pieces)
        text = "".join(self._text)
        return await asyncio.to_thread(wire.encode, body, self._task, text, self._segments, end)

    async def _all(self, pieces: Pieces) -> Finished:
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                if isinstance(piece, Finished):
                    return piece
                self._keep(piece)
        raise AssertionError("a transcript ends with Finished")

    async def _events(
        self, held: contextlib.AsyncExitStack, pieces: Pieces, body: TranscriptionBody
    ) -> AsyncGenerator[bytes, None]:
        async with held, contextlib.aclosing(pieces):
            async for piece in pieces:
                if isinstance(piece, Piece):
                    self._keep(piece)
                    yield sse.event(wire.delta(piece))
                else:
                    text = "".join(self._text)
                    yield sse.event(wire.done(body, self._task, text, self._segments, piece))

    def _keep(self, piece: Piece) -> None:
        self._text.append(piece.text)
        self._segments += piece.segments

    async def _pieces(self, file: BinaryIO, body: TranscriptionBody) -> Pieces:
        model = self._catalog.resolve(body.model, STT)
        longest = self._edge.max_audio_seconds
        with _blamed():
            async with opened(file) as recording:
                duration = recording.duration
                if duration is not None and duration > longest:
                    raise AudioTooLong(
                        f"the recording is {duration:.0f} s long, over {longest:g} s"
                    )
                async with contextlib.aclosing(read(recording)) as chunks:
                    written = transcribe(
                        self._caller,
                        model,
                        chunks,
                        wishes(body, translate=self._task == "translate"),
                        duration=duration,
                        max_seconds=longest,
                    )
                    async with contextlib.aclosing(written):
                        async for piece in written:
                            self._measure(piece)
                            yield piece

    def _measure(self, piece: Piece | Finished) -> None:
        """The metrics want to know how much was heard."""
        seconds = piece.duration if isinstance(piece, Finished) else piece.processed
        self._request.scope["state"]["audio_seconds"] = seconds


@contextlib.contextmanager
def _blamed() -> Iterator[None]:
    """Errors from below, with the field of the form that they are about."""
    try:
        yield
    except TritoneError as error:
        if error.param is None and isinstance(error, _OF_THE_FILE):
            error.param = _FILE
        elif error.param is None and isinstance(error, UnknownLanguage):
            error.param = "language"
        raise
