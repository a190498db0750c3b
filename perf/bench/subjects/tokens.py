"""A written answer that comes token by token, timed."""

import itertools
import time

from perf.bench.subjects.base import Answer
from tritone.errors import Internal

__all__ = ["Tokens"]


class Tokens:
    """Notes the pieces of one answer; made when the call begins.

    Attributes:
        count: tokens generated, where the answer tells it; 0 counts the pieces.
    """

    def __init__(self) -> None:
        self.count = 0
        self._began = time.perf_counter()
        self._times: list[float] = []
        self._texts: list[str] = []

    @property
    def pieces(self) -> int:
        """How many came so far."""
        return len(self._times)

    @property
    def text(self) -> str:
        """What was written so far."""
        return "".join(self._texts)

    def add(self, text: str) -> None:
        """Takes the next piece; an empty one is nothing."""
        if text:
            self._times.append(time.perf_counter() - self._began)
            self._texts.append(text)

    def answer(self) -> Answer:
        """The answer that they make; units are tokens. Raises Internal: there were none."""
        if not self._times:
            raise Internal("the answer is empty")
        count = self.count or self.pieces
        gaps = [late - soon for soon, late in itertools.pairwise(self._times)]
        return Answer(
            first=self._times[0],
            last=self._times[-1],
            units=float(count),
            extra={"text": self.text, "tokens": count, "gaps": gaps},
        )
