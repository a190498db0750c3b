"""Text written by a language model: one answer or several, as it comes or at once."""

import asyncio
import contextlib
import dataclasses
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Final

from tritone.calls import Caller
from tritone.contract import LlmRequest, LlmResponse, Model
from tritone.errors import (
    EngineDied,
    InvalidInput,
    InvalidMessages,
    InvalidSchema,
    InvalidTools,
    ParameterOutOfRange,
    PromptTooLong,
    Unavailable,
)
from tritone.usecases.fan_out import fan_out
from tritone.usecases.whole_answer import joined

__all__ = ["MOST_ANSWERS", "Piece", "complete", "variants", "write"]

MOST_ANSWERS: Final = 8
"""Answers to one request; each takes a place in the model."""
_AHEAD: Final = 16
"""Pieces that may wait for a slow reader before the model's streams are left to wait, too."""

Piece = tuple[int, LlmResponse]
"""Which answer, by the place of its request, and what was added to it."""
LanguageModel = Model[LlmRequest, LlmResponse]

_FIELDS: Final = frozenset(field.name for field in dataclasses.fields(LlmRequest))
_NAMED: Final = re.compile(r"'(\w+)[.']")
_AT_FAULT: Final[dict[type[InvalidInput], str]] = {
    InvalidMessages: "messages",
    InvalidSchema: "response_format",
    InvalidTools: "tools",
}


def variants(request: LlmRequest, answers: int) -> list[LlmRequest]:
    """The same request several times; with other seeds, as the same would give the same answer."""
    seed = request.random_seed
    if seed is None:
        return [request] * answers
    return [
        dataclasses.replace(request, random_seed=(seed + index) % 2**64) for index in range(answers)
    ]


async def complete(
    caller: Caller, model: LanguageModel, requests: Sequence[LlmRequest]
) -> list[LlmResponse]:
    """Whole answers, each in one response.

    They are read as they are written, because a model that is silent for long counts as dead. As
    nothing was seen of an answer before its end, one that breaks off is asked for once more, which
    a caller over several servers will do elsewhere.

    Args:
        caller: what calls the model.
        model: a language model.
        requests: what it is asked, at most `MOST_ANSWERS`; their `stream` is not looked at.

    Raises:
        ParameterOutOfRange: too many requests.
        TritoneError: what the model refused or failed at.
    """
    _check(requests)

    async def one(_: int, request: LlmRequest) -> LlmResponse:
        asked = dataclasses.replace(request, stream=True)
        try:
            return await _whole(caller, model, asked)
        except Unavailable:
            return await _whole(caller, model, asked)

    return await fan_out(one, requests, at_once=MOST_ANSWERS)


async def write(
    caller: Caller, model: LanguageModel, requests: Sequence[LlmRequest]
) -> AsyncGenerator[Piece, None]:
    """The pieces of all answers while they are written; arguments and errors as in `complete`.

    Closing it cancels every answer; the first that fails ends the others.
    """
    _check(requests)
    asked = [dataclasses.replace(request, stream=True) for request in requests]
    if len(asked) == 1:
        async with contextlib.aclosing(_asked(caller, model, asked[0])) as responses:
            async for response in responses:
                yield 0, response
        return
    async with contextlib.aclosing(_together(caller, model, asked)) as pieces:
        async for piece in pieces:
            yield piece


async def _whole(caller: Caller, model: LanguageModel, request: LlmRequest) -> LlmResponse:
    async with contextlib.aclosing(_asked(caller, model, request)) as responses:
        pieces = [response async for response in responses]
    if not pieces:
        raise EngineDied(f"'{model.name}' ended without an answer: try again")
    return joined(pieces)


async def _asked(
    caller: Caller, model: LanguageModel, request: LlmRequest
) -> AsyncGenerator[LlmResponse, None]:
    with _blaming(request):
        async with contextlib.aclosing(caller.stream(model, request)) as responses:
            async for response in responses:
                yield response


@contextlib.contextmanager
def _blaming(request: LlmRequest) -> Iterator[None]:
    """Says which field of the request a refusal is about; on the wire there is only its text."""
    try:
        yield
    except InvalidInput as error:
        named = _NAMED.match(error.message)
        if error.param is None and named is not None and named[1] in _FIELDS:
            error.param = named[1]
        elif error.param is None and isinstance(error, PromptTooLong):
            error.param = "text_input" if request.messages is None else "messages"
        elif error.param is None:
            error.param = _AT_FAULT.get(type(error))
        raise


async def _together(
    caller: Caller, model: LanguageModel, requests: Sequence[LlmRequest]
) -> AsyncGenerator[Piece, None]:
    waiting: asyncio.Queue[Piece | Exception | None] = asyncio.Queue(_AHEAD)

    async def one(index: int, request: LlmRequest) -> None:
        try:
            async with contextlib.aclosing(_asked(caller, model, request)) as responses:
                async for response in responses:
                    await waiting.put((index, response))
        except Exception as error:  # noqa: BLE001 - raised where the pieces are read
            await waiting.put(error)
        else:
            await waiting.put(None)

    tasks = [asyncio.create_task(one(*each)) for each in enumerate(requests)]
    try:
        running = len(tasks)
        while running:
            piece = await waiting.get()
            if piece is None:
                running -= 1
            elif isinstance(piece, Exception):
                raise piece
            else:
                yield piece
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _check(requests: Sequence[LlmRequest]) -> None:
    if not 1 <= len(requests) <= MOST_ANSWERS:
        raise ParameterOutOfRange(
            f"{len(requests)} answers are asked for, 1 to {MOST_ANSWERS} are given at once"
        )
