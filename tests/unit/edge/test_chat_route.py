"""POST /v1/chat/completions, from bytes to bytes, with a double for the model."""

import json
from typing import Any

import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from edge.errors import on_error
from edge.routes.chat import chat
from tests.unit.completion_kit import Writer, answer
from tritone.contract import CHAT, LlmRequest, LlmResponse
from tritone.errors import EngineDied, InvalidSchema, ModelNotFound, PromptTooLong, TritoneError

pytestmark = pytest.mark.unit

ASK = [{"role": "user", "content": "Hello?"}]
CALL = '[{"id":"call_1","type":"function","function":{"name":"now","arguments":"{}"}}]'
DELTA = CALL.replace('{"id"', '{"index":0,"id"')
TOOLS = [{"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}]


class Names:
    """A catalog of one name."""

    def resolve(self, name: str, like: Any) -> Any:
        if name != "chat" or like is not CHAT:
            raise ModelNotFound(f"there is no model '{name}'", param="model")
        return like


def door(writer: Writer) -> TestClient:
    app = Litestar(
        [chat],
        dependencies={
            "caller": Provide(lambda: writer, sync_to_thread=False),
            "catalog": Provide(Names, sync_to_thread=False),
        },
        exception_handlers={TritoneError: on_error, Exception: on_error},
        logging_config=None,
    )
    return TestClient(app, raise_server_exceptions=False)


def ask(writer: Writer | None = None, /, **body: Any) -> Any:
    with door(writer or Writer()) as client:
        sent = {"model": "chat", "messages": ASK, **body}
        return client.post("/v1/chat/completions", json=sent)


def asked(**body: Any) -> LlmRequest:
    """What the model is asked for such a body."""
    writer = Writer()
    found = ask(writer, **body)
    assert found.status_code == 200, found.text
    return writer.asked[0]


def whole(found: Any) -> ChatCompletion:
    """An answer as the SDK reads it, strictly."""
    assert found.status_code == 200, found.text
    return ChatCompletion.model_validate(found.json(), strict=True)


def chunks(found: Any) -> list[dict[str, Any]]:
    """The events of a stream, each as the SDK reads it, before `[DONE]`."""
    assert found.status_code == 200, found.text
    assert found.headers["content-type"].startswith("text/event-stream")
    events = found.text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    read = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    for chunk in read:
        ChatCompletionChunk.model_validate(chunk, strict=True)
    return read


def refused(found: Any) -> tuple[int, str, str | None]:
    error = found.json()["error"]
    return found.status_code, error["code"], error["param"]


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


def test_an_error_in_mid_stream_is_an_event():
    """The last one; there is no `[DONE]`."""
    writer = Writer([LlmResponse(text_output="a"), EngineDied("the process died")])
    found = ask(writer, stream=True)
    assert found.status_code == 200
    last = found.text.split("\n\n")[-2]
    assert json.loads(last.removeprefix("data: "))["error"]["code"] == "engine_died"
    assert "[DONE]" not in found.text
