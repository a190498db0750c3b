"""What failed is spared for a growing time and comes back step by step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.routing import Pace
from tritone.routing.breaker import Breaker

pytestmark = pytest.mark.unit

PACE = Pace(spare=0.5, spare_longest=30.0, doublings=3)


class Clock:
    """Time that passes when told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return Breaker(PACE, clock)


def fail(breaker):
    call = breaker.begin()
    assert breaker.failed(call)
    breaker.end(call)


def succeed(breaker):
    call = breaker.begin()
    breaker.succeeded(call)
    breaker.end(call)


def test_it_lets_all_calls_through_while_nothing_fails(breaker):
    """However many run."""
    for _ in range(100):
        assert breaker.has_room
        breaker.begin()
    assert breaker.closed


def test_pauses_double_up_to_the_longest(breaker, clock):
    """0.5 s, 1 s, 2 s … 30 s; then it may be tried."""
    pauses = []
    for _ in range(9):
        fail(breaker)
        assert not breaker.has_room
        pauses.append(breaker.spared_for)
        clock.now += breaker.spared_for
        assert breaker.has_room
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_many_calls_broken_by_one_crash_are_one_failure(breaker):
    """The first to end tells; the others began before it."""
    calls = [breaker.begin() for _ in range(8)]
    assert [breaker.failed(call) for call in calls] == [True] + 7 * [False]
    assert breaker.spared_for == 0.5


def test_it_comes_back_step_by_step(breaker, clock):
    """One call at a time, then two, then four; then it is as if nothing had been."""
    fail(breaker)
    clock.now += 1
    for at_once in (1, 2, 4):
        calls = []
        while breaker.has_room:
            calls.append(breaker.begin())
        assert len(calls) == at_once
        breaker.succeeded(calls[0])
        for call in calls:
            breaker.end(call)
    assert breaker.closed


def test_a_trial_that_is_cancelled_makes_room_for_the_next(breaker, clock):
    """It neither succeeded nor failed."""
    fail(breaker)
    clock.now += 1
    call = breaker.begin()
    assert not breaker.has_room
    breaker.end(call)
    assert breaker.has_room
    assert not breaker.closed


def test_a_trial_that_fails_makes_the_next_pause_longer(breaker, clock):
    """Successes before it are forgotten."""
    fail(breaker)
    clock.now += 1
    succeed(breaker)
    fail(breaker)
    assert breaker.spared_for == 1
    clock.now += 1
    breaker.begin()
    assert not breaker.has_room


def test_what_was_called_before_the_failure_says_nothing_of_now(breaker, clock):
    """A stream of old that ends well does not open the door, nor does its end free a trial."""
    old = breaker.begin()
    fail(breaker)
    breaker.succeeded(old)
    assert breaker.spared_for == 0.5
    clock.now += 1
    breaker.begin()
    breaker.end(old)
    assert not breaker.has_room


def test_a_success_during_the_pause_ends_it(breaker):
    """Somebody had no other choice but to call, and was answered."""
    fail(breaker)
    succeed(breaker)
    assert breaker.spared_for == 0
    assert breaker.has_room


def test_one_that_was_gone_is_let_in_step_by_step_too(breaker):
    """Without a pause: it has just shown that it is there."""
    breaker.half_open()
    assert breaker.spared_for == 0
    breaker.begin()
    assert not breaker.has_room


@given(st.lists(st.sampled_from(["begin", "good", "bad", "cancel", "wait", "back"]), max_size=60))
def test_whatever_happens_successes_close_it_again(events):
    """No order of events leaves it shut for ever."""
    clock = Clock()
    breaker = Breaker(PACE, clock)
    running: list[int] = []
    for event in events:
        if event == "begin":
            running.append(breaker.begin())
        elif event == "wait":
            clock.now += 0.3
        elif event == "back":
            breaker.half_open()
        elif running:
            call = running.pop(0)
            if event == "good":
                breaker.succeeded(call)
            elif event == "bad":
                breaker.failed(call)
            breaker.end(call)
    for call in running:
        breaker.end(call)
    clock.now += PACE.spare_longest
    for _ in range(PACE.doublings):
        assert breaker.has_room
        succeed(breaker)
    assert breaker.closed
