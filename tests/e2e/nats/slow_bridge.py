"""``python -m tests.e2e.nats.slow_bridge JOURNAL``: the bridge, with a slow writer for its model.

Only the `Caller` is a double. What it is asked to say it says in pieces; what it begins and ends
it writes into a journal, which outlives the process. While JOURNAL.down exists it is as a Triton
that was killed: calls break off, and none is ready.
"""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import uvloop

from bridge.jetstream.door import Bridge
from bridge.server import run
from tests.nats.bridge_kit import Models, Names
from tritone import messages
from tritone.contract import LlmResponse
from tritone.errors import ServerUnreachable
from tritone.nats.connection import connect
from tritone.settings import settings
from tritone.telemetry import logs

PIECES = 20
PAUSE_SECONDS = 0.01


def pieces_of(message: str) -> list[str]:
    """What a message is answered with."""
    return [f"{message} {number} " for number in range(PIECES)]


class SlowWriter(Models):
    """Writes answers that are known beforehand, and a journal."""

    def __init__(self, journal: Path) -> None:
        super().__init__()
        self._down = journal.with_suffix(".down")
        self._file = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    @property
    def is_up(self) -> bool:
        """Whether calls are answered."""
        return not self._down.exists()

    def _note(self, what: str, message: str) -> None:
        os.write(self._file, f"{time.time()} {os.getpid()} {what} {message}\n".encode())

    def _check(self) -> None:
        if not self.is_up:
            raise ServerUnreachable("failed to connect to all addresses")

    async def stream(self, model: Any, request: Any, **more: Any) -> AsyncGenerator[Any, None]:
        """A chat; other models as in other tests."""
        if model.name != "chat":
            async for response in super().stream(model, request, **more):
                yield response
            return
        message = str(messages.decode_chat(request.messages)[-1].content)
        assert re.fullmatch(r"[\w -]+", message)
        self._check()
        self._note("begin", message)
        for piece in pieces_of(message):
            await asyncio.sleep(PAUSE_SECONDS)
            self._check()
            yield LlmResponse(text_output=piece)
        self._note("end", message)
        yield LlmResponse(finish_reason="stop")


async def serve(journal: Path) -> None:
    """As `bridge.server.serve`, with the double in place of Tritons."""
    used, models = settings(), SlowWriter(journal)

    async def healthy(_: Any) -> int:
        return int(models.is_up)

    async def reconnected() -> None:
        await bridge.reconnected()

    nats = await connect(used.nats_address, name="slow-bridge", on_reconnect=reconnected)
    bridge = Bridge(nats, models, Names(), used.bridge, healthy=healthy)
    await run(bridge, used)
    await nats.close()


if __name__ == "__main__":
    logs.configure("info", "text")
    uvloop.run(serve(Path(sys.argv[1])))
