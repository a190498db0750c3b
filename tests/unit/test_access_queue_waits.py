"""One lane's queue: how long a wait it expects, and whom it refuses for that."""

import contextlib

import pytest

from tests.unit.access_kit import Lab
from tritone.access.ticket import Ticket
from tritone.errors import Overloaded

pytestmark = pytest.mark.unit


async def test_who_would_wait_too_long_is_refused_at_once() -> None:
    """Four seconds each, two places, two waiting: the next would have its turn after eight."""
    lab = Lab(running=2, queue_seconds=60.0)
    lab.served(4.0)
    for _ in range(4):  # two begin, two wait
        lab.queue.ask("ada")
    with pytest.raises(Overloaded, match=r"longer than 8 s") as caught:
        lab.queue.ask("ada", 8.0)
    assert caught.value.retry_after == pytest.approx(8.0)
    assert not lab.queue.ask("ada", 12.0).granted


async def test_the_expected_wait_knows_when_the_places_come_free() -> None:
    """Eight that began together end together: at first nobody may hope, in the end somebody may."""
    lab = Lab(running=8, queue_seconds=2.0)
    lab.served(5.0)
    for _ in range(8):
        lab.queue.ask("ada")
    for seconds in (0.0, 1.0, 1.0, 1.0):
        lab.now += seconds
        with pytest.raises(Overloaded):
            lab.queue.ask("ada")
    lab.now += 0.6
    assert not lab.queue.ask("ada").granted


async def test_a_queue_that_stands_is_shortened() -> None:
    """While all places stay taken, only the next one waits; then crowds may wait again."""
    lab = Lab(running=4, queue_seconds=2.0)
    lab.served(1.6)
    tickets: list[Ticket] = []

    def come(requests: int) -> int:
        """So many come; how many wait then."""
        for _ in range(requests):
            with contextlib.suppress(Overloaded):
                tickets.append(lab.queue.ask("ada"))
        return lab.queue.figures().waiting

    def served() -> None:
        """One that began before the others has its answer."""
        lab.now += 0.4
        tickets.pop(0).leave()

    def crowded(seconds: float) -> int:
        """Five come whenever a place comes free; how many wait in the end."""
        waiting = 0
        for _ in range(round(seconds / 0.4)):
            served()
            waiting = come(5)
        return waiting

    for _ in range(4):
        come(1)
        lab.now += 0.4
    assert crowded(4.0) == 3
    assert crowded(4.0) == 1
    for _ in range(3):
        served()
    assert come(1) == 0  # there is a place
    come(5)
    assert crowded(3.2) == 3


async def test_the_expected_wait_knows_who_goes_first() -> None:
    """A newcomer without anything running does not wait for all the others."""
    lab = Lab(running=1)
    lab.served(4.0)
    lab.queue.ask("greedy")
    lab.queue.ask("greedy")
    with pytest.raises(Overloaded):
        lab.queue.ask("greedy", 6.0)
    assert not lab.queue.ask("modest", 6.0).granted


async def test_before_anything_has_ended_the_silence_counts() -> None:
    """All places taken for twelve seconds: nobody should hope for one within ten."""
    lab = Lab(running=1)
    lab.queue.ask("ada")
    assert not lab.queue.ask("ada").granted
    lab.now += 12.0
    with pytest.raises(Overloaded, match="longer than 10 s"):
        lab.queue.ask("ada")


async def test_an_average_does_not_hide_that_everything_hangs() -> None:
    """Requests used to take a second; nothing has ended for twenty."""
    lab = Lab(running=1)
    lab.served(1.0)
    lab.queue.ask("ada")
    lab.now += 0.9
    waiting = lab.queue.ask("ada")
    lab.now += 19.0
    with pytest.raises(Overloaded) as caught:
        lab.queue.ask("ada")
    assert caught.value.retry_after == pytest.approx(19.9)
    waiting.leave()


async def test_failures_do_not_shorten_the_average() -> None:
    """A request that is wrong ends at once, which says nothing of the others."""
    lab = Lab(running=1)
    lab.served(4.0)
    for _ in range(50):
        lab.served(0.001, counts=False)
    assert lab.queue.figures().average == pytest.approx(4.0)


async def test_the_average_follows_what_happens_now() -> None:
    """Thirty slow ones outweigh what was before."""
    lab = Lab(running=1)
    for _ in range(30):
        lab.served(1.0)
    for _ in range(30):
        lab.served(5.0)
    assert lab.queue.figures().average == pytest.approx(5.0, rel=0.05)


async def test_a_full_house_has_an_average_of_its_own() -> None:
    """What one caller alone was served in says little of what eight at once are."""
    lab = Lab(running=2)
    for _ in range(20):
        lab.served(1.0)
    assert lab.queue.figures().average == pytest.approx(1.0)
    for _ in range(3):
        tickets = [lab.queue.ask("ada"), lab.queue.ask("ada")]
        lab.now += 7.0
        for ticket in tickets:
            ticket.leave()
    for _ in range(20):
        lab.served(1.0)
    assert lab.queue.figures().average == pytest.approx(7.0)
