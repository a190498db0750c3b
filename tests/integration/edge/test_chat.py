"""Chat and text completions through the door, by OpenAI's SDK: the real thing from end to end."""

import asyncio
import enum
import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from tests.integration.test_cancel import FEW, LONG, settle

pytestmark = pytest.mark.triton

ASK: Any = [{"role": "user", "content": "What is the capital of France?"}]
NAME_A_CAT: Any = [{"role": "user", "content": "Invent a name for a cat."}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
ASK_WEATHER: Any = [{"role": "user", "content": "What is the weather in Paris?"}]


@pytest.fixture
def client(door):
    with OpenAI(base_url=door.api, api_key="none", max_retries=0, timeout=120) as client:
        yield client


@pytest.fixture
async def aclient(door):
    async with AsyncOpenAI(base_url=door.api, api_key="none", max_retries=0, timeout=120) as client:
        yield client


@pytest.mark.parametrize("model", ["chat", "llm"])
def test_streamed_and_whole_answers_are_the_same(client, model):
    """The same text, reason and usage."""
    request: Any = {"model": model, "messages": ASK, "temperature": 0, "max_tokens": 20}
    whole = client.chat.completions.create(**request)
    chunks = list(
        client.chat.completions.create(
            **request, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
    assert text == whole.choices[0].message.content
    assert "Paris" in text
    assert chunks[-2].choices[0].finish_reason == whole.choices[0].finish_reason == "stop"
    ours, theirs = chunks[-1].usage, whole.usage
    assert ours is not None
    assert theirs is not None
    assert ours.prompt_tokens == theirs.prompt_tokens > 0
    assert ours.completion_tokens == theirs.completion_tokens > 0
    assert ours.prompt_tokens_details is not None
    assert (ours.prompt_tokens_details.cached_tokens or 0) > 0


def test_several_answers_are_told_apart(client):
    """Also where one seed is given for all of them."""
    answer = client.chat.completions.create(
        model="chat", messages=NAME_A_CAT, temperature=1.5, max_tokens=16, n=4, seed=7
    )
    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3]
    assert len({choice.message.content for choice in answer.choices}) > 1


def test_a_seed_repeats_an_answer(client):
    """Asked one after another: together, the sums of a shared decoding step are rounded anew."""

    def name(seed: int) -> str | None:
        answer = client.chat.completions.create(
            model="chat", messages=NAME_A_CAT, temperature=1.5, max_tokens=16, seed=seed
        )
        return answer.choices[0].message.content

    name(1)  # from here on the prompt is in the cache
    names = [name(seed) for seed in (1, 1, 2, 3, 4)]
    assert names[0] == names[1]
    assert len(set(names)) > 1


def test_limits_and_stops(client):
    """An answer ends where it is told to, and says why."""
    count: Any = [{"role": "user", "content": "Count from one to ten in digits."}]
    cut = client.chat.completions.create(model="chat", messages=count, max_completion_tokens=3)
    assert cut.choices[0].finish_reason == "length"
    stopped = client.chat.completions.create(
        model="chat", messages=count, stop=["6", "never"], temperature=0
    )
    assert "5" in (stopped.choices[0].message.content or "")
    assert "6" not in (stopped.choices[0].message.content or "")
    assert stopped.choices[0].finish_reason == "stop"


class Kind(enum.StrEnum):
    FRUIT = "fruit"
    ANIMAL = "animal"


class Part(BaseModel):
    name: str
    weight: float | None


class Thing(BaseModel):
    name: str
    kind: Kind
    main: Part
    others: list[Part]


DESCRIBE: Any = [{"role": "user", "content": "Describe a horse with two of its parts."}]


async def test_structured_answers(aclient):
    """`.parse` gets the model's class: nested, with enums, lists and values that may be null."""
    answer = await aclient.chat.completions.parse(
        model="chat", messages=DESCRIBE, response_format=Thing, temperature=0, max_tokens=400
    )
    assert isinstance(answer.choices[0].message.parsed, Thing)
    async with aclient.chat.completions.stream(
        model="chat", messages=DESCRIBE, response_format=Thing, temperature=0, max_tokens=400
    ) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.parsed == answer.choices[0].message.parsed


def test_a_structured_answer_that_is_cut_off(client):
    """The SDK is told by the finish reason."""
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(
            model="chat", messages=DESCRIBE, response_format=Thing, max_tokens=5
        )


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "get_weather"}}, "auto"]
)
def test_tool_calls_streamed_and_whole(client, choice):
    """The SDK puts the deltas together to what it gets in one piece."""
    request: Any = {
        "model": "chat",
        "messages": ASK_WEATHER,
        "tools": [WEATHER],
        "tool_choice": choice,
        "temperature": 0,
        "max_tokens": 100,
    }
    whole = client.chat.completions.create(**request).choices[0]
    with client.chat.completions.stream(**request) as stream:
        kinds = {event.type for event in stream}
        streamed = stream.get_final_completion().choices[0]
    for found in (whole, streamed):
        assert found.finish_reason == "tool_calls"
        (call,) = found.message.tool_calls
        assert call.id.startswith("call_")
        assert call.function.name == "get_weather"
        assert "paris" in json.loads(call.function.arguments)["city"].lower()
    assert "tool_calls.function.arguments.delta" in kinds
    assert "tool_calls.function.arguments.done" in kinds


