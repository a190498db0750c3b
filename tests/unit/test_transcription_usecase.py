"""Transcription as a whole, with a caller that reads words off samples."""

import asyncio
import itertools
from contextlib import aclosing

import numpy as np
import pytest

from tests.unit.transcription_kit import RATE, Ear, told
from tritone.contract import STT
from tritone.errors import (
    AudioEmpty,
    AudioNotFinite,
    AudioTooLong,
    EngineDied,
    InvalidInput,
    Overloaded,
)
from tritone.usecases.transcription import Finished, Piece, Wishes, transcribe
from tritone.usecases.transcription.activity import WAITS
from tritone.usecases.transcription.vocabulary import Samples

pytestmark = pytest.mark.unit

SENTENCES = [(0.6, 0.4), (0.05, 0.3), (0.05, 0.5)] * 60  # two minutes


async def written(ear, recording, wishes=None, chunk=10.0, **options):
    """The pieces and the end."""
    pieces = [
        piece
        async for piece in transcribe(
            ear, STT, recording.chunks(chunk), wishes or Wishes(), **options
        )
    ]
    *before, end = pieces
    assert isinstance(end, Finished)
    assert all(isinstance(piece, Piece) for piece in before)
    return before, end


async def settled():
    """Lets everything run that can: nothing here waits for anything but turns."""
    for _ in range(2000):
        await asyncio.sleep(0)


def text(pieces):
    return "".join(piece.text for piece in pieces)


GAPS = ((0.0, 0.0), (0.0, 0.1), (0.0, 1.5), (2.0, 40.0))


def speech(seed):
    """Minutes of it, with pauses now of one kind and then of another: none, short, very long."""
    random = np.random.default_rng(seed)
    parts = []
    for kind in random.permutation([0, 0, 1, 2, 3]):
        count = random.integers(2, 8) if kind == 3 else random.integers(5, 200)
        gaps, words = random.uniform(*GAPS[kind], count), random.uniform(0.25, 0.7, count)
        parts += zip(gaps.tolist(), words.tolist(), strict=True)
    return told(parts, random.uniform(0, 60))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("chunk", [0.7, 10.0, 33.0])
async def test_every_word_is_written_once_in_order_and_at_its_time(seed, chunk):
    """Whatever the pauses: none, some, minutes; however the samples arrive."""
    recording = speech(seed)
    pieces, end = await written(Ear(), recording, Wishes(words=True), chunk)
    words = [word for piece in pieces for each in piece.segments for word in each.words]
    assert text(pieces) == recording.text
    assert [word.word for word in words] == recording.text.split()
    for word, (_, start, stop) in zip(words, recording.words, strict=True):
        assert word.start == pytest.approx(start, abs=0.1)
        assert word.end == pytest.approx(stop, abs=0.1)
    assert end.duration == pytest.approx(recording.seconds)
    edges = [edge for piece in pieces for each in piece.segments for edge in (each.start, each.end)]
    assert edges == sorted(edges)


async def test_a_short_recording_is_one_call_and_nothing_else():
    """No detection before it, whatever is in it."""
    recording = told([(1.0, 0.5), (10.0, 0.5)], after=14.0)
    ear = Ear()
    [piece], end = await written(ear, recording)
    assert (len(ear.asked), ear.chunks) == (1, [])
    np.testing.assert_array_equal(ear.asked[0].audio, recording.audio)
    assert (piece.text, piece.processed) == ("w0 w1", pytest.approx(26.0))
    assert end == Finished(language="en", duration=recording.seconds)


async def test_speech_without_pauses_is_stitched_and_shows_no_words_unless_wished():
    """Words are timed for the seams, and kept to ourselves."""
    recording = told([(0.0, 0.37)] * 300)
    ear = Ear()
    pieces, _ = await written(ear, recording)
    assert len(pieces) > 3
    assert text(pieces) == recording.text
    assert all(request.word_timestamps for request in ear.asked)
    assert all(each.words == () for piece in pieces for each in piece.segments)


async def test_words_are_not_timed_where_nobody_needs_them():
    """Alignment takes time."""
    ear = Ear()
    await written(ear, told(SENTENCES))
    assert not any(request.word_timestamps for request in ear.asked)


async def test_excerpts_are_cut_in_pauses_and_fit_one_window():
    """Each begins and ends in silence, and is no longer than the engine hears at once."""
    ear = Ear()
    await written(ear, told(SENTENCES, after=1.0))
    assert len(ear.asked) >= 4
    for request in ear.asked:
        assert request.audio.size <= 27.1 * RATE
        assert request.audio[0] == request.audio[-1] == 0


async def test_long_silences_are_not_sent():
    """Ten minutes in which nobody speaks cost nothing but the listening."""
    recording = told([(1.0, 0.5), (600.0, 0.5), (1.0, 0.5)], after=100.0)
    ear = Ear()
    pieces, end = await written(ear, recording)
    assert text(pieces) == "w0 w1 w2"
    assert sum(request.audio.size for request in ear.asked) < 10 * RATE
    assert end.duration == pytest.approx(recording.seconds)


async def test_where_nobody_speaks_there_is_no_text_and_no_error():
    """Short or long."""
    for seconds in (5.0, 90.0):
        pieces, end = await written(Ear(), told([], after=seconds))
        assert text(pieces) == ""
        assert end == Finished(language="", duration=seconds)


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


@pytest.mark.parametrize(
    ("language", "task", "space"),
    [("ja", "transcribe", ""), ("ja", "translate", " "), ("en", "transcribe", " ")],
)
async def test_pieces_are_joined_as_their_language_is_written(language, task, space):
    """Japanese has no spaces; its translation has."""
    ear = Ear(space=space)
    wishes = Wishes(language=language, task=task)
    recording = told(SENTENCES)
    pieces, _ = await written(ear, recording, wishes)
    assert text(pieces) == recording.text.replace(" ", space)


async def test_words_are_stitched_without_spaces_too():
    """A seam in Japanese."""
    recording = told([(0.0, 0.37)] * 150)
    pieces, _ = await written(Ear(space=""), recording, Wishes(language="ja"))
    assert text(pieces) == recording.text.replace(" ", "")


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
