"""One excerpt through `stt`, in the language of the recording."""

import asyncio
from dataclasses import dataclass
from typing import Final

import msgspec

from tritone import messages
from tritone.calls import Caller
from tritone.contract import Model, SttRequest, SttResponse
from tritone.messages import Segment, Word
from tritone.usecases.transcription.vocabulary import Excerpt, Wishes

__all__ = ["Heard", "Hearing"]

CERTAIN: Final = 0.5
"""Probability from which a detected language is kept for the rest of a recording."""
PATIENCE: Final = 60.0
"""Seconds until an excerpt has failed: many recordings at once wait for each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said in an excerpt. Times are seconds from the start of the recording."""

    text: str
    segments: tuple[Segment, ...]
    language: str
    end: float
    seam_after: float | None
    seam_before: float | None

    @property
    def words(self) -> tuple[Word, ...]:
        """Of all segments."""
        return tuple(word for segment in self.segments for word in segment.words)


class Hearing:
    """Asks for excerpts of one recording; several may be asked for at once.

    Unless the language is given, the first excerpt goes alone, and the others wait for what it is
    found to be in.
    """

    def __init__(
        self, caller: Caller, model: Model[SttRequest, SttResponse], wishes: Wishes
    ) -> None:
        self._caller = caller
        self._model = model
        self._wishes = wishes
        self._first = True
        self._known = asyncio.Event()
        self.language = wishes.language
        """Of the recording: given, or detected and certain, or empty."""
        if self.language:
            self._known.set()

    async def hear(self, excerpt: Excerpt) -> Heard:
        """The transcript of one excerpt, with words where the wishes or a seam need them."""
        if self._first:
            self._first = False
        else:
            await self._known.wait()
        try:
            response = await self._ask(excerpt)
        finally:
            self._known.set()
        return Heard(
            text=response.text.strip(),
            segments=_placed(response.segments, excerpt.start),
            language=response.language,
            end=excerpt.end,
            seam_before=excerpt.seam_before,
            seam_after=excerpt.seam_after,
        )

    async def _ask(self, excerpt: Excerpt) -> SttResponse:
        wishes = self._wishes
        seam = excerpt.seam_before is not None or excerpt.seam_after is not None
        response = await self._caller.infer(
            self._model,
            SttRequest(
                audio=excerpt.audio,
                language=self.language,
                task=wishes.task,
                word_timestamps=wishes.words or seam,
                prompt=wishes.prompt,
                temperature=wishes.temperature,
            ),
            timeout=PATIENCE,
        )
        if not self.language and response.text and response.language_probability >= CERTAIN:
            self.language = response.language
        return response


def _placed(segments: str, start: float) -> tuple[Segment, ...]:
    """Segments of an excerpt that starts so many seconds into its recording."""
    found: tuple[Segment, ...] = messages.decode(tuple[Segment, ...], segments)
    if not start:
        return found
    return tuple(
        msgspec.structs.replace(
            segment,
            start=round(segment.start + start, 3),
            end=round(segment.end + start, 3),
            words=tuple(
                msgspec.structs.replace(
                    word, start=round(word.start + start, 3), end=round(word.end + start, 3)
                )
                for word in segment.words
            ),
        )
        for segment in found
    )
