"""What an answer is made of, however it is cut into messages. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from tritone.messages import Timing

__all__ = ["Piece", "joined", "split"]

_SAMPLE_BYTES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of an answer.

    Attributes:
        text: what is said.
        audio: mono 16-bit little-endian PCM.
        sample_rate: Hz of the audio; 0 without any.
        transcript: what the user said; in one piece of an answer.
        visemes: of the audio, in seconds from its start.
    """

    text: str = ""
    audio: bytes = b""
    sample_rate: int = 0
    transcript: str = ""
    visemes: tuple[Timing, ...] = ()

    @property
    def size(self) -> int:
        """Bytes, about."""
        return len(self.text) + len(self.audio)


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """The same in as few pieces as can be: audio of two rates does not fit into one."""
    groups: list[list[Piece]] = []
    rate = 0
    for piece in pieces:
        if not groups or (rate and piece.sample_rate and piece.sample_rate != rate):
            groups.append([])
            rate = 0
        groups[-1].append(piece)
        rate = rate or piece.sample_rate
    return [_one(group) for group in groups]


def _one(pieces: Sequence[Piece]) -> Piece:
    if len(pieces) == 1:
        return pieces[0]
    rate = next((piece.sample_rate for piece in pieces if piece.sample_rate), 0)
    visemes: list[Timing] = []
    size = 0
    for piece in pieces:
        visemes += _shifted(piece.visemes, _seconds(size, rate)) if size else piece.visemes
        size += len(piece.audio)
    return Piece(
        text="".join(piece.text for piece in pieces),
        audio=b"".join(piece.audio for piece in pieces),
        sample_rate=rate,
        transcript="".join(piece.transcript for piece in pieces),
        visemes=tuple(visemes),
    )


def split(piece: Piece, most: int) -> Iterator[Piece]:
    """The same in pieces with at most so many bytes of audio each; the text goes with the first."""
    most -= most % _SAMPLE_BYTES
    if len(piece.audio) <= most:
        yield piece
        return
    for start in range(0, len(piece.audio), most):
        begin, end = (_seconds(at, piece.sample_rate) for at in (start, start + most))
        is_last = start + most >= len(piece.audio)
        visemes = (
            each
            for each in piece.visemes
            if (each.start >= begin or not start) and (each.start < end or is_last)
        )
        part = replace(
            piece,
            audio=piece.audio[start : start + most],
            visemes=_shifted(visemes, -begin),
        )
        yield replace(part, text="", transcript="") if start else part


def _shifted(visemes: "Iterator[Timing] | tuple[Timing, ...]", by: float) -> tuple[Timing, ...]:
    return tuple(
        msgspec.structs.replace(each, start=max(0.0, each.start + by), end=each.end + by)
        for each in visemes
    )


def _seconds(size: int, rate: int) -> float:
    return size / _SAMPLE_BYTES / rate if rate else 0.0
