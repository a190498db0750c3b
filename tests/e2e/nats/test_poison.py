"""Messages that nobody can answer, among many that anybody can."""

import asyncio
import uuid

import msgpack
import pytest

from tests.e2e.nats.counting import count
from tests.e2e.nats.slow_bridge import pieces_of
from tritone.nats.letters import list_letters, redrive

pytestmark = [pytest.mark.nats, pytest.mark.timeout(120)]

MESSAGES = 400
CHAT = "ai.chat.user.u1.message"
LARGE = bytes(10 * 1024**2)


def poison():
    """One message in a hundred: subject, payload, and the code of what is wrong with it."""
    ids = [str(uuid.uuid4()) for _ in range(3)]
    wrong_type = {"request_id": ids[0], "user_id": "u1", "message": ["say", 7]}
    stranger = {"request_id": ids[1], "user_id": "u2", "message": "say 1"}
    recording = {"request_id": ids[2], "user_id": "u1", "audio": LARGE, "format": "wav"}
    return [
        (CHAT, b"\xc1 this is no MessagePack", "BODY_INVALID"),
        (CHAT, msgpack.packb(wrong_type), "BODY_INVALID"),
        (CHAT, msgpack.packb(stranger), "INVALID_INPUT"),
        ("ai.voice.user.u1.request", msgpack.packb(recording), "PAYLOAD_TOO_LARGE"),
    ]


async def test_poison_is_put_aside_with_reasons_and_answered_once_mended(
    server, bridges, publisher, ready
):
    """Everything else is answered, and nothing waits for it; `redrive` sends what was mended."""
    bridges.start(server.url)
    await ready()
    bad = poison()
    for subject, data, _ in bad:
        await publisher.chats(MESSAGES // len(bad) - 1, 0.002)
        await publisher.keep(subject, data)
    told = {"BODY_INVALID", "INVALID_INPUT"}  # those of the bad ones that say who they are
    js = publisher._js
    letters = []
    async with asyncio.timeout(30):
        while len(letters) < len(bad):
            letters = await list_letters(js)
    letters.sort(key=lambda each: (each.subject, each.code))
    assert [(each.subject, each.code) for each in letters] == [
        (subject, code) for subject, _, code in bad
    ]
    assert all(each.error and each.attempts == 1 for each in letters)
    chats = await publisher.stored("AI_CHAT_RESPONSE", "ai.chat.response.*")
    errors = [fields for fields, _ in chats if fields["type"] == "error"]
    assert {each["code"] for each in errors} == told
    assert len(errors) == len(told)

    mended = {"request_id": letters[1].request_id, "user_id": "u1", "message": "say mended"}
    publisher.heard.pop(mended["request_id"])
    await redrive(js, letters[1].seq, msgpack.packb(mended))
    whole = "".join(pieces_of(mended["message"]))
    async with asyncio.timeout(30):
        heard = publisher.heard[mended["request_id"]].wholes
        while not heard:  # noqa: ASYNC110 - it is said by another process
            await asyncio.sleep(0.1)
    assert [each["content"] for each in heard] == [whole]
    assert len(await list_letters(js)) == len(bad) - 1
    assert len(publisher.asked) == MESSAGES - len(bad)
    await count(publisher, bridges, seconds=30)
