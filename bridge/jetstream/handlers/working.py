"""All kinds of requests, each by its handler."""

from collections.abc import AsyncGenerator
from typing import Any

from bridge.jetstream.handlers.chat import Chat
from bridge.jetstream.handlers.jobs import Jobs
from bridge.jetstream.handlers.naming import Names
from bridge.jetstream.handlers.voice import Voice
from bridge.jetstream.orders import Order
from bridge.jetstream.pieces import Piece
from tritone.calls import Caller
from tritone.nats.wire import ChatRequest, Job, VoiceRequest
from tritone.settings import BridgeSettings

__all__ = ["Working"]


class Working:
    """Calls the models.

    Args:
        caller: to reach them by.
        names: which there are.
        settings: which of them answer, and the bounds of recordings.
    """

    def __init__(self, caller: Caller, names: Names, settings: BridgeSettings) -> None:
        self._chat = Chat(caller, names, settings)
        self._voice = Voice(caller, settings)
        self._jobs = Jobs(caller, names, settings)

    def pieces(self, order: Order) -> AsyncGenerator[Piece, None]:
        """An answer to a chat or a spoken turn; closing it stops the model. Raises TritoneError."""
        match order.request:
            case ChatRequest() as request:
                return self._chat.pieces(request)
            case VoiceRequest() as request:
                return self._voice.pieces(request)
        raise AssertionError("only chats and spoken turns come in pieces")

    async def result(self, order: Order) -> dict[str, Any]:
        """The result of a job. Raises TritoneError."""
        assert isinstance(order.request, Job)
        assert order.route.kind
        return await self._jobs.result(order.route.kind, order.request)
