"""The pieces of an answer as one response."""

from typing import Any

import msgspec

from tritone.contract import LlmResponse

__all__ = ["joined"]


def joined(pieces: list[LlmResponse]) -> LlmResponse:
    """One response that says all of what the pieces of an answer say, in order.

    Args:
        pieces: at least one; the last has the finish reason and the usage.
    """
    last = pieces[-1]
    calls: list[dict[str, Any]] = []
    for piece in pieces:
        if piece.tool_calls:
            for delta in msgspec.json.decode(piece.tool_calls):
                _add(calls, delta)
    return LlmResponse(
        text_output="".join(piece.text_output for piece in pieces),
        finish_reason=last.finish_reason,
        prompt_tokens=last.prompt_tokens,
        completion_tokens=last.completion_tokens,
        cached_tokens=last.cached_tokens,
        tool_calls=msgspec.json.encode(calls).decode() if calls else "",
    )


def _add(calls: list[dict[str, Any]], delta: dict[str, Any]) -> None:
    """Adds a tool call delta to the whole calls: the first of a call has all but its arguments."""
    index = delta["index"]
    if index == len(calls):
        whole = {key: value for key, value in delta.items() if key != "index"}
        calls.append(whole | {"function": dict(delta["function"])})
    else:
        calls[index]["function"]["arguments"] += delta["function"].get("arguments", "")
