"""Chats: whole, streamed, and what may be wished for."""

import asyncio
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI

from .kit import ASK, CHAT, WEATHER, asynchronous, sound

pytestmark = pytest.mark.triton


def test_a_chat_answers(client: OpenAI) -> None:
    """With one choice, its usage, and an id."""
    answer = sound(client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=24))
    (choice,) = answer.choices
    assert choice.message.role == "assistant"
    assert choice.message.content
    assert choice.finish_reason in ("stop", "length")
    assert answer.object == "chat.completion"
    assert answer.id
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert 0 < answer.usage.completion_tokens <= 24


def test_a_chat_streams(client: OpenAI) -> None:
    """The role first, then pieces of text, then a finish reason; no usage unless asked for."""
    pieces, reasons, ids = [], [], set()
    with client.chat.completions.create(
        model=CHAT, messages=ASK, max_tokens=24, stream=True
    ) as stream:
        for chunk in stream:
            sound(chunk)
            ids.add(chunk.id)
            assert chunk.object == "chat.completion.chunk"
            assert chunk.usage is None
            (choice,) = chunk.choices
            pieces.append(choice.delta)
            reasons.append(choice.finish_reason)
    assert pieces[0].role == "assistant"
    assert sum(1 for piece in pieces if piece.content) > 1
    assert reasons[-1] in ("stop", "length")
    assert set(reasons[:-1]) == {None}
    assert len(ids) == 1


def test_a_stream_tells_its_usage_when_asked_to(client: OpenAI) -> None:
    """In one more chunk, without choices."""
    stream = client.chat.completions.create(
        model=CHAT,
        messages=ASK,
        max_tokens=8,
        stream=True,
        stream_options={"include_usage": True},
    )
    *chunks, last = list(stream)
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)
    assert last.choices == []
    assert last.usage is not None
    assert 0 < last.usage.completion_tokens <= 8


def test_the_same_answer_streamed_or_not(client: OpenAI) -> None:
    """With temperature 0 and a seed."""
    wanted: Any = {
        "model": CHAT, "messages": ASK, "max_tokens": 16, "temperature": 0, "seed": 7,
    }  # fmt: skip
    whole = client.chat.completions.create(**wanted).choices[0].message.content
    stream = client.chat.completions.create(**wanted, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == whole


def test_an_answer_ends_at_its_limit(client: OpenAI) -> None:
    """`max_tokens` and its newer name, `max_completion_tokens`."""
    limits: tuple[dict[str, Any], ...] = ({"max_tokens": 2}, {"max_completion_tokens": 2})
    for limit in limits:
        answer = client.chat.completions.create(model=CHAT, messages=ASK, **limit)
        assert answer.choices[0].finish_reason == "length"
        assert answer.usage is not None
        assert answer.usage.completion_tokens <= 2


def test_an_answer_ends_at_a_stop_word(client: OpenAI) -> None:
    """Which is not part of it; one word or a list of them."""
    count: list[Any] = [{"role": "user", "content": "Count from 1 to 9, separated by commas."}]
    stops: tuple[Any, ...] = (",", [",", "\n"])
    for stop in stops:
        answer = client.chat.completions.create(
            model=CHAT, messages=count, stop=stop, max_tokens=40, temperature=0
        )
        assert answer.choices[0].finish_reason == "stop"
        assert "," not in (answer.choices[0].message.content or "")


def test_wishes_that_clients_send(client: OpenAI) -> None:
    """Each at the ends of its range, and some that only OpenAI itself has a use for."""
    wishes: tuple[dict[str, Any], ...] = (
        {"temperature": 0},
        {"temperature": 2},
        {"top_p": 0},
        {"top_p": 1},
        {"presence_penalty": 2, "frequency_penalty": 2},
        {"presence_penalty": -2, "frequency_penalty": -2},
        {"seed": -1},
        {"stop": []},
        {"response_format": {"type": "text"}},
        {"user": "me", "store": False, "metadata": {"a": "b"}, "service_tier": "auto"},
        {"tools": [WEATHER], "tool_choice": "none", "parallel_tool_calls": False},
    )
    for wish in wishes:
        answer = client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=4, **wish)
        assert answer.choices[0].message.content, wish


def test_several_answers_to_one_question(client: OpenAI) -> None:
    """`n` choices, numbered."""
    answer = client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=8, n=2)
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert all(choice.message.content for choice in answer.choices)


def test_content_in_parts(client: OpenAI) -> None:
    """A message may be a list of text parts, and the conversation may have a system message."""
    answer = client.chat.completions.create(
        model=CHAT,
        messages=[
            {"role": "system", "content": "You answer in one word."},
            {"role": "user", "content": [{"type": "text", "text": "Is snow white?"}]},
        ],
        max_tokens=8,
    )
    assert answer.choices[0].message.content


def test_a_chat_from_asyncio(account: tuple[str, str]) -> None:
    """Several at once, streamed and not."""

    async def whole(client: AsyncOpenAI) -> str:
        answer = await client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=8)
        return answer.choices[0].message.content or ""

    async def streamed(client: AsyncOpenAI) -> str:
        stream = await client.chat.completions.create(
            model=CHAT, messages=ASK, max_tokens=8, stream=True
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def both() -> list[str]:
        async with asynchronous(account) as client:
            return await asyncio.gather(
                whole(client), streamed(client), whole(client), streamed(client)
            )

    assert all(asyncio.run(both()))


def test_a_stream_may_be_left(client: OpenAI) -> None:
    """After one chunk; the connection serves on."""
    stream = client.chat.completions.create(
        model=CHAT, messages=ASK, max_tokens=200, stream=True, temperature=0
    )
    next(iter(stream))
    stream.close()
    assert client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=2).choices
