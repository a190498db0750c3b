"""Answers after a schema."""

import asyncio
import json

import pydantic
import pytest
from openai import OpenAI

from .kit import CHAT, asynchronous

pytestmark = pytest.mark.triton


class Person(pydantic.BaseModel):
    """What the model has to fill in."""

    name: str
    age: int


def test_a_parsed_answer(client: OpenAI) -> None:
    """`.parse` gives an object of the caller's class."""
    answer = client.chat.completions.parse(
        model=CHAT,
        messages=[{"role": "user", "content": "Anna is 31 years old."}],
        response_format=Person,
        max_tokens=60,
        temperature=0,
    )
    assert isinstance(answer.choices[0].message.parsed, Person)


def test_a_parsed_answer_from_asyncio(account: tuple[str, str]) -> None:
    """Likewise."""

    async def parsed() -> Person | None:
        async with asynchronous(account) as client:
            answer = await client.chat.completions.parse(
                model=CHAT,
                messages=[{"role": "user", "content": "Bob is 7 years old."}],
                response_format=Person,
                max_tokens=60,
                temperature=0,
            )
            return answer.choices[0].message.parsed

    assert isinstance(asyncio.run(parsed()), Person)


def test_a_parsed_stream(client: OpenAI) -> None:
    """The SDK's own stream helper gathers the pieces."""
    with client.chat.completions.stream(
        model=CHAT,
        messages=[{"role": "user", "content": "Clara is 52 years old."}],
        response_format=Person,
        max_tokens=60,
        temperature=0,
    ) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert isinstance(final.choices[0].message.parsed, Person)


def test_any_json_object(client: OpenAI) -> None:
    """`json_object` is JSON, whatever it says."""
    answer = client.chat.completions.create(
        model=CHAT,
        messages=[{"role": "user", "content": "Give me a JSON object with a key color."}],
        response_format={"type": "json_object"},
        max_tokens=100,
        temperature=0,
    )
    assert answer.choices[0].finish_reason == "stop"
    assert isinstance(json.loads(answer.choices[0].message.content or ""), dict)
