"""Dead letters for tests."""

import time
from collections.abc import Mapping

import msgspec
from nats.js import JetStreamContext

from tritone.errors import BodyInvalid, TritoneError
from tritone.nats.letters import bury
from tritone.nats.subjects import Area

SUBJECT = "ai.chat.user.ada.message"
DATA = msgspec.msgpack.encode({"request_id": "r-1", "user_id": "ada", "audio": b"\0\xff" * 40})


async def buried(
    js: JetStreamContext,
    *,
    area: Area = "chat",
    subject: str = SUBJECT,
    seq: int = 7,
    data: bytes = DATA,
    error: TritoneError | None = None,
    headers: Mapping[str, str] | None = None,
) -> int:
    """The number of a letter as the bridge writes it."""
    return await bury(
        js,
        area,
        subject=subject,
        stream="COMPANIONS_CHAT",
        stream_seq=seq,
        attempts=3,
        error=error or BodyInvalid("field `message` is missing"),
        first_error=time.time() - 20,
        last_error=time.time(),
        data=data,
        headers=headers,
    )
