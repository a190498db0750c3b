"""Transcriptions that fail, or are left."""

import asyncio
import itertools

import numpy as np
import pytest

from tests.unit.transcription_kit import SENTENCES, Ear, text, told, written
from tritone.contract import STT
from tritone.errors import (
    AudioEmpty,
    AudioNotFinite,
    AudioTooLong,
    EngineDied,
    InvalidInput,
    Overloaded,
)
from tritone.usecases.transcription import Wishes, transcribe
from tritone.usecases.transcription.activity import WAITS
from tritone.usecases.transcription.vocabulary import Samples

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("error", [EngineDied("vad is gone"), InvalidInput("not open")])
async def test_a_lost_stream_of_vad_is_begun_anew(error):
    """Its process died, or forgot us; nothing is lost or written twice."""
    recording = told(SENTENCES)
    ear = Ear(lose={4: error})
    pieces, _ = await written(ear, recording)
    assert text(pieces) == recording.text
    assert ear.pins == 2
    streams = [stream for stream, _, _ in ear.chunks]
    assert len(set(streams)) == 2
    assert [start for _, start, _ in ear.chunks].count(True) == 2
    assert ear.chunks[-1][2]


async def test_vad_that_does_not_come_back_fails_the_whole(monkeypatch: pytest.MonkeyPatch):
    """With its own error, after the tries there are."""
    monkeypatch.setattr("tritone.usecases.transcription.activity.WAITS", (0.0,) * len(WAITS))
    ear = Ear(lose={n: EngineDied("vad is gone") for n in range(2, 99)})
    with pytest.raises(EngineDied, match="vad is gone"):
        await written(ear, told(SENTENCES))
    assert len(ear.chunks) == 2 + len(WAITS)


async def test_what_is_no_audio_is_not_tried_again():
    """A caller's fault stays one."""
    ear = Ear(lose={1: AudioNotFinite("a sample is NaN")})
    with pytest.raises(AudioNotFinite):
        await written(ear, told(SENTENCES))
    assert len(ear.chunks) == 2


async def test_a_failed_excerpt_fails_the_whole_and_stops_the_others():
    """Nothing goes on for nobody."""
    ear = Ear(fail={1: Overloaded("too much")}, hold=2)
    with pytest.raises(Overloaded, match="too much"):
        await written(ear, told(SENTENCES), Wishes(language="en"))
    assert ear.running == 0
    assert ear.cancelled > 0


async def test_leaving_stops_everything():
    """Whoever closes the generator, or is cancelled, leaves nothing behind."""
    ear = Ear(hold=1)
    made = transcribe(ear, STT, told(SENTENCES * 3).chunks(), Wishes(language="en"))
    await anext(made)
    await ear.held.wait()
    await made.aclose()
    assert (ear.running, ear.cancelled > 0) == (0, True)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_recording_that_is_too_long_ends_while_it_is_read():
    """Not at its end, of which there may be none; even while excerpts are at work."""
    ear = Ear(hold=0)

    async def endless():
        for number in itertools.count():
            assert number < 20
            yield told([(0.5, 0.5)] * 10).audio

    made = transcribe(ear, STT, endless(), Wishes(language="en"), max_seconds=95.0, at_once=99)
    with pytest.raises(AudioTooLong, match="95 s"):
        async for _ in made:
            pass
    assert ear.running == 0


async def test_a_recording_without_samples_is_an_error():
    """No chunk at all, or empty ones."""

    async def nothing(chunks: list[Samples]):
        for chunk in chunks:
            yield chunk

    for chunks in ([], [np.empty(0, np.float32)]):
        with pytest.raises(AudioEmpty):
            async for _ in transcribe(Ear(), STT, nothing(chunks), Wishes()):
                pass
