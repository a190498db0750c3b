"""The messages of NATS, written and read at random."""

import string

import msgpack
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.wire_kit import CASES, golden
from tritone.errors import BodyInvalid
from tritone.messages import Timing
from tritone.nats.wire import (
    ChatChunk,
    ChatRequest,
    Job,
    JobAnswer,
    VoiceChunk,
    VoiceRequest,
    pack,
    unpack,
)

pytestmark = pytest.mark.unit

EVERYTHING = (ChatRequest, VoiceRequest, ChatChunk, VoiceChunk, Job, JobAnswer)
WIRE_INTS = st.integers(-(2**63), 2**64 - 1)
PAYLOADS = st.recursive(
    st.none()
    | st.booleans()
    | WIRE_INTS
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"))
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(string.ascii_letters), inner, max_size=3)
    ),
    max_leaves=8,
)
TEXTS = st.text(st.characters(codec="utf-8"))
MADE = st.one_of(
    st.builds(
        VoiceChunk,
        content=TEXTS,
        audio=st.binary(),
        seq=st.integers(0, 2**40),
        sample_rate=st.integers(0, 2**31),
        timestamp=st.floats(0, 2**40),
        visemes=st.tuples(
            st.builds(Timing, start=st.floats(0, 99), end=st.floats(0, 99), phoneme=TEXTS)
        ),
        code=TEXTS,
    ),
    st.builds(
        ChatRequest,
        message=TEXTS,
        top_k=st.none() | WIRE_INTS,
        payload=PAYLOADS,
        timestamp=st.none(),
    ),
    st.builds(
        Job,
        payload=PAYLOADS,
        timestamp=st.none() | st.floats(allow_nan=False),
        metadata=st.none() | st.dictionaries(TEXTS, PAYLOADS, max_size=3),
    ),
)


@given(MADE)
def test_a_message_is_read_as_it_was_written(message):
    """By us, and field for field by somebody else's MessagePack."""
    data = pack(message)
    assert unpack(type(message), data) == message
    kept = msgpack.packb(msgspec.to_builtins(message, builtin_types=(bytes,)))
    read = msgpack.unpackb(data, strict_map_key=False)
    assert read == msgpack.unpackb(kept, strict_map_key=False)


@given(st.sampled_from(EVERYTHING), st.binary(max_size=200))
def test_bytes_that_mean_nothing_are_invalid(kind, data):
    """One error of ours for all of them."""
    try:
        unpack(kind, data)
    except BodyInvalid:
        return
    assert isinstance(msgpack.unpackb(data), dict)


@settings(max_examples=500)
@given(st.sampled_from(sorted(CASES)), st.data())
def test_a_message_with_a_changed_byte_is_read_or_invalid(name, data):
    """And raises nothing else."""
    whole = bytearray(golden(name))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    kind = type(CASES[name])
    try:
        found = unpack(kind, bytes(whole))
    except BodyInvalid:
        return
    assert isinstance(found, kind)
