"""Tools that a model may call: read from the request, and as a grammar of calls.

Calls are decoded as JSON, ``{"name": …, "arguments": {…}}``, or as an array of such objects where
several may be made at once: small models call each tool that is needed when they write an array,
and only the first one otherwise.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from tritone.contract import LlmRequest
from tritone.engines.llm import schemas
from tritone.errors import InvalidTools

__all__ = ["MOST_CALLS", "Tool", "Toolbox", "toolbox"]

MOST_TOOLS: Final = 128
MOST_CALLS: Final = 8
"""Calls made at once at most; a weak model would go on for ever."""
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may call; `parameters` is the JSON schema of its arguments."""

    name: str
    parameters: dict[str, Any]
    strict: bool


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What may be called, and how.

    Attributes:
        shown: the tools as the prompt lists them, OpenAI's objects.
        callable: those that may be called.
        must: the answer is a call, whatever the question.
        parallel: several calls may be made at once.
    """

    shown: list[dict[str, Any]]
    callable: tuple[Tool, ...]
    must: bool
    parallel: bool

    def grammar(self, first: str = "") -> str:
        """The grammar of calls; `first` names the tool that the first call is to."""
        many = range(len(self.callable))
        begun = [i for i in many if self.callable[i].name == first] or list(many)
        start = f"({_any(begun)})"
        if self.parallel:
            start = f'"[" {start} (", " ({_any(many)})){{0,{MOST_CALLS - 1}}} "]"'
        rules = []
        for i, tool in enumerate(self.callable):
            head = json.dumps(f'{{"name": "{tool.name}", "arguments": ')
            rules.append(f'call_{i}: {head} arguments_{i} "}}"')
            rules.append(_rule(i, tool))
        return schemas.grammar(start, *rules)


def _rule(number: int, tool: Tool) -> str:
    name = f"arguments_{number}"
    return schemas.rule(name, tool.parameters, schemas.SPACED, strict=tool.strict)


def _any(numbers: "range | list[int]") -> str:
    return " | ".join(f"call_{i}" for i in numbers)


def toolbox(request: LlmRequest) -> Toolbox | None:
    """The tools of a request; None when there are none to call.

    Raises:
        InvalidTools: they, or the choice, are not what OpenAI's API says.
    """
    choice = _choice(request.tool_choice)
    if not request.tools:
        if choice not in ("auto", "none"):
            raise InvalidTools("'tool_choice' asks for a call, and 'tools' lists nothing to call")
        return None
    shown = schemas.parse_json("tools", request.tools, InvalidTools)
    if not isinstance(shown, list) or not 1 <= len(shown) <= MOST_TOOLS:
        raise InvalidTools(f"'tools' must be a JSON array of 1 to {MOST_TOOLS} OpenAI tools")
    tools = tuple(_tool(tool) for tool in shown)
    if len({tool.name for tool in tools}) < len(tools):
        raise InvalidTools("'tools' has two tools of the same name")
    if choice == "none":
        return None
    parallel = request.parallel_tool_calls
    if isinstance(choice, str):
        return Toolbox(shown, tools, choice == "required", parallel)
    mode, names = choice
    unknown = names - {tool.name for tool in tools}
    if unknown or not names:
        raise InvalidTools(f"'tool_choice' names {sorted(unknown)}, which 'tools' does not list")
    named = tuple(tool for tool in tools if tool.name in names)
    return Toolbox(shown, named, mode != "auto", parallel and mode != "named")


def _choice(text: str | None) -> str | tuple[str, set[str]]:
    """A mode, or a mode with the names that it is limited to."""
    if text is None or text in ("auto", "none", "required"):
        return text or "auto"
    wrong = InvalidTools(
        "'tool_choice' must be auto, none, required, "
        'or {"type": "function", "function": {"name": …}} as JSON'
    )
    choice = schemas.parse_json("tool_choice", text, InvalidTools)
    if not isinstance(choice, dict):
        raise wrong
    if choice.get("type") == "allowed_tools":
        allowed = choice.get("allowed_tools")
        mode = allowed.get("mode") if isinstance(allowed, dict) else None
        tools = allowed.get("tools") if isinstance(allowed, dict) else None
        if mode not in ("auto", "required") or not isinstance(tools, list):
            raise wrong
    else:
        mode, tools = "named", [choice]
    names = {_function(tool).get("name") for tool in tools}
    if not all(isinstance(name, str) for name in names):
        raise wrong
    return mode, {name for name in names if isinstance(name, str)}


def _function(tool: Any) -> dict[str, Any]:
    function = tool.get("function") if isinstance(tool, dict) else None
    return function if isinstance(function, dict) else {}


def _tool(tool: Any) -> Tool:
    function = _function(tool)
    name = function.get("name")
    if not isinstance(name, str):
        raise InvalidTools("each tool needs 'function' with a 'name'; no other kind is known")
    if not _NAME.fullmatch(name):
        raise InvalidTools(f"the tool name {name!r} is not 1 to 64 letters, digits, _ or -")
    given = function.get("parameters")
    parameters = {} if given is None else given
    if not isinstance(parameters, dict) or parameters.get("type", "object") != "object":
        raise InvalidTools(f"the parameters of '{name}' are not the JSON schema of an object")
    parameters = {"type": "object", **schemas.closed(parameters)}
    if not parameters.get("properties") and not parameters.keys() & schemas.OPEN:
        parameters["additionalProperties"] = False  # a function without parameters
    return Tool(name, parameters, function.get("strict") is True)
