"""A text to go on with, in OpenAI's shape: https://platform.openai.com/docs/api-reference/completions."""

import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from edge.wire.sampling import Sampling, sampling_of
from edge.wire.usage import PromptDetails, Usage, usage_of
from tritone.contract import LlmRequest, LlmResponse
from tritone.errors import ParameterOutOfRange, TextEmpty, Unsupported
from tritone.usecases.completion import MOST_ANSWERS, variants

__all__ = ["CompletionBody", "TextCompletion", "Texts", "requests_of"]

_DEFAULT_TOKENS = 16
"""OpenAI's, for texts: without a bound a model that only continues need not stop."""


class CompletionBody(Sampling, frozen=True, kw_only=True):
    """A request for a completion. Fields that are not listed are ignored."""

    prompt: Annotated[
        str | Annotated[list[str | int | list[int]], msgspec.Meta(min_length=1)],
        msgspec.Meta(
            description="A text, or several; tokens are not taken. Together with `n`, at most "
            f"{MOST_ANSWERS} answers.",
            examples=["Once upon a time"],
        ),
    ]
    echo: bool | None = None
    suffix: str | None = None
    best_of: int | None = None
    logprobs: int | None = None


class TextChoice(msgspec.Struct, frozen=True, kw_only=True):
    """One of the continuations, or a piece of it."""

    index: int
    text: str
    finish_reason: Literal["stop", "length", "content_filter"] | None
    logprobs: None = None


class TextCompletion(msgspec.Struct, frozen=True, kw_only=True):
    """Continuations, and what they cost; an event of a stream has the same shape."""

    id: str
    created: int
    model: str
    choices: Sequence[TextChoice]
    system_fingerprint: str
    usage: Usage | UnsetType | None = UNSET
    object: Literal["text_completion"] = "text_completion"


def requests_of(body: CompletionBody) -> list[LlmRequest]:
    """What the model is asked: `n` requests for each prompt, prompt by prompt.

    Raises:
        Unsupported: a wish that changes the answer and cannot be fulfilled.
        ParameterOutOfRange: more answers than are given at once.
        TextEmpty: a prompt of nothing.
    """
    fields = {"max_tokens": _DEFAULT_TOKENS, **_sampling(body)}
    prompts = prompts_of(body)
    if len(prompts) * body.answers > MOST_ANSWERS:
        raise ParameterOutOfRange(
            f"{len(prompts)} prompts with {body.answers} answers each are more than the "
            f"{MOST_ANSWERS} answers that one request gets",
            param="prompt" if body.answers == 1 else "n",
        )
    if "" in prompts:
        raise TextEmpty("a prompt is empty: send a text to go on with", param="prompt")
    return [
        request
        for prompt in prompts
        for request in variants(
            LlmRequest(text_input=prompt, apply_chat_template=False, **fields), body.answers
        )
    ]


def prompts_of(body: CompletionBody) -> list[str]:
    """The prompts as texts."""
    prompts = [body.prompt] if isinstance(body.prompt, str) else body.prompt
    if not all(isinstance(prompt, str) for prompt in prompts):
        raise Unsupported("prompts of tokens are not supported: send text", param="prompt")
    return [str(prompt) for prompt in prompts]


def _sampling(body: CompletionBody) -> dict[str, Any]:
    if body.suffix:
        raise Unsupported("`suffix` is not supported: leave it out", param="suffix")
    if body.logprobs:
        raise Unsupported("`logprobs` is not supported: leave it out", param="logprobs")
    if body.best_of is not None and body.best_of != body.answers:
        raise Unsupported("`best_of` is not supported: leave it out", param="best_of")
    fields = sampling_of(body)
    if body.max_tokens is None:
        del fields["max_tokens"]
    return fields


class Texts:
    """The frame of one answer: whole, or as events.

    Args:
        body: the request.
        fingerprint: of the model.
    """

    def __init__(self, body: CompletionBody, fingerprint: str) -> None:
        self._frame: dict[str, Any] = {
            "id": f"cmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": body.model,
            "system_fingerprint": fingerprint,
        }
        self._answers = body.answers
        self._usage: UnsetType | None = None if body.wants_usage else UNSET
        # What is repeated before each answer.
        self._echoes = [text for text in prompts_of(body) for _ in range(body.answers)]
        if not body.echo:
            self._echoes = [""] * len(self._echoes)

    def of(self, index: int, response: LlmResponse) -> Iterable[TextCompletion]:
        """The event of a piece of a continuation; none where there is nothing to tell."""
        before, self._echoes[index] = self._echoes[index], ""
        if before or response.text_output or response.finish_reason:
            choice = _choice(index, response, before)
            yield TextCompletion(choices=(choice,), usage=self._usage, **self._frame)

    def usage(self, last: Sequence[LlmResponse]) -> TextCompletion:
        """The event after the last one."""
        return TextCompletion(choices=(), usage=self._total(last), **self._frame)

    def whole(self, answers: Sequence[LlmResponse]) -> TextCompletion:
        """All continuations of all prompts, in the order of the requests."""
        choices = [
            _choice(index, answer, before)
            for index, (answer, before) in enumerate(zip(answers, self._echoes, strict=True))
        ]
        return TextCompletion(choices=choices, usage=self._total(answers), **self._frame)

    def _total(self, answers: Sequence[LlmResponse]) -> Usage:
        n = self._answers
        each = [usage_of(answers[at : at + n]) for at in range(0, len(answers), n)]
        return Usage(
            prompt_tokens=sum(one.prompt_tokens for one in each),
            completion_tokens=sum(one.completion_tokens for one in each),
            total_tokens=sum(one.total_tokens for one in each),
            prompt_tokens_details=PromptDetails(
                cached_tokens=sum(one.prompt_tokens_details.cached_tokens for one in each)
            ),
        )


def _choice(index: int, response: LlmResponse, before: str) -> TextChoice:
    reason: Any = response.finish_reason or None
    return TextChoice(index=index, text=before + response.text_output, finish_reason=reason)
