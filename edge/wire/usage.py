"""What an answer cost, in OpenAI's shape, summed over several answers."""

from collections.abc import Sequence

import msgspec

from tritone.contract import LlmResponse

__all__ = ["Usage", "usage_of"]


class PromptDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Of the prompt's tokens, those that came from the cache."""

    cached_tokens: int


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens read and written."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptDetails


def usage_of(last: Sequence[LlmResponse]) -> Usage:
    """The usage of the last responses of all answers to one prompt, which counts once."""
    prompt = max((one.prompt_tokens for one in last), default=0)
    written = sum(one.completion_tokens for one in last)
    cached = max((one.cached_tokens for one in last), default=0)
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=written,
        total_tokens=prompt + written,
        prompt_tokens_details=PromptDetails(cached_tokens=cached),
    )
