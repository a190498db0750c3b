"""The pieces of answers as server-sent events, in whichever frame a route puts them."""

import contextlib
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Any, Protocol

from edge import sse
from edge.wire.sampling import naming
from tritone.contract import LlmResponse
from tritone.usecases.completion import Piece

__all__ = ["Frames", "events"]


class Frames(Protocol):
    """What a stream's events look like."""

    def of(self, index: int, response: LlmResponse) -> Iterable[Any]:
        """The events that a piece of the answer with this index makes; may be none."""

    def usage(self, last: Sequence[LlmResponse]) -> Any:
        """The event that follows the last one: what it all cost, by the answers' last pieces."""


def events(
    pieces: AsyncGenerator[Piece, None], frames: Frames, *, usage: bool
) -> AsyncGenerator[bytes, None]:
    """The events of all pieces, their usage if that is wished, and `[DONE]`.

    Errors that come before the first event are raised: they still have a status of HTTP.
    """
    return sse.guarded(_events(pieces, frames, usage))


async def _events(
    pieces: AsyncGenerator[Piece, None], frames: Frames, usage: bool
) -> AsyncGenerator[bytes, None]:
    last: dict[int, LlmResponse] = {}
    async with contextlib.aclosing(pieces):
        with naming():
            async for index, response in pieces:
                if response.finish_reason:
                    last[index] = response
                # What one piece makes goes out in one write.
                if made := b"".join(map(sse.event, frames.of(index, response))):
                    yield made
    if usage:
        yield sse.event(frames.usage([last[index] for index in sorted(last)]))
    yield sse.DONE
