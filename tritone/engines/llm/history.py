"""Tool calls that a conversation already holds.

Small models make a call again when they are given its result, for ever if they are let.
"""

import json
from collections.abc import Sequence
from typing import Any

__all__ = ["Made", "answered", "repeats"]

Made = tuple[str, Any]
"""A call that was made: the tool's name and the decoded arguments."""


def answered(messages: Sequence[dict[str, Any]]) -> list[Made]:
    """The calls of the present exchange, if it waits for the model to tell what came of them.

    Args:
        messages: in OpenAI's shape; those after the last user's message are looked at.
    """
    if messages[-1]["role"] != "tool":
        return []
    made: list[Made] = []
    for message in reversed(messages):
        if message["role"] == "user":
            break
        made += [_made(call) for call in message.get("tool_calls") or []]
    return made


def repeats(calls: Sequence[dict[str, Any]], made: Sequence[Made]) -> bool:
    """Whether every call was made before; one that says more or less than another is the same."""
    return all(any(_same(_made(call), one) for one in made) for call in calls)


def _made(call: dict[str, Any]) -> Made:
    function = call.get("function")
    function = function if isinstance(function, dict) else {}
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            arguments = None
    return str(function.get("name")), arguments


def _same(one: Made, other: Made) -> bool:
    if one[0] != other[0] or not isinstance(one[1], dict) or not isinstance(other[1], dict):
        return one == other
    shared = one[1].keys() & other[1].keys()
    smaller = min(one[1], other[1], key=len)
    return len(shared) == len(smaller) and all(one[1][key] == other[1][key] for key in shared)
