"""The answer to one request as it grows: text and tool calls, streamed or gathered."""

from collections.abc import Callable
from typing import Any

import msgspec

from tritone.contract import LlmResponse
from tritone.engines.llm.chunks import Chunks

__all__ = ["Answer"]


class Answer:
    """Turns pieces into `LlmResponse`s.

    Args:
        emit: takes each response.
        stream: emit a response per piece; otherwise one at the end.
    """

    def __init__(self, emit: Callable[[LlmResponse], None], *, stream: bool) -> None:
        self._emit = emit
        self._stream = stream
        self._text: list[str] = []
        self._calls: list[dict[str, Any]] = []

    def text(self, piece: str) -> None:
        """The next text; an empty one is no news."""
        if not piece:
            return
        if self._stream:
            self._emit(LlmResponse(text_output=piece))
        else:
            self._text.append(piece)

    def calls(self, deltas: list[dict[str, Any]]) -> None:
        """The next tool call deltas in OpenAI's shape; none are no news."""
        if not deltas:
            return
        if self._stream:
            self._emit(LlmResponse(tool_calls=_json(deltas)))
            return
        for delta in deltas:
            if delta["index"] == len(self._calls):
                kind = {"id": delta["id"], "type": delta["type"]}
                self._calls.append(kind | {"function": dict(delta["function"])})
            else:
                function = self._calls[delta["index"]]["function"]
                function["arguments"] += delta["function"]["arguments"]

    def finish(self, reason: str, *parts: Chunks) -> None:
        """Emits the last response: finish reason, usage, and everything if not streamed.

        Args:
            reason: the finish reason.
            parts: the generations that the answer took; the first one read the whole prompt.
        """
        self._emit(
            LlmResponse(
                text_output="".join(self._text),
                finish_reason=reason,
                prompt_tokens=parts[0].prompt_tokens,
                completion_tokens=sum(part.completion_tokens for part in parts),
                cached_tokens=parts[0].cached_tokens,
                tool_calls=_json(self._calls) if self._calls else "",
            )
        )


def _json(calls: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(calls).decode()
