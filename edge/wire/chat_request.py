"""A conversation to go on with, in OpenAI's shape.

https://platform.openai.com/docs/api-reference/chat
"""

from typing import Annotated, Any

import msgspec

from edge.wire.sampling import Sampling, Tokens, sampling_of
from tritone.contract import LlmRequest
from tritone.errors import Unsupported
from tritone.messages import ChatMessage, encode, plain

__all__ = ["ChatBody", "request_of"]


class ChatBody(Sampling, frozen=True, kw_only=True):
    """A request for a chat completion. Fields that are not listed are ignored."""

    messages: Annotated[
        list[ChatMessage],
        msgspec.Meta(
            min_length=1, examples=[[{"role": "user", "content": "What is the largest planet?"}]]
        ),
    ]
    max_completion_tokens: Tokens | None = None
    response_format: dict[str, Any] | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    modalities: list[str] | None = None
    audio: dict[str, Any] | None = None
    functions: list[dict[str, Any]] | None = None
    function_call: str | dict[str, Any] | None = None
    web_search_options: dict[str, Any] | None = None


def request_of(body: ChatBody) -> LlmRequest:
    """What the model is asked.

    Raises:
        Unsupported: a wish that changes the answer and cannot be fulfilled.
        InvalidMessages: a message's content is of no use.
    """
    _refuse(body)
    fields = sampling_of(body)
    if body.max_completion_tokens is not None:
        fields["max_tokens"] = body.max_completion_tokens
    if body.response_format is not None and body.response_format.get("type") != "text":
        fields["response_format"] = encode(body.response_format)
    if body.tools:
        fields["tools"] = encode(body.tools)
        fields["parallel_tool_calls"] = body.parallel_tool_calls is not False
    if body.tool_choice is not None:
        choice = body.tool_choice
        fields["tool_choice"] = choice if isinstance(choice, str) else encode(choice)
    return LlmRequest(messages=encode([plain(each) for each in body.messages]), **fields)


def _refuse(body: ChatBody) -> None:
    wishes = {
        "logprobs": body.logprobs,
        "top_logprobs": body.top_logprobs,
        "audio": body.audio,
        "modalities": body.modalities and set(body.modalities) != {"text"},
        "web_search_options": body.web_search_options is not None,
    }
    for name, wished in wishes.items():
        if wished:
            raise Unsupported(f"`{name}` is not supported: leave it out", param=name)
    for name, new in (("functions", "tools"), ("function_call", "tool_choice")):
        if getattr(body, name):
            raise Unsupported(f"`{name}` is of OpenAI's past: send `{new}`", param=name)
