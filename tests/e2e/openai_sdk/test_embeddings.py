"""Embeddings: their length, likeness and encodings."""

import asyncio
import math
from typing import Any

import pytest
from openai import OpenAI

from .kit import EMBEDDING, asynchronous, sound

pytestmark = pytest.mark.triton


def test_embeddings(client: OpenAI) -> None:
    """Unit vectors in the order of the texts; the SDK asks for base64 and decodes it."""
    answer = sound(
        client.embeddings.create(
            model=EMBEDDING, input=["A cat sat.", "The kitten is sitting.", "Stocks fell."]
        )
    )
    assert [item.index for item in answer.data] == [0, 1, 2]
    first, second, third = (item.embedding for item in answer.data)
    assert len(first) == len(second) == len(third)
    assert math.isclose(dot(first, first), 1, abs_tol=1e-3)
    assert dot(first, second) > dot(first, third)
    assert answer.usage.total_tokens == answer.usage.prompt_tokens > 0


def dot(left: list[float], right: list[float]) -> float:
    """How alike."""
    return sum(a * b for a, b in zip(left, right, strict=True))


def test_embeddings_as_floats(client: OpenAI) -> None:
    """The same numbers, written out."""
    packed = client.embeddings.create(model=EMBEDDING, input="A kettle.")
    plain = client.embeddings.create(model=EMBEDDING, input="A kettle.", encoding_format="float")
    assert dot(packed.data[0].embedding, plain.data[0].embedding) > 0.999
    raw: Any = client.embeddings.create(
        model=EMBEDDING, input="A kettle.", encoding_format="base64"
    )
    assert isinstance(raw.data[0].embedding, str)


def test_embeddings_from_asyncio(account: tuple[str, str]) -> None:
    """Many at once."""

    async def embed() -> list[int]:
        async with asynchronous(account) as client:
            answers = await asyncio.gather(
                *(client.embeddings.create(model=EMBEDDING, input=f"Text {n}.") for n in range(8))
            )
            return [len(answer.data) for answer in answers]

    assert asyncio.run(embed()) == [1] * 8
