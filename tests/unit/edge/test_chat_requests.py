"""POST /v1/chat/completions: what the model is asked, and what is refused."""

import json

import pytest

from tests.unit.completion_kit import Writer
from tests.unit.edge.chat_kit import ASK, TOOLS, ask, asked, refused
from tritone.contract import LlmRequest
from tritone.errors import InvalidSchema, PromptTooLong

pytestmark = pytest.mark.unit


def test_what_the_model_is_asked():
    """Each of OpenAI's fields as its tensor."""
    request = asked(
        max_tokens=5,
        temperature=0.5,
        top_p=0.25,
        stop=["a", "b"],
        seed=-1,
        presence_penalty=1,
        frequency_penalty=-1,
        response_format={"type": "json_object"},
        tools=TOOLS,
        tool_choice={"type": "function", "function": {"name": "now"}},
        parallel_tool_calls=False,
        user="me",
        metadata={"a": "b"},
        store=True,
        service_tier="auto",
        an_unknown_field=[1],
    )
    assert json.loads(request.messages or "") == ASK
    assert (request.max_tokens, request.temperature, request.top_p) == (5, 0.5, 0.25)
    assert (request.stop_words, request.random_seed) == (("a", "b"), 2**64 - 1)
    assert (request.presence_penalty, request.frequency_penalty) == (1, -1)
    assert json.loads(request.response_format or "") == {"type": "json_object"}
    assert json.loads(request.tools or "") == TOOLS
    assert json.loads(request.tool_choice or "")["function"]["name"] == "now"
    assert not request.parallel_tool_calls


def test_what_is_not_said_is_left_to_the_model():
    """An answer has no limit but the context; `null` is as good as nothing."""
    fields = ("max_tokens", "temperature", "top_p", "stop", "seed", "n", "tools", "tool_choice")
    for request in (asked(), asked(**dict.fromkeys(fields))):
        plain = LlmRequest(messages=request.messages, max_tokens=2**31 - 1, stream=True)
        assert request == plain
    assert asked(max_completion_tokens=9).max_tokens == 9
    assert asked(stop="x").stop_words == ("x",)
    assert asked(response_format={"type": "text"}).response_format is None


def test_a_conversation_is_passed_on():
    """Calls and their answers too; text parts are joined."""
    call = {"id": "c", "type": "function", "function": {"name": "now", "arguments": "{}"}}
    sent = [
        {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "noon"},
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
    ]
    read = json.loads(asked(messages=sent).messages or "")
    assert [message.get("content") for message in read] == [
        "Be brief.",
        "a\nb",
        None,
        "noon",
        "No.",
    ]
    assert read[2]["tool_calls"] == [call]
    assert read[3]["tool_call_id"] == "c"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"functions": [{"name": "now"}]}, "functions"),
        ({"function_call": "auto"}, "function_call"),
        ({"logprobs": True}, "logprobs"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"logit_bias": {"50256": -100}}, "logit_bias"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"audio": {"voice": "joe", "format": "wav"}}, "audio"),
        ({"web_search_options": {}}, "web_search_options"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(body, param):
    """Rather than ignored, as the answer would be another one than was asked for."""
    assert refused(ask(**body)) == (400, "unsupported", param)


def test_wishes_that_change_nothing_are_fulfilled():
    """What SDKs send although it is the default."""
    asked(logprobs=False, top_logprobs=0, logit_bias={}, modalities=["text"], functions=[])


@pytest.mark.parametrize(
    "body",
    [
        {"messages": []},
        {"messages": None},
        {"messages": [{"role": "wizard", "content": "hi"}]},
        {"messages": [{"content": "hi"}]},
        {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
        {"n": 0},
        {"n": 9},
        {"max_tokens": 0},
        {"temperature": 2.5},
        {"top_p": -0.1},
        {"stop": ["a"] * 17},
        {"presence_penalty": 3},
        {"seed": "x"},
        {"stream": "yes"},
        {"tools": "now"},
    ],
)
def test_what_is_wrong_is_refused(body):
    """400, and the message tells where."""
    status, code, _ = refused(ask(**body))
    assert status == 400
    assert code in ("body_invalid", "invalid_messages")


@pytest.mark.parametrize("stream", [False, True])
def test_refusals_of_the_model_have_their_status(stream):
    """Also before a stream's first chunk, with OpenAI's code and the parameter at fault."""
    writer = Writer([PromptTooLong("5,000 tokens")])
    assert refused(ask(writer, stream=stream)) == (400, "context_length_exceeded", "messages")
    writer = Writer([InvalidSchema("the JSON schema cannot be enforced")])
    assert refused(ask(writer, stream=stream)) == (400, "invalid_schema", "response_format")
    found = ask(model="gpt-9", stream=stream)
    assert refused(found) == (404, "model_not_found", "model")
