"""Subtitles: SubRip (https://docs.fileformat.com/video/srt/) and WebVTT (https://www.w3.org/TR/webvtt1/).

A cue is what can be read at a glance: two lines of 42 characters, seven seconds. Segments that hold
more are cut between words, at the end of a sentence or clause where there is one; so they need
words with times. A segment without words is one cue.
"""

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tritone.messages import Segment

__all__ = ["Cue", "cues", "srt", "vtt"]

LINE: Final = 42
"""Columns of a line; letters of East Asian scripts take two."""
LINES: Final = 2
SECONDS: Final = 7.0
SHORTEST: Final = 0.5
"""Seconds a cue is shown at least, if the next one lets it."""
_SENTENCE: Final = re.compile(r"[.!?。！？…][\"'”’)]*$")  # noqa: RUF001 - full width marks
_CLAUSE: Final = re.compile(r"[,;:，、；：][\"'”’)]*$")  # noqa: RUF001 - full width marks


@dataclass(frozen=True, slots=True)
class Cue:
    """A text and when it is shown, in seconds."""

    start: float
    end: float
    text: str


def srt(segments: Iterable[Segment]) -> str:
    """The segments as a SubRip file."""
    return "".join(
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{_plain(cue.text)}\n\n"
        for number, cue in enumerate(cues(segments), start=1)
    )


def vtt(segments: Iterable[Segment]) -> str:
    """The segments as a WebVTT file."""
    blocks = (
        f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{_escaped(cue.text)}\n\n"
        for cue in cues(segments)
    )
    return "WEBVTT\n\n" + "".join(blocks)


def cues(segments: Iterable[Segment]) -> list[Cue]:
    """What is shown, in order; no cue reaches into the next."""
    found = [cue for segment in segments for cue in _of_segment(segment) if cue.text]
    out = []
    for i, cue in enumerate(found):
        latest = found[i + 1].start if i + 1 < len(found) else float("inf")
        end = min(max(cue.end, cue.start + SHORTEST), max(latest, cue.start + 0.001))
        out.append(Cue(cue.start, end, "\n".join(_lines(cue.text))))
    return out


@dataclass(frozen=True, slots=True)
class _Bit:
    """A word as it stands in the text, with the space before it."""

    text: str
    start: float
    end: float


def _of_segment(segment: Segment) -> Iterator[Cue]:
    bits = _bits(segment)
    if not bits:
        yield Cue(segment.start, segment.end, " ".join(segment.text.split()))
    while bits:
        count = _fitting(bits)
        text = "".join(bit.text for bit in bits[:count])
        yield Cue(bits[0].start, bits[count - 1].end, " ".join(text.split()))
        bits = bits[count:]


def _bits(segment: Segment) -> list[_Bit]:
    """The segment's text cut at its words, nothing left out."""
    found: list[_Bit] = []
    at = 0
    for word in segment.words:
        place = segment.text.find(word.word, at)
        if place < 0:
            return []
        end = place + len(word.word)
        found.append(_Bit(segment.text[at:end], word.start, word.end))
        at = end
    if found and at < len(segment.text):
        last = found[-1]
        found[-1] = _Bit(last.text + segment.text[at:], last.start, last.end)
    return found


def _fitting(bits: Sequence[_Bit]) -> int:
    """How many words the next cue takes: all, or up to the best place to cut."""
    most = 1
    while most < len(bits) and _fits(bits[: most + 1]):
        most += 1
    if most == len(bits):
        return most
    for mark in (_SENTENCE, _CLAUSE):
        for count in range(most, most // 2, -1):
            if mark.search(bits[count - 1].text):
                return count
    return most


def _fits(bits: Sequence[_Bit]) -> bool:
    text = "".join(bit.text for bit in bits)
    return bits[-1].end - bits[0].start <= SECONDS and len(_lines(text)) <= LINES


def _lines(text: str) -> list[str]:
    """Lines of at most `LINE` columns, of about the same length."""
    text = " ".join(text.split())
    if _width(text) <= LINE:
        return [text] if text else []
    if _width(text) > len(text) * 1.5:  # a script without spaces
        size = LINE // 2
        return [text[i : i + size] for i in range(0, len(text), size)]
    needed = len(textwrap.wrap(text, LINE, break_on_hyphens=False))
    narrow = max(LINE // 2, -(-len(text) // needed))
    for width in range(narrow, LINE + 1):
        lines = textwrap.wrap(text, width, break_on_hyphens=False)
        if len(lines) <= needed:
            return lines
    return textwrap.wrap(text, LINE, break_on_hyphens=False)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _plain(text: str) -> str:
    """SubRip knows no escapes: what looks like an arrow would end its cue in some readers."""
    return text.replace("-->", "→")


def _escaped(text: str) -> str:
    """WebVTT's escapes; without a ``>`` there is no arrow either."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(max(seconds, 0.0) * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"
