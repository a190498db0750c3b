"""What a reader is given of the chunks that come, whatever happened to them on their way."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.messages import Timing
from tritone.nats.given import Given
from tritone.nats.wire import ChatChunk, VoiceChunk

pytestmark = pytest.mark.unit


def chunk(seq, content="", kind="chunk", **more):
    """A chunk of a chat."""
    ends = kind in ("done", "error")
    return ChatChunk(
        request_id="r", type=kind, content=content, done=ends, timestamp=1.0, seq=seq, **more
    )


def spoken(seq, content="", kind="chunk", audio=b"", visemes=()):
    """A chunk of a spoken answer."""
    return VoiceChunk(
        request_id="r",
        type=kind,
        content=content,
        done=kind == "done",
        timestamp=1.0,
        seq=seq,
        audio=audio,
        sample_rate=8000,
        visemes=visemes,
    )


def read(state, *chunks):
    """What a reader gets of these, as type and content."""
    return [(each.type, each.content) for came in chunks for each in state.take(came)]


def text(chunks):
    """What a reader makes of its chunks: a restart voids what came before it."""
    found = ""
    for each in chunks:
        found = "" if each.type == "restart" else found + each.content
    return found


def test_chunks_in_order_are_given_as_they_are():
    """The very objects."""
    state, came = Given(), [chunk(0, "a"), chunk(1, "b")]
    assert [each for one in came for each in state.take(one)] == came


def test_a_chunk_comes_once():
    """Whether it is heard twice, or looked up after it was heard."""
    assert read(Given(), chunk(0, "a"), chunk(0, "a"), chunk(1, "b"), chunk(0, "a")) == [
        ("chunk", "a"),
        ("chunk", "b"),
    ]


def test_after_a_gap_nothing_follows_but_a_restart():
    """A text with a hole in it is never put together."""
    state = Given()
    assert state.misses(chunk(1, "b"))
    assert read(state, chunk(0, "a"), chunk(2, "c"), chunk(3, "d")) == [("chunk", "a")]
    assert not state.misses(chunk(5, "f"))
    assert read(state, chunk(6, "", "restart"), chunk(7, "x")) == [("restart", ""), ("chunk", "x")]


def test_a_restart_needs_nothing_of_what_came_before_it():
    """Whatever was missed is void."""
    state = Given()
    assert not state.misses(chunk(4, "", "restart"))
    assert read(state, chunk(4, "", "restart"), chunk(5, "x")) == [("restart", ""), ("chunk", "x")]


def test_a_stale_writer_is_not_heard():
    """What a bridge still says of an answer that another one has begun anew."""
    state = Given()
    assert read(state, chunk(0, "a"), chunk(1, "", "restart"), chunk(2, "x"), chunk(1, "b")) == [
        ("chunk", "a"),
        ("restart", ""),
        ("chunk", "x"),
    ]


def test_an_error_ends_it_whatever_is_missing():
    """The reader learns of it at once."""
    assert read(Given(), chunk(7, "why", "error")) == [("error", "why")]


def test_a_server_that_forgot_lets_writers_count_from_0_again():
    """The reader is told that it begins anew, by the bridge or else by itself."""
    state = Given()
    read(state, chunk(0, "a"), chunk(1, "b"))
    state.forget()
    assert read(state, chunk(0, "x"), chunk(1, "y")) == [
        ("restart", ""),
        ("chunk", "x"),
        ("chunk", "y"),
    ]
    state.forget()
    assert read(state, chunk(0, "", "restart"), chunk(1, "z")) == [("restart", ""), ("chunk", "z")]


def test_a_server_that_forgot_may_still_be_written_on():
    """A bridge that goes on where it was is not taken for another."""
    state = Given()
    read(state, chunk(0, "a"))
    state.forget()
    assert read(state, chunk(1, "b")) == [("chunk", "b")]


def test_the_end_brings_what_was_missed():
    """The rest of the whole answer, with sequence numbers that go on."""
    state = Given()
    state.take(chunk(0, "Blue "))
    last = state.end(chunk(3, "", "done"), chunk(0, "Blue light", "done"))
    assert [(each.seq, each.type, each.content, each.done) for each in last] == [
        (3, "chunk", "light", False),
        (4, "done", "", True),
    ]
    assert state.finished


def test_the_end_voids_what_is_not_the_answer():
    """The stored answer is the true one."""
    state = Given()
    state.take(chunk(0, "Green"))
    last = state.end(chunk(1, "", "done"), chunk(0, "Blue light", "done"))
    assert [(each.type, each.content) for each in last] == [
        ("restart", ""),
        ("chunk", "Blue light"),
        ("done", ""),
    ]


def test_the_end_is_as_it_is_where_nothing_is_known_of_the_whole():
    """Or where everything was read."""
    state = Given()
    state.take(chunk(0, "Blue"))
    done = chunk(1, "", "done")
    assert state.end(done, None) == [done]
    assert state.end(done, chunk(0, "Blue", "done")) == [done]


def test_the_rest_of_a_spoken_answer_has_its_audio_and_visemes():
    """Those that were not heard."""
    first, second = (
        Timing(phoneme=sound, viseme="aa", start=at, end=at + 1)
        for at, sound in enumerate(("a", "b"))
    )
    state = Given()
    state.take(spoken(0, "One. ", audio=b"\1\1", visemes=(first,)))
    whole = spoken(0, "One. Two.", "done", b"\1\1\2\2", (first, second))
    rest, done = state.end(spoken(2, "", "done"), whole)
    assert (rest.content, rest.audio, rest.visemes) == ("Two.", b"\2\2", (second,))
    assert (done.type, done.audio) == ("done", b"")


def test_a_whole_answer_without_audio_voids_nothing():
    """It was too long for one message; what was heard is right."""
    state = Given()
    state.take(spoken(0, "One.", audio=b"\1\1"))
    done = spoken(1, "", "done")
    assert state.end(done, spoken(0, "One.", "done")) == [done]


@given(st.data(), st.lists(st.text("ab", min_size=1), min_size=1, max_size=6))
def test_the_answer_is_right_whatever_was_lost_doubled_or_late(data, pieces):
    """Two attempts, of which the first broke off; any chunks of either may be lost or repeated."""
    broke_off = data.draw(st.integers(0, len(pieces)))
    sent = [chunk(seq, piece) for seq, piece in enumerate(pieces[:broke_off])]
    sent.append(chunk(len(sent), "", "restart"))
    sent += [chunk(len(sent) + at, piece) for at, piece in enumerate(pieces)]
    heard = [each for each in sent for _ in range(data.draw(st.integers(0, 2)))]
    if data.draw(st.booleans()):
        random.Random(data.draw(st.integers())).shuffle(heard)
    state = Given()
    got = [each for came in heard for each in state.take(came)]
    seen = [each.seq for each in got]
    assert seen == sorted(set(seen))
    got += state.end(chunk(len(sent), "", "done"), chunk(0, "".join(pieces), "done"))
    assert text(got) == "".join(pieces)
