"""Dead letters: kept with their reasons, listed, sent again, deleted."""

from datetime import UTC, datetime, timedelta

import pytest
from nats.js import JetStreamContext

from tests.nats.letters_kit import DATA, SUBJECT, buried
from tritone.errors import InvalidInput, NotFound, PayloadTooLarge
from tritone.nats import letters

pytestmark = pytest.mark.nats


async def test_a_letter_says_what_happened(js: JetStreamContext) -> None:
    """Its payload is the message's, and its headers say what the issue asks for."""
    seq = await buried(js)
    message = await js.get_msg("AI_DLQ", seq=seq)
    assert message.subject == "ai.dlq.chat"
    assert message.data == DATA
    headers = message.headers or {}
    first, last = (
        datetime.fromisoformat(headers[name])
        for name in ("Tritone-First-Error", "Tritone-Last-Error")
    )
    assert timedelta(seconds=19) < last - first < timedelta(seconds=21)
    assert abs(datetime.now(UTC) - last) < timedelta(minutes=1)
    assert {name: value for name, value in headers.items() if not name.endswith("-Error")} == {
        "Nats-Msg-Id": "dead.COMPANIONS_CHAT.7",
        "Tritone-Subject": SUBJECT,
        "Tritone-Stream": "COMPANIONS_CHAT",
        "Tritone-Stream-Sequence": "7",
        "Tritone-Request-Id": "r-1",
        "Tritone-Attempts": "3",
        "Tritone-Error-Code": "BODY_INVALID",
    }
    assert headers["Tritone-Error"] == "field `message` is missing"


async def test_the_messages_own_headers_are_kept(js: JetStreamContext) -> None:
    """But for those of the server, which would act again."""
    given = {"traceparent": "00-1-2-01", "Nats-Msg-Id": "x", "Nats-Expected-Stream": "Y"}
    letter = await letters.get_letter(js, await buried(js, headers=given))
    assert letter.headers["traceparent"] == "00-1-2-01"
    assert letter.headers["Nats-Msg-Id"] != "x"
    assert "Nats-Expected-Stream" not in letter.headers


async def test_the_same_message_is_buried_once(js: JetStreamContext) -> None:
    """A bridge that dies before its `term` buries again: there is still one letter."""
    assert await buried(js) == await buried(js)
    assert len(await letters.list_letters(js)) == 1


async def test_list_is_in_order_and_by_area(js: JetStreamContext) -> None:
    """Oldest first, without payloads, all or those of one area, over several pages."""
    for number in range(120):
        await buried(js, area="voice" if number % 3 == 0 else "chat", seq=number + 1)
    listed = await letters.list_letters(js)
    assert [letter.stream_seq for letter in listed] == list(range(1, 121))
    assert {letter.data for letter in listed} == {b""}
    assert {letter.size for letter in listed} == {len(DATA)}
    voices = await letters.list_letters(js, "voice")
    assert [letter.stream_seq for letter in voices] == list(range(1, 121, 3))
    assert {letter.area for letter in voices} == {"voice"}
    assert len(await letters.list_letters(js, most=5)) == 5
    assert await js.consumers_info("AI_DLQ") == []


async def test_what_others_put_there(js: JetStreamContext) -> None:
    """A letter without our headers, or with wrong ones, is listed with empty fields."""
    await js.publish("ai.dlq.chat", b"x")
    await js.publish("ai.dlq.chat", b"", headers={"Tritone-Attempts": "many"})
    first, second = await letters.list_letters(js)
    assert (first.subject, first.attempts, first.size) == ("", 0, 1)
    assert second.attempts == 0
    for letter in (first, second):
        with pytest.raises(InvalidInput, match="does not say which subject"):
            await letters.redrive(js, letter.seq)


@pytest.mark.parametrize(
    ("data", "request_id"),
    [
        (b"\xc1 no msgpack", ""),
        (b"", ""),
        (b"\x81\xaarequest_id\x07", ""),
        (b"\x81\xaarequest_id\xa5a\nb\x00c", "a b c"),
    ],
)
async def test_unreadable_messages(js: JetStreamContext, data: bytes, request_id: str) -> None:
    """Whatever the bytes are, they are kept as they are; an id that cannot be read is empty."""
    letter = await letters.get_letter(js, await buried(js, data=data))
    assert (letter.data, letter.request_id) == (data, request_id)


