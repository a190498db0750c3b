"""From what was heard, excerpt by excerpt, to the pieces of one transcript. Pure."""

import dataclasses
from collections.abc import Iterator

import msgspec

from tritone.usecases.transcription.hearing import Heard
from tritone.usecases.transcription.joining import joiner, written_in
from tritone.usecases.transcription.seams import agree, keep, not_before
from tritone.usecases.transcription.vocabulary import Piece, Wishes

__all__ = ["Assembly"]


class Assembly:
    """Takes excerpts in order. One that ends in a seam waits for the next, which shares words."""

    def __init__(self, wishes: Wishes, duration: float | None) -> None:
        self._wishes = wishes
        self._duration = duration
        self._waiting: Heard | None = None
        self._begun = False
        self.language = wishes.language
        """Of the first excerpt with speech, unless given; empty while there was none."""

    def add(self, heard: Heard) -> Iterator[Piece]:
        """The pieces that are now complete."""
        if self._waiting is not None:
            before, heard = self._mended(self._waiting, heard)
            self._waiting = None
            yield self._piece(before)
        if heard.seam_after is None:
            yield self._piece(heard)
        else:
            self._waiting = heard

    def finish(self) -> Iterator[Piece]:
        """The piece that waited for another."""
        if self._waiting is not None:
            yield self._piece(self._waiting)
            self._waiting = None

    def _mended(self, before: Heard, after: Heard) -> tuple[Heard, Heard]:
        """Both without what the other one says."""
        assert before.seam_after is not None
        one, other = before.words, after.words
        kept, dropped = agree(one, other, before.seam_after)
        before, after = self._part(before, 0, kept), self._part(after, dropped, len(other))
        if before.segments:
            moment = before.segments[-1].end
            after = dataclasses.replace(after, segments=not_before(after.segments, moment))
        return before, after

    def _part(self, heard: Heard, first: int, last: int) -> Heard:
        if (first, last) == (0, len(heard.words)):
            return heard
        segments = keep(heard.segments, first, last)
        space = joiner(written_in(heard.language, self._wishes.task))
        text = space.join(segment.text for segment in segments)
        return dataclasses.replace(heard, text=text, segments=segments)

    def _piece(self, heard: Heard) -> Piece:
        space = joiner(written_in(heard.language, self._wishes.task))
        text = f"{space}{heard.text}" if self._begun and heard.text else heard.text
        self._begun = self._begun or bool(text)
        self.language = self.language or (heard.language if text else "")
        segments = heard.segments
        if not self._wishes.words:
            segments = tuple(msgspec.structs.replace(each, words=()) for each in segments)
        return Piece(
            text=text,
            segments=segments,
            language=heard.language,
            processed=heard.end,
            duration=self._duration,
        )
