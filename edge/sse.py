"""Server-sent events as OpenAI's clients read them.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any, Final

import msgspec
import structlog

from edge.errors import body
from tritone.errors import Internal, TritoneError

__all__ = ["DONE", "MEDIA_TYPE", "event", "guarded"]

MEDIA_TYPE: Final = "text/event-stream"
DONE: Final = b"data: [DONE]\n\n"

_encoder: Final = msgspec.json.Encoder()
log = structlog.get_logger("edge")


def event(payload: Any, name: str | None = None) -> bytes:
    """One event: a Struct or dict as JSON, under an event name where the protocol has one."""
    head = b"event: %b\n" % name.encode() if name else b""
    return b"%bdata: %b\n\n" % (head, _encoder.encode(payload))


async def guarded(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The chunks; an error after the first of them becomes a last event, which SDKs raise.

    An error before the first chunk is raised: it can still be an HTTP status.
    """
    begun = False
    async with contextlib.aclosing(chunks):
        try:
            async for chunk in chunks:
                yield chunk
                begun = True
        except Exception as error:
            if not begun:
                raise
            ours = error if isinstance(error, TritoneError) else Internal(str(error))
            log.warning("stream failed", code=ours.code, exc_info=ours is not error)
            yield event(body(ours))
