"""A double at the `Caller` port that writes what it is told to, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from tritone.contract import LlmRequest, LlmResponse

__all__ = ["Writer", "answer"]


def answer(*texts: str, calls: str = "", reason: str = "stop") -> list[LlmResponse]:
    """The responses of one streamed answer: its texts, its calls, and the end with the usage."""
    pieces = [LlmResponse(text_output=text) for text in texts]
    if calls:
        pieces.append(LlmResponse(tool_calls=calls))
    return [
        *pieces,
        LlmResponse(
            finish_reason=reason,
            prompt_tokens=11,
            completion_tokens=len(pieces),
            cached_tokens=3,
        ),
    ]


class Writer:
    """A language model.

    Args:
        script: what it streams, one answer for each request, the last one for all further; an
            error is raised where it stands.
        endless: it never ends by itself.
    """

    def __init__(self, *script: list[LlmResponse | Exception], endless: bool = False) -> None:
        self.script = list(script) or [answer("Hello", " you")]
        self.endless = endless
        self.asked: list[LlmRequest] = []
        self.models: list[Any] = []
        self.open = 0

    async def stream(
        self, model: Any, request: LlmRequest, **_: Any
    ) -> AsyncGenerator[LlmResponse, None]:
        """One answer."""
        script = self.script[min(len(self.asked), len(self.script) - 1)]
        self.asked.append(request)
        self.models.append(model)
        self.open += 1
        try:
            for response in script:
                await asyncio.sleep(0)
                if isinstance(response, Exception):
                    raise response
                yield response
            while self.endless:
                await asyncio.sleep(0)
                yield LlmResponse(text_output="on")
        finally:
            self.open -= 1
