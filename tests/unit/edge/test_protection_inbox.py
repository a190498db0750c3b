"""What arrives while a request waits."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.middleware.inbox import Inbox
from tritone.errors import BodyInvalid

pytestmark = pytest.mark.unit


@given(
    parts=st.lists(st.binary(max_size=4), min_size=1, max_size=6),
    pauses=st.lists(st.integers(0, 4), min_size=7, max_size=7),
    looks=st.lists(st.integers(0, 5), max_size=3),
)
def test_no_message_is_lost_or_turned_round(
    parts: list[bytes], pauses: list[int], looks: list[int]
) -> None:
    """However often somebody began to look for the end of the client and was stopped."""

    async def play() -> None:
        turns = iter(zip(parts, pauses, strict=False))

        async def receive() -> Any:
            part, pause = next(turns, (None, 0))
            if part is None:
                return {"type": "http.disconnect"}
            for _ in range(pause):
                await asyncio.sleep(0)
            return {"type": "http.request", "body": part, "more_body": True}

        inbox = Inbox(receive)
        for look in looks:
            gone = asyncio.create_task(inbox.gone())
            for _ in range(look):
                await asyncio.sleep(0)
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
        found = []
        while (message := await inbox())["type"] != "http.disconnect":
            found.append(message["body"])
        assert found == parts
        await inbox.close()

    asyncio.run(play())


async def test_a_body_that_stops_coming() -> None:
    """Its request is refused, so that it does not keep its place."""

    async def receive() -> Any:
        await asyncio.Event().wait()

    inbox = Inbox(receive, stall_seconds=0.01)
    with pytest.raises(BodyInvalid, match=r"no more of the body came for 0\.01 s"):
        await inbox()


async def test_the_end_of_the_client_may_take_as_long_as_it_likes() -> None:
    """After the whole body nothing is expected."""
    left = asyncio.Event()
    messages: list[Any] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if messages:
            return messages.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    inbox = Inbox(receive, stall_seconds=0.01)
    await inbox()
    waiting = asyncio.create_task(inbox())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    left.set()
    assert (await waiting)["type"] == "http.disconnect"
