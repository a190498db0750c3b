"""One lane's queue: its order, its bounds, and places that are never lost."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.access_kit import Lab
from tritone.access.ticket import Ticket
from tritone.errors import Overloaded

pytestmark = pytest.mark.unit


async def test_a_free_place_is_given_at_once() -> None:
    """Without waiting for the event loop even once."""
    lab = Lab(running=2)
    tickets = [lab.queue.ask("ada") for _ in range(3)]
    assert [ticket.granted for ticket in tickets] == [True, True, False]
    turn = tickets[0].turn()
    with pytest.raises(StopIteration):
        turn.send(None)


@given(
    callers=st.lists(st.sampled_from("abcd"), min_size=1, max_size=12), running=st.integers(1, 3)
)
def test_who_has_fewest_running_goes_first(callers: list[str], running: int) -> None:
    """Among equals who came first, at every free place."""

    async def play() -> None:
        lab = Lab(running=running, waiting=100)
        at_work = [lab.queue.ask("a") for _ in range(running)]
        waiting = [lab.queue.ask(caller) for caller in callers]
        while waiting:
            at_work.pop(0).leave()
            has = Counter(ticket.caller for ticket in at_work)
            (expected, *_) = sorted(
                waiting, key=lambda ticket: (has[ticket.caller], ticket.arrival)
            )
            (granted,) = [ticket for ticket in waiting if ticket.granted]
            assert granted is expected
            waiting.remove(granted)
            at_work.append(granted)

    asyncio.run(play())


async def test_a_caller_of_many_does_not_keep_another_waiting() -> None:
    """Fifteen requests that came before do not come before."""
    lab = Lab(running=2)
    greedy = [lab.queue.ask("greedy") for _ in range(17)]
    modest = lab.queue.ask("modest")
    greedy[0].leave()
    assert modest.granted
    assert sum(ticket.granted for ticket in greedy) == 1


async def test_a_full_queue_makes_room_for_who_has_less() -> None:
    """The greediest one's latest request gives way, and is told when to try again."""
    lab = Lab(running=1, waiting=3)
    greedy = [lab.queue.ask("greedy") for _ in range(4)]
    modest = lab.queue.ask("modest")
    assert not modest.granted
    with pytest.raises(Overloaded, match="another caller") as caught:
        await greedy[3].turn()
    assert caught.value.retry_after is not None
    assert lab.queue.figures().waiting == 3
    for ticket in greedy:
        ticket.leave()
    assert modest.granted


async def test_nobody_gives_way_to_an_equal() -> None:
    """Two callers do not push each other out by turns."""
    lab = Lab(running=1, waiting=2)
    tickets = [lab.queue.ask(caller) for caller in ("ada", "ada", "bob")]
    for caller in ("bob", "ada"):
        with pytest.raises(Overloaded, match="full"):
            lab.queue.ask(caller)
    assert lab.queue.figures().waiting == 2
    for ticket in tickets:
        ticket.leave()


async def test_a_full_queue_refuses_at_once() -> None:
    """The message says how much there is, and when to try again."""
    lab = Lab(running=2, waiting=1)
    for _ in range(3):
        lab.queue.ask("ada")
    with pytest.raises(Overloaded, match=r"too much chat work \(2 running, 1 waiting\)") as caught:
        lab.queue.ask("ada")
    assert caught.value.retry_after == 1.0


async def test_a_deadline_that_passes_while_waiting() -> None:
    """The request is refused then, and leaves nothing behind."""
    lab = Lab(running=1)
    first = lab.queue.ask("ada")
    late = lab.queue.ask("ada", 0.01)
    with pytest.raises(Overloaded, match=r"no place came free in 0\.01 s"):
        await late.turn()
    assert lab.queue.figures().waiting == 0
    late.leave()
    first.leave()
    assert lab.queue.ask("ada").granted


async def test_more_backends_are_more_places() -> None:
    """Those who wait have them as soon as the lane is told."""
    lab = Lab(running=1)
    tickets = [lab.queue.ask("ada") for _ in range(4)]
    lab.backends = 3
    lab.queue.refresh()
    assert [ticket.granted for ticket in tickets] == [True, True, True, False]
    lab.backends = 1
    tickets[0].leave()
    assert not tickets[3].granted
    tickets[1].leave()
    tickets[2].leave()
    assert tickets[3].granted


async def test_without_a_backend_a_request_goes_on() -> None:
    """It learns at once that no server answers, instead of waiting for one."""
    lab = Lab(running=1)
    lab.backends = 0
    assert lab.queue.ask("ada").granted


async def test_a_place_given_to_who_was_just_cancelled_goes_to_the_next() -> None:
    """Within one turn of the loop the first ends, and the second, next in line, is cancelled."""
    lab = Lab(running=1)
    first, second, third = (lab.queue.ask("ada") for _ in range(3))

    async def wait_for(ticket: Ticket) -> None:
        try:
            await ticket.turn()
        finally:
            ticket.leave()

    waiting = asyncio.create_task(wait_for(second))
    await asyncio.sleep(0)
    waiting.cancel()
    first.leave()  # before the cancel has reached the task
    assert second.granted
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert third.granted
    third.leave()
    assert lab.queue.figures().running == 0


async def test_leaving_twice_gives_back_one_place() -> None:
    """However a request ends."""
    lab = Lab(running=1)
    first, second, third = (lab.queue.ask("ada") for _ in range(3))
    first.leave()
    first.leave()
    assert (second.granted, third.granted) == (True, False)


async def test_figures() -> None:
    """What metrics show."""
    lab = Lab(running=1, waiting=1)
    lab.queue.ask("ada")
    waiting = lab.queue.ask("ada")
    with pytest.raises(Overloaded):
        lab.queue.ask("ada")
    figures = lab.queue.figures()
    assert (figures.running, figures.waiting, figures.places) == (1, 1, 1)
    assert (figures.admitted, figures.refused) == (1, 1)
    waiting.leave()
