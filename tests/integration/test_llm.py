"""The language model through Triton: streaming, schemas, stops, seeds, slots, plain HTTP."""

import asyncio
import json

import httpx
import pytest

from tritone.contract import CHAT, INTENT, LLM, IntentRequest, LlmRequest
from tritone.errors import Overloaded

pytestmark = pytest.mark.triton

GREEDY = {"temperature": 0.0}


async def whole(client, request, model=LLM):
    """The text of an answer and its last response."""
    text, last = "", None
    async for response in client.stream(model, request):
        text += response.text_output
        last = response
    return text, last


@pytest.mark.parametrize("model", [LLM, CHAT], ids=lambda model: model.name)
async def test_streamed_and_whole_answers_are_the_same(client, model):
    """Streaming changes when the text comes, not what it says; the end has reason and usage."""
    request = {"text_input": "Name three colors.", "max_tokens": 30, **GREEDY}
    streamed, end = await whole(client, LlmRequest(**request, stream=True), model)
    at_once, only = await whole(client, LlmRequest(**request), model)
    assert streamed == at_once != ""
    assert end.finish_reason == only.finish_reason != ""
    assert end.completion_tokens == only.completion_tokens > 0
    assert end.prompt_tokens == only.prompt_tokens > 0


async def test_an_answer_is_cut_at_max_tokens(client):
    """And says so."""
    _, end = await whole(client, LlmRequest(text_input="Count to 100.", max_tokens=5, **GREEDY))
    assert (end.finish_reason, end.completion_tokens) == ("length", 5)


async def test_stop_words_end_the_answer_and_are_not_part_of_it(client):
    """Several may be given."""
    request = LlmRequest(
        text_input="Count from one to ten in digits.", stop_words=("6", "never"), **GREEDY
    )
    text, end = await whole(client, request)
    assert "5" in text
    assert "6" not in text
    assert end.finish_reason == "stop"


async def test_a_schema_is_enforced_while_decoding(client):
    """The answer is JSON of that shape even where the question does not ask for it."""
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "sure": {"type": "boolean"}},
        "required": ["city", "sure"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "c", "schema": schema}}
    text, _ = await whole(
        client,
        LlmRequest(
            text_input="What is the capital of Italy?", response_format=json.dumps(wanted), **GREEDY
        ),
    )
    answer = json.loads(text)
    assert set(answer) == {"city", "sure"}
    assert "rome" in answer["city"].lower()


async def test_a_seed_repeats_an_answer(client):
    """Same seed, same text; without one the model is free."""
    request = {"text_input": "Invent a name for a cat.", "temperature": 1.5, "max_tokens": 20}
    texts = [
        (await whole(client, LlmRequest(**request, random_seed=s)))[0] for s in (1, 1, 2, 3, 4)
    ]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1


async def test_a_conversation_and_its_own_words_are_continued(client):
    """A last message of the assistant is a beginning that the model goes on from."""
    messages = [
        {"role": "user", "content": "What is the capital of France?"},
        {"role": "assistant", "content": "The capital of France is"},
    ]
    text, _ = await whole(client, LlmRequest(messages=json.dumps(messages), **GREEDY))
    assert text.strip().startswith("Paris")


async def test_a_repeated_prompt_comes_from_the_cache(client):
    """The second time only the last token of the prompt is computed."""
    request = LlmRequest(
        text_input="What is the tallest mountain on earth?", max_tokens=4, **GREEDY
    )
    _, first = await whole(client, request)
    _, second = await whole(client, request)
    assert second.cached_tokens >= first.prompt_tokens - 2


async def test_more_requests_than_slots_are_all_answered(client):
    """Twelve on eight slots: the others wait in the engine."""
    answers = await asyncio.gather(
        *(
            whole(client, LlmRequest(text_input=f"What is {i} plus 1?", max_tokens=8))
            for i in range(12)
        )
    )
    assert all(end.finish_reason for _, end in answers)


async def test_what_exceeds_the_bound_is_refused_at_once(client):
    """Of eighty long requests at least sixteen are refused with OVERLOADED, none hangs."""

    async def ask():
        stream = client.stream(
            LLM, LlmRequest(text_input="Count to 500.", max_tokens=400, stream=True)
        )
        try:
            async for _ in stream:
                return "served"
        except Overloaded as error:
            return error.code
        finally:
            await stream.aclose()

    answers = await asyncio.gather(*(ask() for _ in range(80)))
    assert answers.count("OVERLOADED") >= 16
    assert answers.count("served") == 80 - answers.count("OVERLOADED")


async def test_an_intent_is_one_json_object(client):
    """All four fields, always."""
    answers = [
        response
        async for response in client.stream(INTENT, IntentRequest(text="switch off the hall lamp"))
    ]
    assert len(answers) == 1
    intent = json.loads(answers[0].intent)
    assert set(intent) == {"intent", "entity", "params", "reply"}
    assert intent["intent"] == "turn_off_light"
    assert "hall" in intent["entity"]


def test_generate_stream_serves_plain_http(platform):
    """`curl` gets server-sent events, one for each token, the last with the finish reason."""
    url = f"{platform.http}/v2/models/llm/generate_stream"
    body = {"text_input": "What is the capital of France?", "stream": True, "temperature": 0}
    with httpx.stream("POST", url, json=body, timeout=60) as answer:
        events = [json.loads(line[5:]) for line in answer.iter_lines() if line.startswith("data:")]
    assert "Paris" in "".join(event["text_output"] for event in events)
    assert events[-1]["finish_reason"] == "stop"
    assert len(events) > 3


def test_generate_answers_plain_http_at_once(platform):
    """Without streaming there is one JSON object."""
    url = f"{platform.http}/v2/models/chat/generate"
    body = {"text_input": "What is the capital of Spain?", "temperature": 0}
    answer = httpx.post(url, json=body, timeout=60).json()
    assert "Madrid" in answer["text_output"]
