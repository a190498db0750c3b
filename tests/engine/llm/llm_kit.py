"""Tools and questions for the language model, and what its responses say."""

import json

import jsonschema_rs

from tritone.cancellation import Cancellation
from tritone.contract import LlmRequest, LlmResponse
from tritone.engines.llm.llamacpp import LlamaCpp

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather of a city",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            },
            "required": ["city"],
        },
    },
}
LIGHT = {
    "type": "function",
    "function": {
        "name": "set_light",
        "description": "Turn a light on or off",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"room": {"type": "string"}, "on": {"type": "boolean"}},
            "required": ["room", "on"],
            "additionalProperties": False,
        },
    },
}
NOW = {"type": "function", "function": {"name": "now", "description": "The time of day"}}
ODD = {
    "type": "function",
    "function": {
        "name": "book",
        "parameters": {
            "$defs": {"Day": {"type": "string", "pattern": "^2[0-9]{3}-[01][0-9]$"}},
            "type": "object",
            "properties": {
                "days": {
                    "type": "array",
                    "items": {"$ref": "#/$defs/Day"},
                    "minItems": 2,
                    "maxItems": 3,
                },
                "guest": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "seats": {"type": "integer", "minimum": 4, "maximum": 9},
            },
            "required": ["days", "seats"],
            "not": {"required": ["nothing"]},
        },
    },
}
TOOLS = {tool["function"]["name"]: tool for tool in (WEATHER, LIGHT, NOW, ODD)}
QUESTIONS = (
    "What is the weather in Paris?",
    "Turn on the light in the kitchen.",
    "Write a haiku about rain.",
    "Reserve a table for six people.",
)


def ask(engine: LlamaCpp, text: str = "", **fields) -> list[LlmResponse]:
    """The responses to a request, greedy and at most 200 tokens unless told otherwise."""
    responses: list[LlmResponse] = []
    asked = {"temperature": 0.0, "max_tokens": 200, **({"text_input": text} if text else {})}
    engine.generate(LlmRequest(**{**asked, **fields}), responses.append, Cancellation())
    return responses


def calls_of(responses: list[LlmResponse]) -> list[tuple[str, dict]]:
    """The calls of an answer, streamed or whole, checked against their schemas."""
    calls: dict[int, dict] = {}
    for response in responses:
        for at, delta in enumerate(json.loads(response.tool_calls or "[]")):
            call = calls.setdefault(delta.get("index", at), {"name": "", "arguments": ""})
            for key, value in delta["function"].items():
                call[key] += value
    made = [(call["name"], json.loads(call["arguments"])) for call in calls.values()]
    for name, arguments in made:
        schema = TOOLS[name]["function"].get("parameters", {"maxProperties": 0})
        jsonschema_rs.validate(schema, arguments)
    return made


def said(responses: list[LlmResponse]) -> str:
    """All text."""
    return "".join(response.text_output for response in responses)
