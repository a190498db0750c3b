"""Embeddings in OpenAI's shape: https://platform.openai.com/docs/api-reference/embeddings."""

import base64
from typing import Annotated, Final, Literal

import msgspec

from tritone.errors import Unsupported
from tritone.usecases.embedding import MOST_TEXTS, Embedded

__all__ = ["EmbeddingsBody", "EmbeddingsList", "encode", "texts"]

Encoding = Literal["float", "base64"]
# Token ids are read, so that their refusal can say more than "wrong type"; they are not documented.
Entry = Annotated[str | int | list[int], msgspec.Meta(extra_json_schema={"type": "string"})]

_encoder: Final = msgspec.json.Encoder()


class EmbeddingsBody(msgspec.Struct, frozen=True, kw_only=True):
    """A request for embeddings. Fields that are not listed are ignored."""

    model: str
    input: Annotated[
        Annotated[str, msgspec.Meta(min_length=1)]
        | Annotated[list[Entry], msgspec.Meta(min_length=1, max_length=MOST_TEXTS)],
        msgspec.Meta(
            description="A text, or 1 to 2,048 of them. Token ids are refused with a remedy.",
            examples=[["A cat sat.", "The kitten is sitting."]],
        ),
    ]
    encoding_format: Encoding = "float"
    dimensions: Annotated[int, msgspec.Meta(ge=1)] | None = None
    user: str | None = None


class Embedding(msgspec.Struct, frozen=True, kw_only=True):
    """One text's vector."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: (
        list[float] | Annotated[str, msgspec.Meta(description="Base64 of FP32, little-endian.")]
    )


class EmbeddingUsage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens read."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingsList(msgspec.Struct, frozen=True, kw_only=True):
    """The vectors, in the order of the texts."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage


def texts(body: EmbeddingsBody) -> list[str]:
    """What is to be embedded.

    Raises:
        Unsupported: token ids, which are those of another model's vocabulary.
    """
    if isinstance(body.input, str):
        return [body.input]
    found = [entry for entry in body.input if isinstance(entry, str)]
    if len(found) != len(body.input):
        raise Unsupported(
            "input holds token ids: send the text itself (LangChain: OpenAIEmbeddings("
            "check_embedding_ctx_length=False))",
            param="input",
        )
    return found


def encode(embedded: Embedded, model: str, encoding: Encoding) -> bytes:
    """An `EmbeddingsList` as JSON, vector by vector: 2,048 of them take a while, so that a thread
    does it, and lets others run in between.
    """
    usage = EmbeddingUsage(prompt_tokens=embedded.tokens, total_tokens=embedded.tokens)
    rows = []
    for index, vector in enumerate(embedded.vectors.astype("<f4", copy=False)):
        value: list[float] | str = (
            base64.b64encode(vector.tobytes()).decode() if encoding == "base64" else vector.tolist()
        )
        rows.append(msgspec.Raw(_encoder.encode(Embedding(index=index, embedding=value))))
    return _encoder.encode({"object": "list", "data": rows, "model": model, "usage": usage})
