"""Speaking a text of any length, clause by clause."""

import asyncio
import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.speech_kit import RATE, Voice
from tritone.contract import TTS
from tritone.errors import (
    EngineDied,
    Internal,
    ParameterOutOfRange,
    TextEmpty,
    TextTooLong,
    UnknownVoice,
)
from tritone.usecases.speech import MOST_CHARS, SpeechRequest, SpokenClause, clauses, speak

pytestmark = pytest.mark.unit

LONGEST_CLAUSE = 2_000
"""What the model takes."""


async def said(speaker: Voice, text: str, **more) -> list[SpokenClause]:
    """The whole of a speech."""
    async with contextlib.aclosing(speak(speaker, TTS, SpeechRequest(text=text, **more))) as spoken:
        return [clause async for clause in spoken]


async def test_clauses_come_in_order_with_their_times():
    """Each starts where the one before ended; words and visemes are timed from the beginning."""
    first, second = await said(Voice(), "One two three four. Five six seven eight nine ten.")
    assert (first.text, second.text) == ("One two three four.", "Five six seven eight nine ten.")
    assert (first.start, first.sample_rate) == (0.0, RATE)
    assert second.start == pytest.approx(1.5)
    assert first.duration == pytest.approx(1.5)
    assert (second.words[0].word, second.words[0].start) == ("Five", 1.5)
    assert second.words[0].end == pytest.approx(1.5 + second.duration, abs=0.001)
    assert second.visemes[0].start == 1.5
    assert second.visemes[0].viseme == "aa"


async def test_voice_speed_and_seed_go_with_every_clause():
    """The whole is spoken by one voice."""
    voice = Voice()
    await said(voice, "One. " + "And a second sentence. " * 3, voice="joe", speed=2.0, seed=7)
    assert len(voice.requests) > 2
    assert {(r.voice, r.speed, r.random_seed) for r in voice.requests} == {("joe", 2.0, 7)}


async def test_one_clause_is_spoken_ahead_and_no_more():
    """While the first is played the second is made; a listener who stops stops the rest."""
    voice = Voice()
    spoken = speak(voice, TTS, SpeechRequest(text="A sentence of its own, here it is. " * 9))
    await anext(spoken)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(voice.requests) == 2
    await anext(spoken)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(voice.requests) == 3
    assert voice.most_running == 1
    await spoken.aclose()


async def test_the_first_clause_has_the_voice_to_itself():
    """Nothing else is asked for until it is there."""
    voice = Voice(hold=0)
    task = asyncio.create_task(said(voice, "A first sentence. And a second one, longer. " * 3))
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(voice.requests) == 1
    voice.go_on.set()
    assert len(await task) > 2


async def test_closing_cancels_what_is_being_spoken():
    """And nothing more is asked for."""
    voice = Voice(hold=1)
    spoken = speak(voice, TTS, SpeechRequest(text="A sentence of its own, here it is. " * 9))
    await anext(spoken)
    await voice.held.wait()
    await spoken.aclose()
    assert (voice.running, voice.cancelled, len(voice.requests)) == (0, 1, 2)


async def test_cancelling_the_listener_cancels_what_is_being_spoken():
    """Also while it waits for the first clause."""
    voice = Voice(hold=0)
    task = asyncio.create_task(said(voice, "Anything."))
    await voice.held.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (voice.running, voice.cancelled) == (0, 1)


async def test_signs_between_sentences_are_silent():
    """A clause that cannot be said is left out."""
    spoken = await said(Voice(), "One two three four.\n\n***************************\n\nFive.")
    assert [clause.text for clause in spoken] == ["One two three four.", "Five."]


@pytest.mark.parametrize("text", ["", "  \n", "🙂🙂", "*** --- ***\n\n***"])
async def test_nothing_to_say_is_refused(text):
    """With the field that is at fault."""
    with pytest.raises(TextEmpty) as refusal:
        await said(Voice(), text)
    assert refusal.value.param == "input"


async def test_too_long_a_text_is_refused_before_anything_is_spoken():
    """The message tells how long it may be; that long it is spoken."""
    voice = Voice()
    with pytest.raises(TextTooLong, match="16,384") as refusal:
        await said(voice, "a" * (MOST_CHARS + 1))
    assert refusal.value.param == "input"
    assert voice.requests == []
    assert len(await said(voice, "a" * MOST_CHARS, speed=4.0)) > 8


@pytest.mark.parametrize("speed", [0.0, 0.2, 4.1, float("nan"), float("inf")])
async def test_speeds_that_nobody_follows_are_refused(speed):
    """Before anything is spoken."""
    with pytest.raises(ParameterOutOfRange) as refusal:
        await said(Voice(), "Hello.", speed=speed)
    assert refusal.value.param == "speed"


async def test_an_unknown_voice_is_named():
    """By the model, which knows its voices; the field is added."""
    with pytest.raises(UnknownVoice, match="joe") as refusal:
        await said(Voice(), "Hello.", voice="zoe")
    assert refusal.value.param == "voice"


async def test_a_failure_comes_after_what_was_spoken():
    """The clauses before it are delivered."""
    voice = Voice(fail={2: EngineDied("gone")})
    spoken = speak(voice, TTS, SpeechRequest(text="A sentence of its own, here it is. " * 9))
    assert (await anext(spoken)).start == 0
    await anext(spoken)
    with pytest.raises(EngineDied):
        await anext(spoken)


async def test_a_voice_that_changes_its_rate_is_a_defect():
    """One file has one rate."""
    voice = Voice()
    spoken = speak(voice, TTS, SpeechRequest(text="A sentence of its own, here it is. " * 9))
    await anext(spoken)
    voice.rate = 16_000
    with pytest.raises(Internal, match="16000"):
        await anext(spoken)


def test_the_first_clause_of_a_long_sentence_is_short():
    """A listener waits for it."""
    text = "When the kettle has boiled, which takes about four minutes, " * 4 + "pour."
    first, *rest = clauses(text)
    assert len(first) < 64
    assert len(rest) >= 1


@given(st.text(max_size=4_000) | st.text("ab. ,\n", max_size=16_384))
def test_no_clause_is_too_long_for_the_model_and_no_word_is_lost(text):
    """Whatever the text."""
    found = clauses(text)
    assert all(len(clause) <= LONGEST_CLAUSE for clause in found)
    assert "".join("".join(found).split()) == "".join(text.split())


async def test_the_audio_is_that_of_the_clauses():
    """Sample for sample, so that joining them is the speech."""
    voice = Voice()
    spoken = await said(voice, "One two three four. Five six seven eight nine ten.")
    whole = np.concatenate([clause.audio for clause in spoken])
    assert whole.dtype == np.int16
    assert len(whole) == sum(round(n / 10 * RATE) for n in (15, 24))
