"""Excerpts of a recording: when they are heard, how many at once, and what they are told."""

import asyncio
from contextlib import aclosing

import pytest

from tests.unit.transcription_kit import RATE, SENTENCES, Ear, settled, text, told, written
from tritone.contract import STT
from tritone.usecases.transcription import Wishes, transcribe

pytestmark = pytest.mark.unit


async def test_progress_rises_to_the_end():
    """Every piece says how far the recording is done; the length is the caller's to know."""
    recording = told(SENTENCES)
    pieces, _ = await written(Ear(), recording, duration=recording.seconds)
    processed = [piece.processed for piece in pieces]
    assert processed == sorted(processed)
    assert processed[-1] == pytest.approx(recording.seconds, abs=0.6)
    assert {piece.duration for piece in pieces} == {recording.seconds}


async def test_pieces_come_while_the_recording_is_still_arriving():
    """The first one does not wait for the last sample."""
    arrived = asyncio.Event()

    async def microphone():
        async for chunk in told(SENTENCES).chunks(1.0):
            yield chunk
        await arrived.wait()

    async with aclosing(transcribe(Ear(), STT, microphone(), Wishes())) as pieces:
        assert (await anext(pieces)).text.startswith("w0 ")
    assert not arrived.is_set()


async def test_several_excerpts_are_at_work_at_once_but_not_more():
    """In order although a later one may be done first."""
    ear = Ear(hold=1)
    task = asyncio.ensure_future(written(ear, told(SENTENCES * 3), at_once=3))
    await ear.held.wait()
    await settled()
    assert (ear.running, len(ear.asked)) == (3, 4)
    ear.go_on.set()
    pieces, _ = await task
    assert ear.most_running == 3
    assert text(pieces) == told(SENTENCES * 3).text


async def test_no_more_is_read_than_is_worked_at():
    """An hour of recording is never held."""
    ear, read = Ear(hold=0), 0

    async def endless():
        nonlocal read
        while True:
            async for chunk in told(SENTENCES).chunks():
                read += chunk.size
                yield chunk

    async with aclosing(transcribe(ear, STT, endless(), Wishes(language="en"), at_once=2)) as made:
        first = asyncio.ensure_future(anext(made))
        await ear.held.wait()
        await settled()
        assert read < 150 * RATE
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first


async def test_the_language_of_the_first_excerpt_is_kept():
    """It goes alone; all others are told."""
    ear = Ear(hold=0, language=("de", 0.8))
    task = asyncio.ensure_future(written(ear, told(SENTENCES)))
    await ear.held.wait()
    await settled()
    assert len(ear.asked) == 1
    ear.go_on.set()
    _, end = await task
    assert [request.language for request in ear.asked[:3]] == ["", "de", "de"]
    assert end.language == "de"


async def test_a_language_that_is_not_certain_is_not_kept():
    """Every excerpt is judged by itself then."""
    ear = Ear(language=("de", 0.3))
    _, end = await written(ear, told(SENTENCES))
    assert {request.language for request in ear.asked} == {""}
    assert end.language == "de"


async def test_what_is_wished_reaches_every_excerpt():
    """Language, task, prompt and temperature; nothing is waited for when a language is given."""
    ear = Ear(hold=0)
    wishes = Wishes(language="fr", task="translate", prompt="Kettles.", temperature=0.4)
    task = asyncio.ensure_future(written(ear, told(SENTENCES), wishes, at_once=4))
    await ear.held.wait()
    await settled()
    assert ear.running == 4
    ear.go_on.set()
    await task
    assert {(r.language, r.task, r.prompt, r.temperature) for r in ear.asked} == {
        ("fr", "translate", "Kettles.", 0.4)
    }
