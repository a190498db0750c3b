"""The language model with real weights: calls, schemas, plain texts, penalties, cancels."""

import enum
import json
import os
import time
from typing import Annotated, Literal

import jsonschema_rs
import pytest
from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel, Field

from tritone.cancellation import Cancellation
from tritone.contract import LlmRequest, LlmResponse
from tritone.engines.llm.llamacpp import LlamaCpp
from tritone.errors import Cancelled, InvalidSchema, InvalidTools

pytestmark = pytest.mark.engine

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


@pytest.fixture(scope="module")
def engine(weights):
    """A quiet engine: one thread, which does not fight over the cores with whoever else runs."""
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    engine = LlamaCpp(weights("qwen2.5-coder-0.5b"), slots=2, context=2048, threads=1)
    yield engine
    engine.close()


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


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_call_that_is_required_is_made(engine, question, stream):
    """Whatever the question: of a listed tool, with arguments after its schema."""
    responses = ask(
        engine,
        question,
        tools=json.dumps(list(TOOLS.values())),
        tool_choice="required",
        temperature=0.7,
        random_seed=5,
        stream=stream,
        max_tokens=600,
    )
    assert calls_of(responses)
    assert responses[-1].finish_reason == "tool_calls"
    assert said(responses) == ""
    assert responses[-1].completion_tokens > 5


@pytest.mark.parametrize("name", TOOLS)
def test_a_named_tool_is_called_once(engine, name):
    """Although the question is about none of them."""
    choice = json.dumps({"type": "function", "function": {"name": name}})
    tools = json.dumps(list(TOOLS.values()))
    responses = ask(engine, QUESTIONS[2], tools=tools, tool_choice=choice)
    ((called, _),) = calls_of(responses)
    assert called == name


def test_a_model_may_call_by_itself(engine):
    """It calls what the question asks for, though it does not write as its template says."""
    tools = json.dumps([WEATHER, LIGHT])
    for question, name, word in (
        (QUESTIONS[0], "get_weather", "paris"),
        (QUESTIONS[1], "set_light", "kitchen"),
    ):
        responses = ask(engine, question, tools=tools, stream=True)
        (called, arguments), *_ = calls_of(responses)
        assert called == name
        assert word in json.dumps(arguments).lower()
        assert said(responses).strip() == ""
        assert responses[-1].finish_reason == "tool_calls"


def test_a_model_may_answer_by_itself(engine):
    """And where it may not call it does not."""
    tools = json.dumps([WEATHER, LIGHT])
    free = ask(engine, QUESTIONS[2], tools=tools)
    assert not calls_of(free)
    assert "rain" in said(free).lower()
    for question in QUESTIONS[:2]:
        told = ask(engine, question, tools=tools, tool_choice="none")
        assert not calls_of(told)
        assert said(told)
        assert told[-1].finish_reason == "stop"


def test_several_calls_at_once_unless_forbidden(engine):
    """Three cities are three calls; `parallel_tool_calls` false makes it one."""
    question = "What is the weather in London? And in Rome? And in Berlin?"
    fields = {"tools": json.dumps([WEATHER]), "tool_choice": "required"}
    all_calls = calls_of(ask(engine, question, **fields))
    assert [arguments["city"] for _, arguments in all_calls] == ["London", "Rome", "Berlin"]
    assert len(calls_of(ask(engine, question, **fields, parallel_tool_calls=False))) == 1


def test_a_tools_answer_is_told_and_not_asked_for_again(engine):
    """The model would call the same tool for ever."""
    call = {"name": "get_weather", "arguments": '{"city": "Paris"}'}
    messages = [
        {"role": "user", "content": "Weather in Paris?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": '{"celsius": 21, "sky": "clear"}'},
    ]
    for choice in ("auto", "none"):
        responses = ask(
            engine,
            messages=json.dumps(messages),
            tools=json.dumps([WEATHER, LIGHT]),
            tool_choice=choice,
        )
        assert not calls_of(responses)
        assert "21" in said(responses)


def test_a_schema_that_cannot_be_enforced_is_refused(engine):
    """Rather than answered without it: unknown, impossible, or beyond the grammar where strict."""
    wrong = (
        {"type": "nonsense"},
        {"$ref": "#/$defs/Nobody"},
        {"type": "integer", "minimum": 5, "maximum": 1},
        {"type": "array", "uniqueItems": True, "items": {"type": "integer"}},
    )
    for schema in wrong:
        held = {"name": "a", "schema": schema, "strict": True}
        with pytest.raises(InvalidSchema):
            ask(
                engine,
                "hi",
                response_format=json.dumps({"type": "json_schema", "json_schema": held}),
            )
    parameters = {"type": "object", "properties": {"a": wrong[0]}}
    tool = {"type": "function", "function": {"name": "a", "parameters": parameters}}
    with pytest.raises(InvalidTools):
        ask(engine, "hi", tools=json.dumps([tool]), tool_choice="required")


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Wheel(BaseModel):
    size: int
    spokes: Annotated[list[float], Field(max_length=4)]


class Bike(BaseModel):
    name: str
    colour: Colour
    kind: Literal["road", "mountain"]
    front: Wheel
    rear: Wheel | None
    owners: Annotated[list[str], Field(max_length=3)]
    price: float | None


