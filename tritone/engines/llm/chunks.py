"""The chunks that llama.cpp streams for one chat completion, gathered into `LlmResponse`s.

Chunks have OpenAI's shape, plus `prompt_progress` and an `error` object of the server's own.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from tritone.contract import LlmResponse
from tritone.errors import Internal, InvalidInput, PromptTooLong, TritoneError

__all__ = ["Answer"]


class _Delta(msgspec.Struct):
    content: str | None = None
    tool_calls: list[dict[str, Any]] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta
    finish_reason: str | None = None


class _PromptDetails(msgspec.Struct):
    cached_tokens: int = 0


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _PromptDetails = msgspec.field(default_factory=_PromptDetails)


class _Failure(msgspec.Struct):
    message: str = "no reason given"
    type: str = ""
    code: int = 500


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: _Failure | None = None


_decoder = msgspec.json.Decoder(_Chunk)


class Answer:
    """The answer to one request as it grows.

    Args:
        emit: takes each response.
        stream: emit a response per chunk; otherwise one at the end.
    """

    def __init__(self, emit: Callable[[LlmResponse], None], *, stream: bool) -> None:
        self._emit = emit
        self._stream = stream
        self._text: list[str] = []
        self._tool_calls: list[dict[str, Any]] = []
        self._finish_reason = ""
        self._usage = _Usage()

    def take(self, chunk: bytes | str) -> None:
        """Takes one chunk as JSON.

        Raises:
            PromptTooLong, InvalidInput, Internal: the engine reported an error.
        """
        parsed = _decoder.decode(chunk)
        if parsed.error is not None:
            raise _error(parsed.error)
        if parsed.usage is not None:
            self._usage = parsed.usage
        for choice in parsed.choices:
            self._finish_reason = choice.finish_reason or self._finish_reason
            self._delta(choice.delta)

    def _delta(self, delta: _Delta) -> None:
        calls = delta.tool_calls or []
        if self._stream:
            if delta.content or calls:
                self._emit(LlmResponse(text_output=delta.content or "", tool_calls=_json(calls)))
            return
        self._text.append(delta.content or "")
        for call in calls:
            self._merge(call)

    def _merge(self, call: dict[str, Any]) -> None:
        """Adds a tool call delta to the whole calls (deltas of one call share `index`)."""
        index = call.get("index", 0)
        while len(self._tool_calls) <= index:
            self._tool_calls.append({"type": "function", "function": {"name": "", "arguments": ""}})
        whole = self._tool_calls[index]
        whole["id"] = call.get("id") or whole.get("id", "")
        for part, text in call.get("function", {}).items():
            whole["function"][part] = whole["function"].get(part, "") + (text or "")

    def finish(self) -> None:
        """Emits the last response: finish reason, usage, and the whole text if not streamed."""
        self._emit(
            LlmResponse(
                text_output="".join(self._text),
                finish_reason=self._finish_reason or "stop",
                prompt_tokens=self._usage.prompt_tokens,
                completion_tokens=self._usage.completion_tokens,
                cached_tokens=self._usage.prompt_tokens_details.cached_tokens,
                tool_calls=_json(self._tool_calls),
            )
        )


def _json(calls: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(calls).decode() if calls else ""


def _error(failure: _Failure) -> TritoneError:
    if failure.type == "exceed_context_size_error":
        return PromptTooLong(failure.message)
    if 400 <= failure.code < 500:
        return InvalidInput(f"the model refuses the request: {failure.message}")
    return Internal(f"llama.cpp: {failure.message}")
