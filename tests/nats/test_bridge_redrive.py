"""A dead letter that is sent again after the fault is mended."""

import msgpack
import pytest

from tests.nats.bridge_kit import Models, bridge, chat, new_id
from tests.nats.reader_kit import reading, seqs
from tests.nats.test_bridge_failures import MESSAGE, letters
from tritone.errors import PromptTooLong
from tritone.nats.letters import list_letters, redrive

pytestmark = pytest.mark.nats


async def test_a_redriven_letter_is_answered(nc, js):
    """After the error there come a restart, the answer in chunks, and the whole of it."""
    request_id, models = new_id(), Models()
    models.failures = [PromptTooLong("too long")]
    async with bridge(nc, models), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.ended()
        (letter,) = await letters(js)
        await redrive(js, letter.seq)
        whole = await reader.whole(2)
        await reader.until(lambda: reader.types[-1] == "done")
    assert whole["type"] == "done"
    assert reader.types == ["error", "restart", "chunk", "done"]
    assert reader.text == "Rayleigh scatters blue."
    assert seqs(reader.chunks) == list(range(len(reader.chunks)))
    assert not await list_letters(js)


async def test_who_sends_a_failed_request_again_is_answered(nc, js):
    """The same message published once more after its error is a new request."""
    request_id, models = new_id(), Models()
    models.failures = [PromptTooLong("too long")]
    async with bridge(nc, models), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.ended()
        await letters(js)
        await js.publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.types[-1] == "done")
    assert reader.text == "Rayleigh scatters blue."
    assert reader.types == ["error", "restart", "chunk", "done"]


async def test_what_its_sender_was_told_is_not_taken_back(nc, js):
    """A bridge that died after the error answer: the next one buries the message, untried."""
    request_id, models = new_id(), Models()
    sent = await js.publish(MESSAGE, chat(request_id))
    error = {
        "request_id": request_id,
        "type": "error",
        "content": "too long",
        "done": True,
        "timestamp": 1.0,
        "seq": 0,
        "code": "PROMPT_TOO_LONG",
    }
    await js.publish(
        f"ai.chat.response.{request_id}",
        msgpack.packb(error),
        headers={"Nats-Msg-Id": f"{request_id}.error.{sent.seq}.1"},
    )
    async with bridge(nc, models), reading(nc, request_id) as reader:
        (letter,) = await letters(js)
    assert (letter.code, letter.error) == ("PROMPT_TOO_LONG", "too long")
    assert not models.asked
    assert not reader.wholes
