"""POST /v1/chat/completions: what it answers, whole and streamed."""

import json
from typing import Any

import pytest

from tests.unit.completion_kit import Writer, answer
from tests.unit.edge.chat_kit import DELTA, TOOLS, ask, chunks, whole
from tritone.contract import LlmResponse
from tritone.errors import EngineDied

pytestmark = pytest.mark.unit


def test_a_whole_answer():
    """In OpenAI's shape, with the usage."""
    answered = whole(ask())
    assert answered.id.startswith("chatcmpl-")
    assert (answered.object, answered.model) == ("chat.completion", "chat")
    assert answered.system_fingerprint == "fp_chat"
    (choice,) = answered.choices
    assert (choice.index, choice.finish_reason, choice.logprobs) == (0, "stop", None)
    assert choice.message.role == "assistant"
    assert choice.message.content == "Hello you"
    assert choice.message.tool_calls is None
    usage = answered.usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (11, 2, 13)
    assert usage.prompt_tokens_details is not None
    assert usage.prompt_tokens_details.cached_tokens == 3


def test_a_streamed_answer():
    """The role, the pieces, the reason; all under one id and time; no usage unless asked for."""
    found = chunks(ask(stream=True))
    deltas = [chunk["choices"][0]["delta"] for chunk in found]
    assert deltas == [
        {"role": "assistant", "content": ""},
        {"content": "Hello"},
        {"content": " you"},
        {},
    ]
    reasons = [chunk["choices"][0]["finish_reason"] for chunk in found]
    assert reasons == [None, None, None, "stop"]
    for name in ("id", "created", "model", "system_fingerprint"):
        assert len({chunk[name] for chunk in found}) == 1
    assert not any("usage" in chunk for chunk in found)


def test_usage_at_the_end_of_a_stream():
    """One chunk without choices; those before say that there is none yet."""
    *before, last = chunks(ask(stream=True, stream_options={"include_usage": True}))
    assert last["choices"] == []
    assert last["usage"] == {
        "prompt_tokens": 11,
        "completion_tokens": 2,
        "total_tokens": 13,
        "prompt_tokens_details": {"cached_tokens": 3},
    }
    assert all(chunk["usage"] is None for chunk in before)


def test_several_answers():
    """Each under its index; the prompt counts once; seeds differ."""
    writer = Writer(answer("a"), answer("b", "c"))
    answered = whole(ask(writer, n=2, seed=7))
    assert [choice.index for choice in answered.choices] == [0, 1]
    assert [choice.message.content for choice in answered.choices] == ["a", "bc"]
    assert [request.random_seed for request in writer.asked] == [7, 8]
    assert answered.usage is not None
    assert (answered.usage.prompt_tokens, answered.usage.completion_tokens) == (11, 3)
    streamed = chunks(ask(Writer(answer("a"), answer("b", "c")), n=2, stream=True))
    texts = {0: "", 1: ""}
    for chunk in streamed:
        (choice,) = chunk["choices"]
        texts[choice["index"]] += choice["delta"].get("content") or ""
    assert texts == {0: "a", 1: "bc"}
    roles = [chunk["choices"][0]["index"] for chunk in streamed if "role" in _delta(chunk)]
    assert sorted(roles) == [0, 1]


def _delta(chunk: dict[str, Any]) -> dict[str, Any]:
    return chunk["choices"][0]["delta"]


def test_tool_calls():
    """Whole, with no content; streamed, as deltas with an index."""
    answered = whole(ask(Writer(answer(calls=DELTA, reason="tool_calls")), tools=TOOLS))
    (choice,) = answered.choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    (call,) = choice.message.tool_calls or []
    assert call.type == "function"
    assert (call.id, call.function.name, call.function.arguments) == ("call_1", "now", "{}")
    writer = Writer(answer(calls=DELTA, reason="tool_calls"))
    found = chunks(ask(writer, tools=TOOLS, stream=True))
    assert [_delta(chunk) for chunk in found] == [
        {"role": "assistant", "content": ""},
        {"tool_calls": json.loads(DELTA)},
        {},
    ]
    assert found[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_an_error_in_mid_stream_is_an_event():
    """The last one; there is no `[DONE]`."""
    writer = Writer([LlmResponse(text_output="a"), EngineDied("the process died")])
    found = ask(writer, stream=True)
    assert found.status_code == 200
    last = found.text.split("\n\n")[-2]
    assert json.loads(last.removeprefix("data: "))["error"]["code"] == "engine_died"
    assert "[DONE]" not in found.text
