"""The language model with real weights: calls of tools."""

import json

import pytest

from tests.engine.llm.llm_kit import LIGHT, QUESTIONS, TOOLS, WEATHER, ask, calls_of, said
from tritone.errors import InvalidInput

pytestmark = pytest.mark.engine


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


def test_arguments_that_are_no_json_are_refused(engine):
    """What the model's template cannot take is the caller's mistake, not the engine's failure."""
    call = {"id": "c", "type": "function", "function": {"name": "now", "arguments": "{"}}
    history = [
        {"role": "user", "content": "What time is it?"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "noon"},
    ]
    with pytest.raises(InvalidInput, match="arguments"):
        ask(engine, messages=json.dumps(history))
