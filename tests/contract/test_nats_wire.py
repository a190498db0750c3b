"""The messages of NATS as bytes, against files made by hand from the platform's tables."""

import msgpack
import pytest

from tests.contract.wire_kit import ANSWERS, CASES, GOLDEN, REQUESTS, golden
from tritone.errors import BodyInvalid
from tritone.nats.wire import ChatRequest, Job, pack, unpack

pytestmark = pytest.mark.unit


def test_there_is_a_case_for_every_golden_file():
    """So that none lies there unread."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_read_from_its_documented_fields(name):
    """And from nothing else: a service need not send what the issue's tables leave out."""
    wanted = REQUESTS[name]
    assert unpack(type(wanted), golden(name)) == wanted


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_written_byte_for_byte(name):
    """As the golden file has it, with its fields in the documented order."""
    assert pack(ANSWERS[name]) == golden(name)


@pytest.mark.parametrize("name", CASES)
def test_a_field_that_nobody_knows_is_ignored(name):
    """Whatever it holds: newer writers do not break older readers."""
    wanted = CASES[name]
    fields = msgpack.unpackb(golden(name))
    newer = msgpack.packb({"colour": {"deep": [1, None, b"\xff"]}, **fields, "": -1})
    assert unpack(type(wanted), newer) == wanted


@pytest.mark.parametrize("name", CASES)
def test_a_message_that_is_cut_off_is_invalid(name):
    """At whatever byte."""
    kind, data = type(CASES[name]), golden(name)
    for length in range(len(data)):
        with pytest.raises(BodyInvalid):
            unpack(kind, data[:length])


@pytest.mark.parametrize("name", REQUESTS)
def test_a_field_of_another_type_is_invalid_and_named(name):
    """Each of them, but those that may hold anything."""
    kind, fields = type(REQUESTS[name]), msgpack.unpackb(golden(name))
    for field in set(fields) - {"payload"}:
        with pytest.raises(BodyInvalid, match=field):
            unpack(kind, msgpack.packb({**fields, field: [1, 2]}))


@pytest.mark.parametrize("name", ["chat_request_least", "voice_request_least"])
def test_a_request_lacks_none_of_its_fields(name):
    """The least request is the least."""
    kind, fields = type(REQUESTS[name]), msgpack.unpackb(golden(name))
    for field in fields:
        with pytest.raises(BodyInvalid, match=field):
            unpack(kind, msgpack.packb({k: v for k, v in fields.items() if k != field}))


def test_text_that_is_not_utf8_is_invalid():
    """Wherever it stands."""
    data = golden("chat_request_least").replace(b"Hello", b"Hell\xff")
    with pytest.raises(BodyInvalid):
        unpack(ChatRequest, data)


def test_depth_without_end_is_invalid():
    """It is refused, and does not end the process."""
    with pytest.raises(BodyInvalid):
        unpack(Job, b"\x81\xa7payload" + b"\x91" * 100_000)
