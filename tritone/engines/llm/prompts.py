"""From an `LlmRequest` to what llama.cpp's server code takes, checked.

Bodies: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
"""

from typing import Any, Final

import msgspec

from tritone.contract import LlmRequest
from tritone.engines.llm import schemas
from tritone.errors import (
    InvalidInput,
    InvalidMessages,
    InvalidSchema,
    MissingInput,
    ParameterOutOfRange,
    TextEmpty,
    TextTooLong,
)
from tritone.messages import ChatMessage, decode_chat, plain

__all__ = ["conversation", "response_grammar", "sampling", "text"]

CHARS_PER_TOKEN: Final = 8
"""Upper bound on text a context can hold: English runs at 4 to 5 characters a token."""
MOST_STOP_WORDS: Final = 16


def sampling(request: LlmRequest, context: int) -> dict[str, Any]:
    """The part of a body that says how to decode and how to report.

    Args:
        request: what the caller asked.
        context: tokens that one conversation may hold.

    Raises:
        ParameterOutOfRange: the message names the tensor.
    """
    if request.max_tokens < 1:
        raise ParameterOutOfRange(f"'max_tokens' is {request.max_tokens}, it must be 1 or more")
    _in_range("temperature", request.temperature, 0, 2)
    _in_range("top_p", request.top_p, 1e-6, 1)
    _in_range("presence_penalty", request.presence_penalty, -2, 2)
    _in_range("frequency_penalty", request.frequency_penalty, -2, 2)
    if len(request.stop_words) > MOST_STOP_WORDS:
        raise ParameterOutOfRange(f"'stop_words' has more than {MOST_STOP_WORDS} words")
    body: dict[str, Any] = {
        # Decoding ends where the context is full, so that more than this means as much.
        "max_tokens": min(request.max_tokens, context),
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stream": True,
        "stream_options": {"include_usage": True},
        "cache_prompt": True,
        "return_progress": True,  # a callback per prompt batch, so that a cancel is seen there too
    }
    if request.presence_penalty or request.frequency_penalty:
        body["presence_penalty"] = request.presence_penalty
        body["frequency_penalty"] = request.frequency_penalty
        body["repeat_last_n"] = context  # all of the text so far, not its last 64 tokens
    if request.stop_words:
        body["stop"] = [word for word in request.stop_words if word]
    if request.random_seed is not None:
        body["seed"] = request.random_seed % 2**32
    return body


def text(request: LlmRequest, context: int) -> str:
    """The text that is continued as it stands.

    Raises:
        InvalidInput: one of its kinds; there is none, or it comes with what only a chat can have.
    """
    for name in ("messages", "tools", "response_format"):
        if getattr(request, name):
            raise InvalidInput(f"'{name}' needs the chat template: leave out 'apply_chat_template'")
    if request.text_input is None:
        raise MissingInput("send 'text_input'")
    if not request.text_input:
        raise TextEmpty("'text_input' is empty")
    _not_too_long("text_input", request.text_input, context * CHARS_PER_TOKEN)
    return request.text_input


def conversation(request: LlmRequest, context: int) -> list[dict[str, Any]]:
    """The messages of a chat, as the engine's template takes them.

    Raises:
        InvalidInput: one of its kinds; the message names the tensor.
    """
    most = context * CHARS_PER_TOKEN
    if request.messages is None:
        if request.text_input is None:
            raise MissingInput("send 'text_input' or 'messages'")
        if not request.text_input.strip():
            raise TextEmpty("'text_input' is empty")
        _not_too_long("text_input", request.text_input, most)
        return [{"role": "user", "content": request.text_input}]
    if request.text_input is not None:
        raise InvalidMessages("send 'text_input' or 'messages', not both")
    _not_too_long("messages", request.messages, most)
    messages = decode_chat(request.messages)
    if not messages:
        raise InvalidMessages("'messages' is an empty list")
    return [_message(plain(message)) for message in messages]


def _message(message: ChatMessage) -> dict[str, Any]:
    if message.content is None and not message.tool_calls:
        raise InvalidMessages(f"a message of role '{message.role}' has no content")
    fields = {
        # "developer" is OpenAI's newer name of "system"; chat templates know the older one.
        "role": "system" if message.role == "developer" else message.role,
        "content": message.content,
        "name": message.name,
        "tool_calls": msgspec.to_builtins(message.tool_calls),
        "tool_call_id": message.tool_call_id,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _not_too_long(name: str, value: str, most: int) -> None:
    if len(value) > most:
        raise TextTooLong(f"'{name}' has {len(value):,} characters, at most {most:,} fit the model")


def _in_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:  # also refuses NaN
        raise ParameterOutOfRange(f"'{name}' is {value:g}, it must be {least:g} to {most:g}")


def response_grammar(request: LlmRequest) -> tuple[str, Any] | None:
    """The grammar that a request's `response_format` asks for, and its schema; None for free text.

    Raises:
        InvalidSchema: it is not one of OpenAI's formats.
    """
    if not request.response_format:
        return None
    wanted = schemas.parse_json("response_format", request.response_format, InvalidSchema)
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind == "text":
        return None
    if kind == "json_object":
        schema: Any = {"type": "object"}
        rule = schemas.rule("answer", schema, schemas.TIGHT, strict=True)
        return schemas.grammar("answer", rule), schema
    if kind != "json_schema":
        raise InvalidSchema("'response_format.type' must be text, json_object or json_schema")
    holder = wanted.get("json_schema")
    schema = holder.get("schema") if isinstance(holder, dict) else None
    if not isinstance(schema, dict):
        raise InvalidSchema("'response_format.json_schema.schema' must be a JSON schema object")
    strict = holder.get("strict") is True
    rule = schemas.rule("answer", schemas.closed(schema), schemas.TIGHT, strict=strict)
    return schemas.grammar("answer", rule), schema
