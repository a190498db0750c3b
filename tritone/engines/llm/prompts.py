"""From an `LlmRequest` to the OpenAI-style body that llama.cpp's server code takes, checked.

Body: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
"""

import json
from collections.abc import Callable
from typing import Any, Final

from tritone.contract import LlmRequest
from tritone.errors import (
    InvalidInput,
    InvalidMessages,
    InvalidSchema,
    InvalidTools,
    MissingInput,
    ParameterOutOfRange,
    TextEmpty,
    TextTooLong,
)
from tritone.messages import ChatMessage, decode_chat

__all__ = ["chat_body"]

CHARS_PER_TOKEN: Final = 8
"""Upper bound on text a context can hold: English runs at 4 to 5 characters a token."""
MOST_STOP_WORDS: Final = 16


def chat_body(
    request: LlmRequest, context: int, check_schema: Callable[[str], object]
) -> dict[str, Any]:
    """The body of a streaming chat completion.

    Args:
        request: what the caller asked.
        context: tokens that one conversation may hold.
        check_schema: raises when it is given a JSON schema (as JSON) that cannot be enforced.

    Raises:
        InvalidInput: one of its kinds; the message names the tensor.
    """
    messages = _messages(request, context * CHARS_PER_TOKEN)
    _in_range("max_tokens", request.max_tokens, 1, context)
    _in_range("temperature", request.temperature, 0, 2)
    _in_range("top_p", request.top_p, 1e-6, 1)
    if len(request.stop_words) > MOST_STOP_WORDS:
        raise ParameterOutOfRange(f"'stop_words' has more than {MOST_STOP_WORDS} words")
    body: dict[str, Any] = {
        "messages": messages,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stream": True,
        "stream_options": {"include_usage": True},
        "cache_prompt": True,
        "return_progress": True,  # a callback per prompt batch, so that a cancel is seen there too
    }
    if request.stop_words:
        body["stop"] = [word for word in request.stop_words if word]
    if request.random_seed is not None:
        body["seed"] = request.random_seed % 2**32
    if request.response_format:
        body["response_format"] = _response_format(request.response_format, check_schema)
    if request.tools:
        body["tools"] = _tools(request.tools)
        if request.tool_choice:
            body["tool_choice"] = _tool_choice(request.tool_choice)
    return body


def _messages(request: LlmRequest, most_chars: int) -> list[dict[str, Any]]:
    if request.messages is None:
        if request.text_input is None:
            raise MissingInput("send 'text_input' or 'messages'")
        if not request.text_input.strip():
            raise TextEmpty("'text_input' is empty")
        _not_too_long("text_input", request.text_input, most_chars)
        return [{"role": "user", "content": request.text_input}]
    if request.text_input is not None:
        raise InvalidMessages("send 'text_input' or 'messages', not both")
    _not_too_long("messages", request.messages, most_chars)
    messages = decode_chat(request.messages)
    if not messages:
        raise InvalidMessages("'messages' is an empty list")
    return [_message(message) for message in messages]


def _message(message: ChatMessage) -> dict[str, Any]:
    if message.content is None and not message.tool_calls:
        raise InvalidMessages(f"a message of role '{message.role}' has no content")
    fields = {
        # "developer" is OpenAI's newer name of "system"; chat templates know the older one.
        "role": "system" if message.role == "developer" else message.role,
        "content": message.content,
        "name": message.name,
        "tool_calls": message.tool_calls,
        "tool_call_id": message.tool_call_id,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _not_too_long(name: str, text: str, most: int) -> None:
    if len(text) > most:
        raise TextTooLong(f"'{name}' has {len(text):,} characters, at most {most:,} fit the model")


def _in_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:  # also refuses NaN
        raise ParameterOutOfRange(f"'{name}' is {value:g}, it must be {least:g} to {most:g}")


def _parse(name: str, text: str, error: type[InvalidInput]) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise error(f"'{name}' is not JSON: {problem}") from None


def _response_format(text: str, check_schema: Callable[[str], object]) -> dict[str, Any]:
    wanted = _parse("response_format", text, InvalidSchema)
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind in ("text", "json_object"):
        return {"type": kind}
    if kind != "json_schema":
        raise InvalidSchema("'response_format.type' must be text, json_object or json_schema")
    holder = wanted.get("json_schema")
    schema = holder.get("schema") if isinstance(holder, dict) else None
    if not isinstance(schema, dict):
        raise InvalidSchema("'response_format.json_schema.schema' must be a JSON schema object")
    try:
        check_schema(json.dumps(schema))
    except Exception as problem:  # noqa: BLE001 - the converter raises plain types
        raise InvalidSchema(f"the JSON schema cannot be enforced: {problem}") from None
    return {
        "type": "json_schema",
        "json_schema": {"name": holder.get("name") or "answer", "schema": schema, "strict": True},
    }


def _tools(text: str) -> list[dict[str, Any]]:
    tools = _parse("tools", text, InvalidTools)
    if not isinstance(tools, list) or not tools:
        raise InvalidTools("'tools' must be a JSON array of OpenAI tools")
    for tool in tools:
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise InvalidTools("each tool needs 'function' with a 'name'")
    return tools


def _tool_choice(text: str) -> Any:
    if text in ("auto", "none", "required"):
        return text
    choice = _parse("tool_choice", text, InvalidTools)
    if not isinstance(choice, dict):
        raise InvalidTools("'tool_choice' must be auto, none, required, or a tool as JSON")
    return choice
