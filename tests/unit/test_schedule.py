"""Who is served first."""

import threading
import time

import pytest

from tritone.cancellation import Cancellation
from tritone.errors import Cancelled, SetupError
from tritone.pipelines.schedule import FirstCome, PlaybackPaced, Schedule, Stage, Turn, policy

pytestmark = pytest.mark.unit

ROOM = {Stage.HEAR: 1, Stage.THINK: 1, Stage.SPEAK: 1}


class Clock:
    """A clock that the test turns."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def served_order(schedule: Schedule, turns: dict[str, Turn], stage=Stage.THINK) -> list[str]:
    """In which order turns that all wait for one place get it."""
    order: list[str] = []
    free = Cancellation()

    def work(name: str, turn: Turn):
        with schedule.admit(turn, stage, free):
            order.append(name)

    with schedule.turn() as first, schedule.admit(first, stage, free):
        threads = [threading.Thread(target=work, args=item) for item in turns.items()]
        for thread in threads:
            thread.start()
        while len(schedule._waiting[stage]) < len(turns):
            time.sleep(0.001)
    for thread in threads:
        thread.join(5)
    return order


def test_first_come_serves_by_arrival():
    """Whatever was sent, the one who came first goes first."""
    clock = Clock()
    schedule = Schedule(FirstCome(), ROOM, clock)
    turns = {name: Turn(at) for name, at in (("late", 3.0), ("early", 1.0), ("middle", 2.0))}
    turns["early"].sent(50, clock())
    assert served_order(schedule, turns) == ["early", "middle", "late"]


def test_playback_paced_serves_the_silent_before_the_listening():
    """Who heard nothing yet goes first, by arrival; then whose audio runs out soonest."""
    clock = Clock()
    schedule = Schedule(PlaybackPaced(comfort=60), ROOM, clock)
    turns = {name: Turn(at) for name, at in (("a", 1.0), ("b", 2.0), ("c", 99.0), ("d", 98.0))}
    turns["a"].sent(9, clock())
    turns["b"].sent(5, clock())
    assert served_order(schedule, turns) == ["d", "c", "b", "a"]


def test_a_turn_that_is_ahead_rests_only_while_another_is_not():
    """Resting alone would waste the machine."""
    clock = Clock()
    schedule = Schedule(PlaybackPaced(comfort=2.0), ROOM, clock)
    with schedule.turn() as ahead:
        schedule.sent(ahead, 10.0)
        assert not schedule.should_rest(ahead)
        with schedule.turn() as hungry:
            assert schedule.should_rest(ahead)
            assert not schedule.should_rest(hungry)
            schedule.sent(hungry, 5.0)
            assert not schedule.should_rest(ahead)
        assert not schedule.should_rest(ahead)


def test_a_resting_turn_goes_on_before_its_audio_runs_out():
    """Playback moves by itself: with comfort used up the turn is admitted again."""
    clock = Clock()
    schedule = Schedule(PlaybackPaced(comfort=2.0), ROOM, clock)
    with schedule.turn() as ahead, schedule.turn():
        schedule.sent(ahead, 10.0)
        admitted = threading.Event()

        def go():
            with schedule.admit(ahead, Stage.THINK, Cancellation()):
                admitted.set()

        thread = threading.Thread(target=go)
        thread.start()
        assert not admitted.wait(0.2)
        clock.now += 8.5
        assert admitted.wait(5)
        thread.join()


def test_playback_starts_with_the_first_audio():
    """Audio sent after a pause plays from then on, not from when the last one ended."""
    turn = Turn(0.0)
    turn.sent(2.0, now=10.0)
    assert turn.ahead(11.0) == 1.0
    turn.sent(3.0, now=20.0)
    assert turn.ahead(20.0) == 3.0
    turn.sent(3.0, now=21.0)
    assert turn.ahead(21.0) == 5.0


def test_a_cancelled_turn_leaves_the_queue():
    """It raises the reason, and the next one is served."""
    schedule = Schedule(PlaybackPaced(), ROOM)
    cancellation = Cancellation()
    with schedule.turn() as holder, schedule.admit(holder, Stage.HEAR, Cancellation()):
        threading.Timer(0.05, cancellation.cancel, [Cancelled("gone")]).start()
        with (
            schedule.turn() as waiting,
            pytest.raises(Cancelled),
            schedule.admit(waiting, Stage.HEAR, cancellation),
        ):
            pass
    with schedule.turn() as later, schedule.admit(later, Stage.HEAR, Cancellation()):
        pass


def test_a_place_is_given_back_after_a_failure():
    """An exception inside a stage does not use up its room."""
    schedule = Schedule(FirstCome(), ROOM)
    for _ in range(3):
        with (
            pytest.raises(ValueError, match="oops"),
            schedule.turn() as turn,
            schedule.admit(turn, Stage.SPEAK, Cancellation()),
        ):
            raise ValueError("oops")


def test_an_unknown_policy_is_a_setup_error_that_lists_the_known():
    """A typing mistake in the config is told at load time."""
    with pytest.raises(SetupError, match="playback_paced or first_come"):
        policy("fifo")
