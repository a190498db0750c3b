"""The chunks that llama.cpp streams for one generation, read.

Chunks have OpenAI's shapes (of chat completions, or of completions), plus `timings`,
`prompt_progress` and an `error` object of the server's own.
"""

import msgspec

from tritone.errors import Internal, InvalidInput, PromptTooLong, TritoneError

__all__ = ["Chunks"]


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    text: str = ""
    finish_reason: str | None = None


class _PromptDetails(msgspec.Struct):
    cached_tokens: int = 0


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _PromptDetails = msgspec.field(default_factory=_PromptDetails)


class _Timings(msgspec.Struct):
    cache_n: int = 0
    prompt_n: int = 0
    predicted_n: int = 0


class _Failure(msgspec.Struct):
    message: str = "no reason given"
    type: str = ""
    code: int = 500


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    timings: _Timings | None = None
    error: _Failure | None = None


_decoder = msgspec.json.Decoder(_Chunk)


class Chunks:
    """What the chunks of one generation said so far.

    Attributes:
        finish_reason: why it ended; empty while it runs, and when it was stopped from here.
        prompt_tokens, completion_tokens, cached_tokens: known at the end, or after every chunk
            where the request asked for timings.
    """

    def __init__(self) -> None:
        self.finish_reason = ""
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.cached_tokens = 0

    def read(self, chunk: bytes | str) -> str:
        """Takes one chunk as JSON and answers its text.

        Raises:
            PromptTooLong, InvalidInput, Internal: the engine reported an error.
        """
        parsed = _decoder.decode(chunk)
        if parsed.error is not None:
            raise _error(parsed.error)
        if parsed.timings is not None:
            self.prompt_tokens = parsed.timings.cache_n + parsed.timings.prompt_n
            self.completion_tokens = parsed.timings.predicted_n
            self.cached_tokens = parsed.timings.cache_n
        if parsed.usage is not None:
            self.prompt_tokens = parsed.usage.prompt_tokens
            self.completion_tokens = parsed.usage.completion_tokens
            self.cached_tokens = parsed.usage.prompt_tokens_details.cached_tokens
        text = ""
        for choice in parsed.choices:
            self.finish_reason = choice.finish_reason or self.finish_reason
            text += choice.text if choice.delta is None else choice.delta.content or ""
        return text


def _error(failure: _Failure) -> TritoneError:
    if failure.type == "exceed_context_size_error":
        return PromptTooLong(failure.message)
    if 400 <= failure.code < 500:
        return InvalidInput(f"the model refuses the request: {failure.message}")
    return Internal(f"llama.cpp: {failure.message}")