def test_a_conversation_with_a_tool(client):
    """Question, call, result, answer: it comes to an end, in words."""
    messages: list[Any] = list(ASK_WEATHER)
    for _ in range(3):
        answer = client.chat.completions.create(
            model="chat", messages=messages, tools=[WEATHER], temperature=0, max_tokens=100
        ).choices[0]
        if answer.finish_reason != "tool_calls":
            break
        messages.append(answer.message)
        for call in answer.message.tool_calls or []:
            result = '{"celsius": 21, "sky": "clear"}'
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    assert answer.finish_reason == "stop"
    assert "21" in (answer.message.content or "")
    assert len(messages) == 3


async def test_a_text_goes_on(aclient):
    """The older endpoint: whole, streamed, repeated and several at once."""
    request: Any = {"model": "llm", "prompt": "one, two, three, four,", "temperature": 0}
    whole = await aclient.completions.create(**request, max_tokens=4, echo=True)
    assert whole.choices[0].text.startswith("one, two, three, four, five, six")
    assert whole.choices[0].finish_reason == "length"
    text = ""
    async for chunk in await aclient.completions.create(**request, stop="seven", stream=True):
        text += chunk.choices[0].text
    assert text.strip() == "five, six,"
    several = await aclient.completions.create(
        model="llm", prompt=["Snow is", "Grass is"], n=2, max_tokens=3
    )
    assert [choice.index for choice in several.choices] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"messages": [{"role": "user", "content": "word " * 5000}]},
         "context_length_exceeded", "messages"),
        ({"tools": [WEATHER], "tool_choice": {"type": "function", "function": {"name": "x"}}},
         "invalid_tools", "tool_choice"),
        ({"tool_choice": "required"}, "invalid_tools", "tool_choice"),
        ({"response_format": {"type": "xml"}}, "invalid_schema", "response_format"),
        ({"response_format": {"type": "json_schema", "json_schema": {
            "name": "a", "strict": True, "schema": {"type": "nonsense"}}}},
         "invalid_schema", "response_format"),
        ({"logprobs": True}, "unsupported", "logprobs"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_says_what_is_wrong(client, fields, code, param, stream):
    """As the SDK's own error, with the parameter, also where a stream was asked for."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(
            **{"model": "chat", "messages": ASK, "stream": stream, **fields}
        )
    assert (caught.value.code, caught.value.param) == (code, param)


@pytest.mark.parametrize("fields", [{}, {"n": 3}, {"tools": [WEATHER], "tool_choice": "required"}])
async def test_leaving_a_stream_stops_every_answer(aclient, platform, fields):
    """Decoding ends within a few steps after the client closed the stream, however it decodes."""
    before = await settle(platform)
    stream = await aclient.chat.completions.create(
        model="chat",
        messages=[{"role": "user", "content": LONG}],
        max_tokens=1000,
        stream=True,
        **fields,
    )
    received = 0
    async for _ in stream:
        received += 1
        if received == 6:
            break
    await stream.close()
    after = await settle(platform)
    steps = after["llm_decode_steps_total"] - before["llm_decode_steps_total"]
    # A prompt takes some steps of its own, and what comes before a tool's arguments no chunk.
    assert steps <= received + FEW + 16


async def test_many_streams_at_once(aclient):
    """Eight at a time, each with an answer of its own."""

    async def one(number: int) -> str:
        text = ""
        async for chunk in await aclient.chat.completions.create(
            model="chat",
            messages=[{"role": "user", "content": f"Repeat this number: {number}"}],
            temperature=0,
            max_tokens=12,
            stream=True,
        ):
            text += chunk.choices[0].delta.content or ""
        return text

    texts = await asyncio.gather(*(one(4000 + 111 * i) for i in range(8)))
    assert [str(4000 + 111 * i) in text for i, text in enumerate(texts)].count(True) >= 7
