"""Calls of tools."""

import json
from typing import Any

import pytest
from openai import OpenAI

from .kit import CHAT, WEATHER, sound

pytestmark = pytest.mark.triton

ASK_WEATHER: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]


def test_a_tool_that_must_be_called(client: OpenAI) -> None:
    """`required`: the answer is a call with arguments of the tool's schema."""
    answer = sound(
        client.chat.completions.create(
            model=CHAT,
            messages=ASK_WEATHER,
            tools=[WEATHER],
            tool_choice="required",
            max_tokens=100,
            temperature=0,
        )
    )
    (choice,) = answer.choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls
    call = choice.message.tool_calls[0]
    assert call.type == "function"
    assert call.id
    assert call.function.name == "get_weather"
    assert isinstance(json.loads(call.function.arguments)["city"], str)


def test_a_tool_call_that_streams(client: OpenAI) -> None:
    """The first delta of a call has its id and name, the others continue its arguments."""
    stream = client.chat.completions.create(
        model=CHAT,
        messages=ASK_WEATHER,
        tools=[WEATHER],
        tool_choice="required",
        max_tokens=100,
        temperature=0,
        stream=True,
    )
    calls, reasons = [], []
    for chunk in stream:
        sound(chunk)
        for choice in chunk.choices:
            calls += [call for call in choice.delta.tool_calls or [] if call.index == 0]
            reasons.append(choice.finish_reason)
    assert calls[0].id
    assert calls[0].function is not None
    assert calls[0].function.name == "get_weather"
    arguments = "".join(
        call.function.arguments or "" for call in calls if call.function is not None
    )
    assert isinstance(json.loads(arguments)["city"], str)
    assert reasons[-1] == "tool_calls"


def test_a_named_tool(client: OpenAI) -> None:
    """The caller says which."""
    other = {**WEATHER, "function": {**WEATHER["function"], "name": "get_time"}}
    answer = client.chat.completions.create(
        model=CHAT,
        messages=ASK_WEATHER,
        tools=[other, WEATHER],
        tool_choice={"type": "function", "function": {"name": "get_weather"}},
        max_tokens=100,
        temperature=0,
    )
    calls = answer.choices[0].message.tool_calls
    assert calls
    assert calls[0].type == "function"
    assert calls[0].function.name == "get_weather"


def test_a_tools_answer_is_read(client: OpenAI) -> None:
    """A conversation that holds a call and its result goes on in words."""
    call: Any = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'},
    }
    answer = client.chat.completions.create(
        model=CHAT,
        messages=[
            *ASK_WEATHER,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "Sunny, 21 degrees."},
        ],
        tools=[WEATHER],
        tool_choice="none",
        max_tokens=40,
    )
    assert answer.choices[0].message.content
    assert not answer.choices[0].message.tool_calls
