"""Who asks when: loads over a subject that only waits."""

import asyncio

import pytest

from perf.bench.loads import Closed, Once, Paced, driven
from perf.bench.subjects.base import Answer, Item
from tests.unit.perf.perf_kit import Echo, chat

pytestmark = pytest.mark.unit


def items(count: int) -> list[Item]:
    return [chat(str(number)) for number in range(count)]


async def test_closed_asks_everything_with_so_many_at_once():
    """Each item is asked once, by as many callers as there are and never by more."""
    subject = Echo(0.01)
    answers = await driven(Closed(3), subject.one, items(10))
    assert subject.most == 3
    assert sorted(subject.asked, key=int) == [str(number) for number in range(10)]
    assert {answer.caller for answer in answers} == {0, 1, 2}


async def test_answers_are_in_the_order_of_items():
    """However long each took, the answers stand where their items stood."""

    async def one(item: Item) -> Answer:
        await asyncio.sleep(0.03 if item.text == "0" else 0.0)
        return Answer(extra={"text": item.text})

    answers = await driven(Closed(2), one, items(5))
    assert [answer.extra["text"] for answer in answers] == ["0", "1", "2", "3", "4"]


async def test_slow_answer_holds_up_its_own_caller_only():
    """The others take what is left in the queue meanwhile."""

    async def one(item: Item) -> Answer:
        await asyncio.sleep(0.1 if item.text == "0" else 0.001)
        return Answer()

    answers = await driven(Closed(2), one, items(6))
    assert [answer.caller for answer in answers] == [0, 1, 1, 1, 1, 1]


async def test_failure_becomes_an_answer():
    """A call that raises counts as an error in one line, without units, and the round goes on."""
    subject = Echo()
    answers = await driven(Closed(1), subject.one, [chat("fail"), chat("well")])
    assert [answer.error for answer in answers] == ["it was asked to", None]
    assert answers[0].units == 0.0


async def test_more_callers_than_items():
    """Callers for whom there is nothing do nothing."""
    assert len(await driven(Closed(8), Echo().one, items(2))) == 2
    assert await driven(Closed(8), Echo().one, []) == []


async def test_once_asks_everything_at_the_same_moment():
    """Every item has a caller of its own."""
    subject = Echo(0.01)
    answers = await driven(Once(), subject.one, items(6))
    assert subject.most == 6
    assert [answer.caller for answer in answers] == [0, 1, 2, 3, 4, 5]


async def test_paced_caller_speaks_first():
    """The call begins when the speech is over: its length, or the load's when that is longer."""
    load = Paced(1, speak=0.02, spread=0.0)
    for seconds, wait in ((0.0, 0.02), (0.05, 0.05)):
        (answer,) = await driven(load, Echo().one, [chat(seconds=seconds)])
        assert answer.at >= wait


async def test_paced_caller_listens_to_the_whole_answer():
    """The next turn begins when all was heard from its first sample on, pauses included."""

    async def one(_: Item) -> Answer:
        return Answer(first=0.01, last=0.01, extra={"audio_seconds": 0.05, "stall_seconds": 0.02})

    load = Paced(1, speak=0.01, spread=0.0)
    first, second = await driven(load, one, items(2))
    assert second.at >= first.at + 0.01 + 0.05 + 0.02 + 0.01


async def test_paced_callers_begin_one_after_another():
    """Their first words are spread evenly, so that they do not ask in one breath."""
    load = Paced(3, speak=0.0, spread=0.06)
    answers = await driven(load, Echo(0.1).one, items(3))
    assert [answer.caller for answer in sorted(answers, key=lambda one: one.at)] == [0, 1, 2]
    assert max(answer.at for answer in answers) >= 0.04


async def test_cancelling_ends_all_callers():
    """A round that is given up leaves no call behind."""
    subject = Echo(60.0)
    task = asyncio.create_task(driven(Closed(2), subject.one, items(4)))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert subject.now == 0
