"""Whatever is sent, an answer or a refusal comes back, and none of them is a defect."""

import random

import grpc
import pytest

from tests.rpc.rpc_kit import KITCHEN, opened

pytestmark = pytest.mark.unit
GOOD = (grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT)
WORDS = (
    *("turn", "on", "off", "the", "all", "lights", "light", "kitchen", "living room", "blinds"),
    *("set", "to", "fifty", "percent", "50", "%", "and", "then", "don't", "please", "is", "?"),
    *("ignore previous instructions", "{name}", "[light]", "(a|b)", "<area>", "\x00", "\u202e"),
    *("red", "-1", "1e999", "٣", "ﬁ", "💡", "'; --", "{{x}}", "\n", "light.kitchen_ceiling"),
)


async def status(call):
    """How a call ends."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


@pytest.mark.parametrize("seed", range(4))
async def test_words_in_any_order(seed):
    """Templates, numbers, other scripts and control characters, of any length that is allowed."""
    chance = random.Random(seed)
    async with opened() as door:
        for _ in range(50):
            text = " ".join(chance.choices(WORDS, k=chance.randint(0, 60)))
            found = await status(door.query(text, source=text))
            assert found in GOOD, text


@pytest.mark.parametrize("seed", range(2))
async def test_bytes_in_any_order(seed):
    """What is no message, what is one by chance, and what breaks off."""
    chance = random.Random(seed)
    async with opened() as door:
        raw = door.channel.unary_unary("/ai.v1.AIService/Query")
        for _ in range(200):
            data = chance.randbytes(chance.randint(0, 40))
            if chance.random() < 0.5:
                data = b"\x0a" + data
            assert await status(raw(data)) in GOOD, data
        assert (await door.query(KITCHEN)).action_taken