async def test_reasons_fit_on_a_line(js: JetStreamContext) -> None:
    """A long text with line breaks and other scripts becomes one line of ASCII, and is cut."""
    error = InvalidInput("first\r\nNats-Msg-Id: forged äö語 " + "x" * 2000)
    letter = await letters.get_letter(js, await buried(js, error=error))
    assert letter.error.startswith("first  Nats-Msg-Id: forged \\xe4\\xf6\\u8a9e x")
    assert len(letter.error) < 520
    assert letter.headers["Nats-Msg-Id"] == "dead.COMPANIONS_CHAT.7"


async def test_redrive_sends_the_message_again(js: JetStreamContext) -> None:
    """With its own headers and the letter's number; the letter is gone then."""
    seq = await buried(js, headers={"traceparent": "00-1-2-01"})
    sent = await js.get_msg("COMPANIONS_CHAT", seq=await letters.redrive(js, seq))
    assert (sent.subject, sent.data) == (SUBJECT, DATA)
    headers = sent.headers or {}
    assert headers["Tritone-Redrive"] == str(seq)
    assert headers["traceparent"] == "00-1-2-01"
    assert not [name for name in headers if name.startswith("Tritone-Error")]
    assert await letters.list_letters(js) == []
    with pytest.raises(NotFound, match=f"no dead letter {seq}"):
        await letters.redrive(js, seq)


@pytest.mark.parametrize("user", ["jürgen", "100%", "a%20b", "語"])
async def test_redrive_finds_any_subject(js: JetStreamContext, user: str) -> None:
    """Subjects may be of any script, and have characters that mean something elsewhere."""
    subject = f"ai.chat.user.{user}.message"
    letter = await letters.get_letter(js, await buried(js, subject=subject))
    assert letter.subject == subject
    sent = await js.get_msg("COMPANIONS_CHAT", seq=await letters.redrive(js, letter.seq))
    assert sent.subject == subject


async def test_headers_of_other_scripts(js: JetStreamContext) -> None:
    """A message whose own headers are not ASCII can be buried and sent again."""
    seq = await buried(js, headers={"Name": "Jürgen"})
    sent = await js.get_msg("COMPANIONS_CHAT", seq=await letters.redrive(js, seq))
    assert "Name" in (sent.headers or {})


async def test_redrive_with_another_payload(js: JetStreamContext) -> None:
    """What was wrong with the message can be mended by hand."""
    sent = await letters.redrive(js, await buried(js), b"mended")
    assert (await js.get_msg("COMPANIONS_CHAT", seq=sent)).data == b"mended"


async def test_redrive_that_is_not_taken(js: JetStreamContext) -> None:
    """When the stream is gone the letter stays."""
    seq = await buried(js, subject="ai.nowhere")
    with pytest.raises(Exception, match="tritone nats apply"):
        await letters.redrive(js, seq)
    assert [letter.seq for letter in await letters.list_letters(js)] == [seq]


async def test_purge_deletes_one(js: JetStreamContext) -> None:
    """The letter that was named and no other; one that is not there is told."""
    first, second = await buried(js), await buried(js, seq=8)
    await letters.purge(js, first)
    assert [letter.seq for letter in await letters.list_letters(js)] == [second]
    for seq in (first, 999):
        with pytest.raises(NotFound, match=f"no dead letter {seq}"):
            await letters.purge(js, seq)


async def test_payload_without_room(js: JetStreamContext) -> None:
    """A payload of the largest size has no room beside headers: it is fetched when sent again."""
    data = bytes(js._nc.max_payload - 20)
    at = (await js.publish(SUBJECT, data)).seq
    seq = await buried(js, data=data, seq=at)
    (letter,) = await letters.list_letters(js)
    assert (letter.size, (await letters.get_letter(js, seq)).data) == (len(data), b"")
    await js.delete_msg("COMPANIONS_CHAT", at)
    with pytest.raises(PayloadTooLarge, match="give another one"):
        await letters.redrive(js, seq)
    assert js._nc.is_connected
