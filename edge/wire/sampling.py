"""What chat and text completions both wish for, in OpenAI's shape and as the model's tensors."""

import contextlib
from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec

from tritone.errors import TritoneError, Unsupported
from tritone.usecases.completion import MOST_ANSWERS

__all__ = ["Sampling", "StreamOptions", "naming", "sampling_of"]

_LEAST_TOP_P = 1e-5  # the model takes 1e-6, which as FP32 is a little less
_NO_LIMIT: Final = 2**31 - 1
"""Without a number an answer ends where the model ends it, or where its context does."""
MOST_STOPS = 16
_KNOWN_AS: Final = {"text_input": "prompt", "stop_words": "stop", "random_seed": "seed"}
"""OpenAI's names of tensors that have another."""
Tokens = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class StreamOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to stream."""

    include_usage: bool | None = None


class Sampling(msgspec.Struct, frozen=True, kw_only=True):
    """How to write. Fields that are not listed are ignored."""

    model: Annotated[
        str, msgspec.Meta(description="`chat`, `llm`, a version `llm@1`, or an alias of them.")
    ]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, msgspec.Meta(ge=1, le=MOST_ANSWERS)] | None = None
    max_tokens: Tokens | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    stop: str | Annotated[list[str], msgspec.Meta(max_length=MOST_STOPS)] | None = None
    seed: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] | None = None
    presence_penalty: Annotated[float, msgspec.Meta(ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[float, msgspec.Meta(ge=-2, le=2)] | None = None
    logit_bias: dict[str, float] | None = None
    user: str | None = None

    @property
    def answers(self) -> int:
        """How many."""
        return self.n or 1

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with a chunk of usage."""
        return bool(self.stream_options and self.stream_options.include_usage)


def sampling_of(body: Sampling) -> dict[str, Any]:
    """The fields of an `LlmRequest` that say how to write.

    Raises:
        Unsupported: a wish that changes the answer and cannot be fulfilled.
    """
    if body.logit_bias:
        raise Unsupported("`logit_bias` is not supported: leave it out", param="logit_bias")
    stop = [body.stop] if isinstance(body.stop, str) else body.stop or []
    fields: dict[str, Any] = {
        "max_tokens": body.max_tokens or _NO_LIMIT,
        "stop_words": tuple(stop),
        "presence_penalty": body.presence_penalty or 0.0,
        "frequency_penalty": body.frequency_penalty or 0.0,
    }
    if body.temperature is not None:
        fields["temperature"] = body.temperature
    if body.top_p is not None:
        fields["top_p"] = max(body.top_p, _LEAST_TOP_P)
    if body.seed is not None:
        fields["random_seed"] = body.seed % 2**64
    return fields


@contextlib.contextmanager
def naming() -> Iterator[None]:
    """Errors from below name the parameter at fault as OpenAI does."""
    try:
        yield
    except TritoneError as error:
        error.param = _KNOWN_AS.get(error.param or "", error.param)
        raise
