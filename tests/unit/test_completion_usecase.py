"""Answers of a language model: whole or in pieces, one or several, and errors that name a field."""

import asyncio
import json

import pytest

from tests.unit.completion_kit import Writer, answer
from tritone.contract import LLM, LlmRequest, LlmResponse
from tritone.errors import (
    EngineDied,
    InvalidInput,
    InvalidSchema,
    InvalidTools,
    ParameterOutOfRange,
    PromptTooLong,
    TextTooLong,
)
from tritone.usecases.completion import MOST_ANSWERS, complete, variants, write

pytestmark = pytest.mark.unit

ASKED = LlmRequest(messages="[]", random_seed=2**64 - 1)


async def test_whole_answers_are_read_as_they_are_written():
    """In the order of the requests; a long silence would look like a dead model."""
    writer = Writer(answer("a", "b"), answer("c"))
    found = await complete(writer, LLM, [ASKED, ASKED])
    assert [each.text_output for each in found] == ["ab", "c"]
    assert all(request.stream for request in writer.asked)
    assert writer.open == 0


async def test_a_whole_answer_that_breaks_off_is_asked_for_once_more():
    """Nobody saw its beginning. A second failure is the caller's."""
    broken = [LlmResponse(text_output="a"), EngineDied("gone")]
    writer = Writer(broken, answer("b"))
    assert [each.text_output for each in await complete(writer, LLM, [ASKED])] == ["b"]
    writer = Writer(broken)
    with pytest.raises(EngineDied):
        await complete(writer, LLM, [ASKED])
    assert len(writer.asked) == 2


async def test_tool_calls_are_joined():
    """The deltas of each call make one call, its id and name once."""
    first = '[{"index":0,"id":"c0","type":"function","function":{"name":"f","arguments":"{"}}]'
    rest = '[{"index":0,"function":{"arguments":"}"}}]'
    other = '[{"index":1,"id":"c1","type":"function","function":{"name":"g","arguments":"{}"}}]'
    pieces = [LlmResponse(tool_calls=each) for each in (first, rest, other)]
    [found] = await complete(Writer([*pieces, *answer(reason="tool_calls")]), LLM, [ASKED])
    calls = json.loads(found.tool_calls)
    assert [(call["id"], call["function"]["name"]) for call in calls] == [("c0", "f"), ("c1", "g")]
    assert [call["function"]["arguments"] for call in calls] == ["{}", "{}"]
    assert all("index" not in call for call in calls)


async def test_pieces_come_as_they_are_written():
    """Each with the place of its request; the end of each is there."""
    writer = Writer(answer("a", "b"), answer("c"))
    pieces = [piece async for piece in write(writer, LLM, [ASKED, ASKED])]
    assert [p.text_output for i, p in pieces if i == 0] == ["a", "b", ""]
    assert [p.text_output for i, p in pieces if i == 1] == ["c", ""]
    assert all(request.stream for request in writer.asked)


@pytest.mark.parametrize("answers", [1, 3])
async def test_closing_ends_every_answer(answers):
    """None is left running."""
    writer = Writer(endless=True)
    pieces = write(writer, LLM, [ASKED] * answers)
    for _ in range(40):
        await anext(pieces)
    assert writer.open == answers
    await pieces.aclose()
    assert writer.open == 0


async def test_a_slow_reader_lets_the_model_wait():
    """Pieces do not pile up: what was written is bounded while nobody reads."""
    written = 0

    class Counting(Writer):
        async def stream(self, model, request, **_):
            nonlocal written
            while True:
                await asyncio.sleep(0)
                written += 1
                yield LlmResponse(text_output="on")

    pieces = write(Counting(), LLM, [ASKED] * 4)
    await anext(pieces)
    for _ in range(500):
        await asyncio.sleep(0)
    assert written < 50
    await pieces.aclose()


async def test_one_failure_ends_all():
    """And is raised by itself."""
    broken = [LlmResponse(text_output="a"), EngineDied("gone")]
    writer = Writer(broken, answer(*"bcdef"))
    with pytest.raises(EngineDied):
        async for _ in write(writer, LLM, [ASKED, ASKED]):
            pass
    assert writer.open == 0
    with pytest.raises(EngineDied):
        await complete(Writer([EngineDied("gone")]), LLM, [ASKED, ASKED])


async def test_an_answer_that_never_came_is_an_error():
    """A stream that ends without a response."""
    with pytest.raises(EngineDied):
        await complete(Silent(), LLM, [ASKED])


class Silent(Writer):
    """Ends at once."""

    async def stream(self, model, request, **_):
        return
        yield


@pytest.mark.parametrize("count", [0, MOST_ANSWERS + 1])
async def test_the_number_of_answers_is_bounded(count):
    """Each takes a place in the model."""
    with pytest.raises(ParameterOutOfRange):
        await complete(Writer(), LLM, [ASKED] * count)
    with pytest.raises(ParameterOutOfRange):
        await anext(write(Writer(), LLM, [ASKED] * count))


def test_variants_have_seeds_of_their_own():
    """Derived from the one given, so that all of them can be repeated."""
    assert [each.random_seed for each in variants(ASKED, 3)] == [2**64 - 1, 0, 1]
    assert [each.random_seed for each in variants(LlmRequest(messages="[]"), 2)] == [None, None]


@pytest.mark.parametrize(
    ("error", "param"),
    [
        (ParameterOutOfRange("'temperature' is 3, it must be 0 to 2"), "temperature"),
        (InvalidSchema("'response_format.type' must be text"), "response_format"),
        (InvalidSchema("the JSON schema cannot be enforced"), "response_format"),
        (InvalidTools("a tool's JSON schema cannot be enforced"), "tools"),
        (InvalidTools("'tool_choice' must be auto"), "tool_choice"),
        (PromptTooLong("too many tokens"), "messages"),
        (TextTooLong("'messages' has 9 characters"), "messages"),
        (InvalidInput("'nonsense' is odd"), None),
        (InvalidInput("odd", param="mine"), "mine"),
    ],
)
async def test_a_refusal_names_the_field(error, param):
    """Read from what the model says, which has no other place for it."""
    for run in (_first, _whole):
        with pytest.raises(InvalidInput) as caught:
            await run(Writer([type(error)(error.message, param=error.param)]))
        assert caught.value.param == param


async def _first(writer):
    await anext(write(writer, LLM, [ASKED]))


async def _whole(writer):
    await complete(writer, LLM, [ASKED])
