"""The whole answer, which is the truth: stored once, behind nothing or an error.

Whatever else is told in chunks or written down in the bucket, who finds it stored by somebody else
follows it.
"""

import math
import time

from bridge.jetstream.chunks import SILENCE_SECONDS
from bridge.jetstream.journal import Journal
from bridge.jetstream.shapes import Shape
from bridge.jetstream.stored import Stored
from tritone.errors import Superseded

__all__ = ["Whole"]


class Whole:
    """The place of one request's answer.

    Args:
        journal: the streams.
        shape: of the answer.
    """

    def __init__(self, journal: Journal, shape: Shape) -> None:
        self._journal = journal
        self._shape = shape
        self._at = 0
        self._looked_at = -math.inf

    async def look(self) -> Stored | None:
        """What is stored: an answer, an error, or nothing. Raises Unavailable."""
        where = self._shape.where
        now = time.monotonic()
        found = await self._journal.last(where.stream, where.subject)
        self._at = found.seq if found is not None else 0
        self._looked_at = now
        return found

    def is_good(self, found: Stored | None) -> bool:
        """Whether that is an answer and no error."""
        return found is not None and self._shape.failure(found.data) is None

    async def put(self, data: bytes, message_id: str) -> bytes:
        """Stores an answer or an error, unless there is a good answer; that which is stored.

        Plain subscribers see what the stream refuses, too, so nothing is sent blindly.

        Raises:
            PayloadTooLarge: the server takes none so large.
            Unavailable: the server does not take it.
        """
        where = self._shape.where
        while True:
            if time.monotonic() > self._looked_at + SILENCE_SECONDS:
                found = await self.look()
                if found is not None and self.is_good(found):
                    return found.data
            try:
                await self._journal.publish(
                    where.subject,
                    data,
                    message_id=message_id,
                    stream=where.stream,
                    expected=self._at,
                )
            except Superseded:
                self._looked_at = -math.inf
            else:
                return data
