"""A cancellation that a library swallows is raised all the same."""

import asyncio
import contextlib

import pytest

from tritone.nats.cancelling import cancellable

pytestmark = pytest.mark.unit


async def cancelled_in(block):
    """What becomes of a task that is cancelled in the middle of a block."""
    task = asyncio.ensure_future(block())
    await asyncio.sleep(0)
    task.cancel()
    (result,) = await asyncio.gather(task, return_exceptions=True)
    return result


@pytest.mark.parametrize("error", [None, TimeoutError])
async def test_a_swallowed_cancellation_is_raised(error):
    """Whether the wait then returned or failed in some other way."""

    async def block():
        with cancellable():
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                if error is not None:
                    raise error from None

    assert isinstance(await cancelled_in(block), asyncio.CancelledError)


async def test_one_of_before_the_block_is_not_its_own():
    """Cleaning up after a cancellation may wait, and is not cancelled by it again."""

    async def block():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            with cancellable():
                await asyncio.sleep(0)
            return "cleaned up"

    assert await cancelled_in(block) == "cleaned up"


async def test_other_errors_pass():
    """As they are."""
    with pytest.raises(ValueError, match="why"), cancellable():
        raise ValueError("why")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0):
            with cancellable():
                await asyncio.sleep(1)
