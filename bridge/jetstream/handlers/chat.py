"""What a user says, answered by a language model."""

import contextlib
from collections.abc import AsyncGenerator
from typing import Final

from bridge.jetstream.handlers.naming import Names
from bridge.jetstream.pieces import Piece
from tritone.calls import Caller
from tritone.contract import CHAT, LlmRequest
from tritone.errors import EngineDied, TextEmpty
from tritone.messages import ChatMessage, encode
from tritone.nats.wire import ChatRequest
from tritone.settings import BridgeSettings
from tritone.usecases.completion import write

__all__ = ["Chat"]

MOST_NAME_CHARS: Final = 100


class Chat:
    """Answers chats and greetings.

    There are no documents and no sessions yet, so `enable_rag`, `enable_reranker`, `top_k` and
    `session_id` are read, and change nothing.

    Args:
        caller: to reach the model by.
        names: of models.
        settings: which model answers whom.
    """

    def __init__(self, caller: Caller, names: Names, settings: BridgeSettings) -> None:
        self._caller = caller
        self._names = names
        self._model = settings.model
        self._premium = settings.premium_model or settings.model

    async def pieces(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        """The answer's text while it is written. Raises TritoneError."""
        if not request.message.strip():
            raise TextEmpty("the message is empty", param="message")
        name = self._premium if request.premium else self._model
        model = self._names.resolve(name, CHAT)
        said = [ChatMessage(role="user", content=request.message)]
        if request.username:
            known = " ".join(request.username.split())[:MOST_NAME_CHARS]
            said.insert(0, ChatMessage(role="system", content=f"The user's name is {known}."))
        asked = LlmRequest(messages=encode(said))
        ended = False
        async with contextlib.aclosing(write(self._caller, model, [asked])) as responses:
            async for _, response in responses:
                ended = ended or bool(response.finish_reason)
                if response.text_output:
                    yield Piece(text=response.text_output)
        if not ended:
            raise EngineDied(f"'{model.name}' ended in the middle of its answer: try again")
