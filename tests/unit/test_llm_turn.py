"""An answer that may call tools, over a scripted engine: what is generated, shown and counted."""

import json
from typing import Any

import pytest

from tritone.contract import LlmRequest, LlmResponse
from tritone.engines.llm.answer import Answer
from tritone.engines.llm.chunks import Chunks
from tritone.engines.llm.history import answered
from tritone.engines.llm.prompts import response_grammar
from tritone.engines.llm.tools import toolbox
from tritone.engines.llm.toolturn import ToolTurn
from tritone.errors import InvalidTools

pytestmark = pytest.mark.unit

TOOLS = json.dumps([{"type": "function", "function": {"name": "now", "parameters": {}}}])
SCHEMA = json.dumps(
    {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "integer"}}}
)
CALL = '{"name": "now", "arguments": {}}'
USER = {"role": "user", "content": "What time is it?"}
CALLED = {"role": "assistant", "tool_calls": [{"function": {"name": "now", "arguments": "{}"}}]}
TOLD = {"role": "tool", "tool_call_id": "c", "content": "noon"}


class Engine:
    """Writes what it was told to, one list of pieces for each generation; a token a piece."""

    def __init__(self, *scripts: list[str]) -> None:
        self.scripts = list(scripts)
        self.bodies: list[dict[str, Any]] = []

    def run(self, body: dict[str, Any], take: Any) -> Chunks:
        """One generation."""
        self.bodies.append(body)
        chunks = Chunks()
        chunks.prompt_tokens = 10
        pieces = self.scripts.pop(0)
        for piece in pieces[: body["max_tokens"]]:
            chunks.completion_tokens += 1
            if take(piece):
                return chunks
        chunks.finish_reason = "length" if len(pieces) > body["max_tokens"] else "stop"
        return chunks


def turn(
    engine: Engine, messages: list[dict[str, Any]] | None = None, limit: int = 100, **fields: Any
) -> list[LlmResponse]:
    """The responses to a request with tools."""
    responses: list[LlmResponse] = []
    request = LlmRequest(**{"tools": TOOLS, "stream": True, **fields})
    body = {"messages": messages or [USER], "max_tokens": limit, "stop": ["."]}
    ToolTurn(
        toolbox(request),
        answered(body["messages"]),
        body,
        response_grammar(request),
        engine.run,
        Answer(responses.append, stream=request.stream),
    ).take()
    assert not engine.scripts
    return responses


def said(responses: list[LlmResponse]) -> str:
    """All text."""
    return "".join(response.text_output for response in responses)


def called(responses: list[LlmResponse]) -> list[dict[str, Any]]:
    """All deltas of calls."""
    return [
        delta
        for response in responses
        if response.tool_calls
        for delta in json.loads(response.tool_calls)
    ]


def test_an_answer_in_words_is_passed_on():
    """One generation, with the tools in the prompt and no grammar."""
    engine = Engine(["It is", " noon", " <"])
    responses = turn(engine)
    assert [response.text_output for response in responses] == ["It is", " noon", " ", "<", ""]
    assert (responses[-1].finish_reason, responses[-1].completion_tokens) == ("stop", 3)
    (body,) = engine.bodies
    assert "grammar" not in body
    assert body["tools"] == json.loads(TOOLS)
    assert body["tool_choice"] == "none"


def test_a_call_is_taken_up_after_what_was_said():
    """The text before it stays; both generations are counted; stop words do not cut a call."""
    engine = Engine(["Let me see.\n", "<tool_call>", "never"], ["\t[", CALL, "]"])
    responses = turn(engine)
    assert said(responses) == "Let me see.\n"
    assert called(responses)[0]["function"]["name"] == "now"
    end = responses[-1]
    assert (end.finish_reason, end.completion_tokens, end.prompt_tokens) == ("tool_calls", 5, 10)
    second = engine.bodies[1]
    assert second["messages"] == [USER, {"role": "assistant", "content": "Let me see.\n"}]
    assert second["max_tokens"] == 98
    assert "grammar" in second
    assert "stop" not in second


def test_a_call_that_must_be_is_asked_for_at_once():
    """One generation under the grammar."""
    engine = Engine(["\t[", CALL, "]"])
    responses = turn(engine, tool_choice="required", stream=False)
    (only,) = responses
    assert only.finish_reason == "tool_calls"
    (call,) = json.loads(only.tool_calls)
    assert call["function"] == {"name": "now", "arguments": "{}"}
    assert "index" not in call


def test_a_call_that_is_cut_off_says_so():
    """By the limit: while it is decoded, or before it could be."""
    cut = turn(Engine(["\t[", '{"name": "now", "arg', CALL]), tool_choice="required", limit=2)
    assert cut[-1].finish_reason == "length"
    before = turn(Engine(["<tool_call>"]), limit=1)
    assert before[-1].finish_reason == "length"


def test_a_schema_that_cannot_be_enforced_is_refused():
    """A text without the mark was not written under the grammar."""
    with pytest.raises(InvalidTools):
        turn(Engine(["Sure!"]), tool_choice="required")


def test_an_answer_under_a_schema_is_decoded_again():
    """Tools and a response format: as soon as it is no call, the format's grammar is in force."""
    engine = Engine(["Forty", "-two"], ["\t", "42"])
    responses = turn(engine, response_format=SCHEMA)
    assert said(responses) == "42"
    assert responses[-1].finish_reason == "stop"
    assert "%json" in engine.bodies[1]["grammar"]
    assert called(turn(Engine([CALL], ["\t", CALL]), response_format=SCHEMA))


def test_a_call_that_was_answered_is_not_made_again():
    """The model has to use its words then, and no tools are listed to call."""
    engine = Engine([CALL], ["\t[", CALL, "]"], ["It is", " noon"])
    responses = turn(engine, [USER, CALLED, TOLD])
    assert said(responses) == "It is noon"
    assert not called(responses)
    assert (responses[-1].finish_reason, responses[-1].completion_tokens) == ("stop", 6)
    assert "tools" not in engine.bodies[2]


def test_a_new_call_after_an_answer_is_made():
    """Only repetition is held back."""
    engine = Engine([CALL], ["\t[", CALL, "]"])
    other = {"function": {"name": "now", "arguments": '{"zone": "x"}'}}
    made = [USER, {"role": "assistant", "tool_calls": [{**other}]}, TOLD]
    engine.scripts[1] = ["\t[", '{"name": "now", "arguments": {"zone": "y"}}', "]"]
    responses = turn(engine, made)
    assert "".join(each["function"]["arguments"] for each in called(responses)) == '{"zone": "y"}'


def test_calls_of_the_past_are_not_imitated_where_none_may_be_made():
    """Without tools, a conversation that ends with a tool's answer goes on in words."""
    engine = Engine([CALL], ["It is noon"])
    responses = turn(engine, [USER, CALLED, TOLD], tool_choice="none")
    assert said(responses) == "It is noon"
    assert not called(responses)
