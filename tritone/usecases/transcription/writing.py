"""Transcription as a whole: listened to, heard some excerpts at a time, joined in order.

chunks ─► excerpts (cut in pauses, silence left out) ─► `stt`, some at once, so that Triton puts
them into batches ─► in order ─► seams without a pause mended ─► pieces
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

from tritone.calls import Caller
from tritone.contract import Model, SttRequest, SttResponse
from tritone.usecases.transcription.assembling import Assembly
from tritone.usecases.transcription.hearing import Hearing
from tritone.usecases.transcription.listening import Listening
from tritone.usecases.transcription.ordering import in_order
from tritone.usecases.transcription.vocabulary import Finished, Piece, Samples, Wishes

__all__ = ["AT_ONCE", "transcribe"]

AT_ONCE: Final = 4
"""Excerpts of one recording that are at work at a time, nine seconds each: enough to keep all
instances of `stt` busy and to make batches, few enough that somebody else's question waits for
little."""


async def transcribe(
    caller: Caller,
    model: Model[SttRequest, SttResponse],
    audio: AsyncIterator[Samples],
    wishes: Wishes,
    *,
    duration: float | None = None,
    max_seconds: float | None = None,
    at_once: int = AT_ONCE,
) -> AsyncGenerator[Piece | Finished, None]:
    """The transcript of a recording, piece by piece while it is heard, and then `Finished`.

    Whatever the length of the recording, two minutes of its samples are held at most. Closing the
    generator, or cancelling whoever waits for it, stops everything. The audio's generator, where
    it is one, stays its maker's to close.

    The language, unless given, is that of the first excerpt, and is kept for the whole recording.
    Where it is not certain, every excerpt is judged by itself until one is. The prompt is told for
    every excerpt.

    Args:
        caller: to reach `vad` and the model by.
        model: `stt`, in whatever version.
        audio: chunks of any length, mono float32 at 16 kHz.
        wishes: language, task and so on.
        duration: of the recording in seconds, where known; for those who watch the progress.
        max_seconds: longest recording taken.
        at_once: excerpts at work at a time.

    Raises:
        AudioEmpty, AudioTooLong, AudioNotFinite: of the recording.
        UnknownLanguage, UnknownTask, ParameterOutOfRange: of the wishes.
        TritoneError: whatever stops the model from answering.
    """
    listening = Listening(caller, audio, max_seconds=max_seconds)
    hearing = Hearing(caller, model, wishes)
    assembly = Assembly(wishes, duration)
    async with aclosing(in_order(listening.excerpts(), hearing.hear, at_once=at_once)) as stream:
        async for heard in stream:
            for piece in assembly.add(heard):
                yield piece
    for piece in assembly.finish():
        yield piece
    yield Finished(language=assembly.language, duration=listening.seconds)
