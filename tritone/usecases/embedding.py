"""Vectors of many texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tritone import tensors
from tritone.calls import Caller
from tritone.contract import EmbedRequest, EmbedResponse, Model
from tritone.errors import InvalidInput, ParameterOutOfRange, TextEmpty
from tritone.usecases.fan_out import fan_out

__all__ = ["AT_ONCE", "MOST_TEXTS", "Embedded", "embed", "width"]

Embedder = Model[EmbedRequest, EmbedResponse]

MOST_TEXTS: Final = 2048
AT_ONCE: Final = 32
"""Texts on their way at a time: enough for Triton to form batches, and sixteen such requests still
fit the model's queue of 512."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What became of the texts."""

    vectors: npt.NDArray[np.float32]
    """``[texts, width]``: a unit vector for each text, in the order sent."""
    tokens: int
    """Tokens read, of all texts."""


async def embed(caller: Caller, model: Embedder, texts: Sequence[str]) -> Embedded:
    """Embeds 1 to 2,048 texts, each by a call of its own, which Triton batches.

    Raises:
        ParameterOutOfRange: no text, or too many.
        TextEmpty: a text without a word; the message says which, counted from 0.
    """
    if not 1 <= len(texts) <= MOST_TEXTS:
        raise ParameterOutOfRange(
            f"there are {len(texts)} texts, expected 1 to {MOST_TEXTS:,}", param="input"
        )
    for place, text in enumerate(texts):
        if not text.strip():
            raise TextEmpty(f"text {place} (counted from 0) is empty", param="input")

    async def one(place: int, text: str) -> EmbedResponse:
        try:
            return await caller.infer(model, EmbedRequest(text=text))
        except InvalidInput as error:
            # The model was told one text and does not know which of the caller's it is.
            message = f"text {place} (counted from 0): {error.message}"
            raise type(error)(message, param="input") from None

    answers = await fan_out(one, texts, at_once=AT_ONCE)
    return Embedded(
        np.stack([answer.embedding for answer in answers]),
        sum(answer.tokens for answer in answers),
    )


def width(model: Embedder) -> int:
    """How many numbers a vector of the model has."""
    (size,) = (
        field.tensor.dims[0]
        for field in tensors.fields(model.response)
        if field.name == "embedding"
    )
    return size