@pytest.mark.parametrize("seed", [1, 2])
def test_a_strict_schema_holds(engine, seed):
    """Nested objects, references, enums, arrays, values that may be null; in one line."""
    held = {"name": "bike", "strict": True, "schema": to_strict_json_schema(Bike)}
    responses = ask(
        engine,
        "Invent a bicycle.",
        response_format=json.dumps({"type": "json_schema", "json_schema": held}),
        temperature=0.8,
        random_seed=seed,
        max_tokens=600,
        stream=True,
    )
    text = said(responses)
    assert responses[-1].finish_reason == "stop", text
    assert Bike.model_validate_json(text)
    assert text == text.strip()
    assert "\n" not in text


def test_any_json_object(engine):
    """An object, though the question does not say which."""
    question = "What is the capital of France?"
    text = said(ask(engine, question, response_format='{"type": "json_object"}'))
    assert isinstance(json.loads(text), dict)


def test_a_json_answer_that_is_cut_off_says_so(engine):
    """The limit holds in the middle of a value."""
    held = {"name": "bike", "strict": True, "schema": to_strict_json_schema(Bike)}
    form = json.dumps({"type": "json_schema", "json_schema": held})
    responses = ask(engine, "Invent a bicycle.", response_format=form, max_tokens=6)
    assert (responses[-1].finish_reason, responses[-1].completion_tokens) == ("length", 6)


def test_tools_and_a_schema_together(engine):
    """The answer is a call, or it is after the schema."""
    schema = {
        "type": "object",
        "properties": {"poem": {"type": "string"}},
        "required": ["poem"],
        "additionalProperties": False,
    }
    held = {"name": "poem", "strict": True, "schema": schema}
    fields = {
        "tools": json.dumps([WEATHER]),
        "response_format": json.dumps({"type": "json_schema", "json_schema": held}),
    }
    assert calls_of(ask(engine, QUESTIONS[0], **fields))
    told = ask(engine, QUESTIONS[2], **fields)
    assert not calls_of(told)
    assert set(json.loads(said(told))) == {"poem"}


def test_a_text_is_continued_as_it_stands(engine):
    """Without the chat template the model does not answer, it goes on; stop words hold."""
    fields = {"apply_chat_template": False, "stream": True}
    text = "one, two, three, four,"
    assert said(ask(engine, text, max_tokens=4, **fields)).startswith(" five, six")
    stopped = ask(engine, text, stop_words=("seven",), **fields)
    assert said(stopped).strip() == "five, six,"
    assert stopped[-1].finish_reason == "stop"
    assert stopped[-1].prompt_tokens > 0


def test_a_text_may_fill_the_context(weights):
    """However many tokens are asked for, an answer ends where the context is full."""
    small = LlamaCpp(weights("qwen2.5-coder-0.5b"), slots=1, context=256, threads=1)
    text = "one two three " * 70
    end = ask(small, text, apply_chat_template=False, max_tokens=2**31 - 1)[-1]
    assert end.finish_reason == "length"
    assert end.prompt_tokens + end.completion_tokens == 256
    small.close()


def test_penalties_change_an_answer(engine):
    """What was said before is avoided, however strongly the text suggests it."""
    fields = {"apply_chat_template": False, "max_tokens": 30}
    text = "one two three one two three one two three one two"
    assert said(ask(engine, text, **fields)).count("one two") > 5
    assert "one two" not in said(ask(engine, text, **fields, frequency_penalty=2.0))
    story = ask(engine, "Tell a story of a fox.", max_tokens=40)
    other = ask(engine, "Tell a story of a fox.", max_tokens=40, presence_penalty=2.0)
    assert said(story) != said(other)


def test_characters_of_several_tokens_come_whole(engine):
    """No piece has a broken character, and the pieces are the text."""
    text = "🌧️🦄🌈🌧️🦄🌈 雨が降る 雨が降る 🌧️🦄🌈🌧️🦄"
    responses = ask(engine, text, apply_chat_template=False, max_tokens=24, stream=True)
    assert "�" not in said(responses)
    assert any(ord(char) > 0xFFFF for char in said(responses))


@pytest.mark.parametrize(
    "fields",
    [
        {"apply_chat_template": False},
        {"response_format": '{"type": "json_object"}'},
        {"tools": json.dumps([ODD]), "tool_choice": "required"},
        {"tools": json.dumps([ODD])},
    ],
    ids=["text", "json", "required", "auto"],
)
def test_a_cancel_stops_within_a_few_tokens(engine, fields):
    """In every way of decoding."""
    before = engine.statistics().generated_tokens
    cancellation = Cancellation()
    received = 0

    def emit(response: LlmResponse) -> None:
        nonlocal received
        received += 1
        if received == 3:
            cancellation.cancel(Cancelled("enough"))

    request = LlmRequest(
        text_input="Tell a very long story.", max_tokens=1500, stream=True, **fields
    )
    with pytest.raises(Cancelled):
        engine.generate(request, emit, cancellation)
    assert received == 3
    deadline = time.monotonic() + 30
    while engine.statistics().running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert engine.statistics().running == 0
    assert engine.statistics().generated_tokens - before < 40
