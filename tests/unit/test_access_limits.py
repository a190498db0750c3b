"""What one key may ask for."""

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.access import keys
from tritone.access.limits import KeyLimits, Standing
from tritone.errors import RateLimited

pytestmark = pytest.mark.unit


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def key(rpm: int | None = None, concurrency: int | None = None) -> keys.Key:
    return keys.create("ada", requests_per_minute=rpm, concurrency=concurrency)[0]


def passes(limits: KeyLimits, of: keys.Key) -> bool:
    try:
        with limits.hold(of):
            return True
    except RateLimited:
        return False


@given(limit=st.integers(1, 5), gaps=st.lists(st.integers(0, 40).map(lambda tenths: tenths / 2)))
def test_no_60_seconds_hold_more_than_the_limit(limit: int, gaps: list[float]) -> None:
    """Wherever they begin; and whoever is refused would really have been too many."""
    clock = Clock()
    limits, one, accepted = KeyLimits(clock), key(rpm=limit), []
    for gap in gaps:
        clock.now += gap
        recent = [at for at in accepted if at > clock.now - 60]
        if passes(limits, one):
            accepted.append(clock.now)
            assert len(recent) < limit
        else:
            assert len(recent) == limit


@given(limit=st.integers(1, 5), gaps=st.lists(st.integers(0, 40).map(lambda tenths: tenths / 2)))
def test_retry_after_is_when_the_next_one_passes(limit: int, gaps: list[float]) -> None:
    """Just before it would be refused again."""
    clock = Clock()
    limits, one = KeyLimits(clock), key(rpm=limit)
    for gap in [*gaps, *[0.0] * limit]:
        clock.now += gap
        passes(limits, one)
    with pytest.raises(RateLimited) as caught, limits.hold(one):
        pass
    assert caught.value.retry_after is not None
    clock.now += caught.value.retry_after - 0.01
    assert not passes(limits, one)
    clock.now += 0.02
    assert passes(limits, one)


def test_a_refused_request_does_not_count() -> None:
    """Trying again and again does not push the end of the minute away."""
    clock = Clock()
    limits, one = KeyLimits(clock), key(rpm=1)
    assert passes(limits, one)
    for _ in range(59):
        clock.now += 1
        assert not passes(limits, one)
    clock.now += 1
    assert passes(limits, one)


def test_a_lowered_limit_holds_at_once() -> None:
    """The time until the next one is that of the lower limit."""
    clock = Clock()
    limits, one = KeyLimits(clock), key(rpm=4)
    for _ in range(4):
        assert passes(limits, one)
        clock.now += 10
    lowered = keys.Key(
        **{name: getattr(one, name) for name in one.__struct_fields__} | {"requests_per_minute": 2}
    )
    with pytest.raises(RateLimited) as caught, limits.hold(lowered):
        pass
    # Accepted 40, 30, 20 and 10 s ago: fewer than two remain when the third is 60 s old.
    assert caught.value.retry_after == pytest.approx(40)


def test_requests_at_once() -> None:
    """A place is free again when its request ends, also by an exception."""
    limits, one = KeyLimits(), key(concurrency=2)
    with limits.hold(one):
        with contextlib.suppress(LookupError), limits.hold(one):
            assert not passes(limits, one)
            raise LookupError
        assert passes(limits, one)


def test_too_many_at_once_do_not_use_up_the_rate() -> None:
    """A request that was not accepted is not one of the minute's."""
    limits, one = KeyLimits(), key(rpm=2, concurrency=1)
    with limits.hold(one):
        for _ in range(5):
            assert not passes(limits, one)
    assert passes(limits, one)


def test_keys_do_not_share_limits() -> None:
    """One that is used up leaves the other alone."""
    limits, one, other = KeyLimits(), key(rpm=1), key(rpm=1)
    assert passes(limits, one)
    assert not passes(limits, one)
    assert passes(limits, other)


def test_a_key_without_limits_has_none() -> None:
    """And no standing to tell."""
    limits, one = KeyLimits(), key()
    assert all(passes(limits, one) for _ in range(1000))
    assert limits.standing(one) is None


def test_standing() -> None:
    """What is left, and when all of it will be."""
    clock = Clock()
    limits, one = KeyLimits(clock), key(rpm=3)
    assert limits.standing(one) == Standing(3, 3, 0.0)
    passes(limits, one)
    clock.now += 10
    passes(limits, one)
    assert limits.standing(one) == Standing(3, 1, 60.0)
    clock.now += 50
    assert limits.standing(one) == Standing(3, 2, 10.0)


@given(data=st.data())
async def test_cancelled_requests_give_back_their_place(data: st.DataObject) -> None:
    """Exactly: after any order of cancels and ends, as many fit as the limit says."""
    limits, one = KeyLimits(), key(concurrency=3)

    async def request(end: asyncio.Event) -> None:
        with limits.hold(one):
            await end.wait()

    everyone: list[asyncio.Task[None]] = []
    running: list[tuple[asyncio.Task[None], asyncio.Event]] = []
    for action in data.draw(st.lists(st.sampled_from(["begin", "cancel", "end"]), max_size=20)):
        if action == "begin":
            end = asyncio.Event()
            everyone.append(asyncio.create_task(request(end)))
            running.append((everyone[-1], end))
        elif running:
            task, end = running.pop(0)
            if action == "cancel":
                task.cancel()
            end.set()
        if data.draw(st.booleans()):
            await asyncio.sleep(0)
    for _, end in running:
        end.set()
    await asyncio.gather(*everyone, return_exceptions=True)
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(limits.hold(one))
        assert not passes(limits, one)
