"""How subjects note what comes of a call."""

import numpy as np
import pytest

from perf.bench.subjects.base import Item, Turn
from perf.bench.subjects.floor_voice import first_sentence
from perf.bench.subjects.prompts import asked, unseen
from perf.bench.subjects.spoken_turn import SpokenTurn
from perf.bench.subjects.tokens import Tokens
from tritone import messages
from tritone.contract import VoiceResponse
from tritone.errors import EngineDied, Internal
from tritone.messages import AudioChunk, ChatMessage, Done, TextDelta, Transcript

pytestmark = pytest.mark.unit


def test_tokens_are_timed_and_counted():
    """Units are the tokens that the engine tells; empty pieces are none."""
    tokens = Tokens()
    for text in ("Hello", "", " there"):
        tokens.add(text)
    tokens.count = 5
    answer = tokens.answer()
    assert answer.extra["text"] == "Hello there"
    assert answer.units == answer.extra["tokens"] == 5
    assert len(answer.extra["gaps"]) == 1
    assert 0 <= answer.first <= answer.last


def test_pieces_count_where_no_tokens_are_told():
    """A piece is taken for a token."""
    tokens = Tokens()
    tokens.add("Hello")
    assert tokens.answer().units == 1


def test_no_tokens_are_no_answer():
    """An empty answer is an error."""
    with pytest.raises(Internal, match="empty"):
        Tokens().answer()


def test_unseen_prompts_differ_and_are_equally_long():
    """So that a cache knows none of them, and all are the same work."""
    found = {unseen("What is tea?") for _ in range(50)}
    assert len(found) > 40
    assert {len(text) for text in found} == {len("Ticket 00000: What is tea?")}


def test_request_holds_what_was_said_before():
    """In its order, and then the question."""
    item = Item(
        kind="chat",
        text="And now?",
        max_tokens=7,
        history=(Turn("user", "Hi."), Turn("assistant", "Hello.")),
    )
    request = asked(item)
    said = messages.decode(list[ChatMessage], request.messages)
    assert [one.content for one in said] == ["Hi.", "Hello.", "And now?"]
    assert (request.max_tokens, request.temperature, request.stream) == (7, 0.0, True)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It is blue. It", "It is blue."),
        ("It is blue.", ""),
        ('He said "no!" Then', 'He said "no!"'),
        ("Is it? Yes", "Is it?"),
        ("about 3.5 meters", ""),
    ],
)
def test_first_sentence_is_known_when_something_follows(text, first):
    """A plain script waits for the end of the sentence, and not for a comma."""
    assert first_sentence(text) == first


def said(event, audio=None) -> VoiceResponse:
    return VoiceResponse(event=messages.encode(event), audio=audio)


def chunk(index: int, at: float) -> VoiceResponse:
    event = AudioChunk(index=index, text="", sample_rate=22_050, duration=2.0, timings=(), at=at)
    return said(event, np.zeros(44_100, np.int16))


def done() -> VoiceResponse:
    times = {"heard_at": 0.1, "first_token_at": 0.2, "first_audio_at": 0.4, "last_token_at": 0.6}
    return said(Done(text="Yes, it is. Good.", finish_reason="stop", at=0.8, **times))


def test_turn_tells_its_words_and_its_audio():
    """Transcript, reply, length of the audio, and when it began."""
    turn = SpokenTurn()
    turn.add(said(Transcript(text="Is it?", language="en", duration=1.0, at=0.1)))
    turn.add(said(TextDelta(text="Yes, it is.", at=0.2)))
    for response in (chunk(0, 0.4), done()):
        turn.add(response)
    answer = turn.answer()
    assert answer.units == 1
    assert answer.extra["transcript"] == "Is it?"
    assert answer.extra["text"] == "Yes, it is. Good."
    assert answer.extra["audio_seconds"] == pytest.approx(2.0)
    assert answer.first <= answer.last


def test_turn_tells_where_its_time_went():
    """Each clause is spoken from when it is written, or when the one before it is done."""
    turn = SpokenTurn()
    turn.add(said(TextDelta(text="Yes, it is what you think it is. ", at=0.3)))
    turn.add(said(TextDelta(text="It was always like that, I am sure. ", at=0.35)))
    turn.add(said(TextDelta(text="The end", at=0.6)))
    for response in (chunk(0, 0.4), chunk(1, 0.5), chunk(2, 0.7), done()):
        turn.add(response)
    stages = {name: (begin, end) for name, begin, end in turn.answer().extra["stages"]}
    begin, end = stages["hear"]
    way = begin
    assert (end - begin) == pytest.approx(0.1)
    spans = [tuple(time - way for time in stages[f"speak {number}"]) for number in (1, 2, 3)]
    assert spans[0] == pytest.approx((0.3, 0.4))
    assert spans[1] == pytest.approx((0.4, 0.5))
    assert spans[2] == pytest.approx((0.6, 0.7))


def test_turn_that_breaks_off_is_an_error():
    """Whatever it said before."""
    turn = SpokenTurn()
    turn.add(chunk(0, 0.4))
    with pytest.raises(EngineDied):
        turn.answer()
