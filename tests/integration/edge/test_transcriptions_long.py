"""Long transcriptions at the real models: stitched, streamed, and left."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator

import httpx
import jiwer
import numpy as np
import openai
import psutil
import pytest
import soxr

from tests.integration.edge.transcriptions_kit import (
    RATE,
    by_tens,
    plain,
    recording,
    sentences,
    wav,
)
from tritone.client import Client
from tritone.contract import STT, TTS, SttRequest, TtsRequest
from tritone.usecases.transcription import Finished, Piece, Wishes, transcribe

pytestmark = pytest.mark.triton

LECTURE = int(os.environ.get("TRITONE_TEST_LECTURE_SECONDS", "600"))
"""Seconds of the longest recording; an hour is 3600, and takes some minutes."""


@pytest.fixture(scope="module")
def spoken(platform) -> dict[str, np.ndarray]:
    """Sixty sentences and how they sound, in the platform's own voice."""

    async def speak() -> dict[str, np.ndarray]:
        async with Client(platform.settings.grpc_url, idle_timeout=120) as client:
            made = {}
            for text in sentences(60):
                answer = await client.infer(TTS, TtsRequest(text=text))
                audio = answer.audio.astype(np.float32) / 32768
                made[text] = soxr.resample(audio, answer.sample_rate, RATE)
            return made

    return asyncio.run(speak())


@pytest.fixture(scope="module")
def alone(platform, spoken) -> float:
    """Word error rate of the sentences one by one: what stitching is measured by."""

    async def hear() -> list[str]:
        async with Client(platform.settings.grpc_url, idle_timeout=120) as client:
            requests = [SttRequest(audio=audio, language="en") for audio in spoken.values()]
            return [(await client.infer(STT, request)).text for request in requests]

    return jiwer.wer([*map(plain, spoken)], [*map(plain, asyncio.run(hear()))])


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (0.0, 0.3), (0.2, 2.0), (1.0, 6.0)], ids=str)
@pytest.mark.timeout(600)
async def test_stitched_is_as_good_as_heard_one_by_one(client, spoken, alone, low, high):
    """No sentence is lost or doubled at a seam, whatever the pauses; times are in order."""
    texts, pieces = zip(*recording(spoken, 150, low, high), strict=True)
    written = [
        each
        async for each in transcribe(
            client, STT, by_tens(list(pieces)), Wishes(language="en", words=True)
        )
    ]
    end = written.pop()
    assert isinstance(end, Finished)
    assert end.duration == pytest.approx(sum(piece.size for piece in pieces) / RATE)
    measured = jiwer.process_words(plain(" ".join(texts)), plain("".join(p.text for p in written)))
    assert measured.wer <= alone + 0.03
    # A lost or doubled sentence is eight words and more.
    assert measured.insertions < 8
    assert measured.deletions < 8
    words = [word for piece in written for each in piece.segments for word in each.words]
    starts = [word.start for word in words]
    assert starts == sorted(starts)
    assert _times_off(words, pieces, texts) < 0.6


def _times_off(words, pieces, texts) -> float:
    """Seconds by which the words that begin sentences are off their sentences, in the median."""
    at, off = 0, []
    for text, piece in zip(texts, pieces, strict=True):
        first = plain(text).split()[1]  # the first is "the" or "a", which are everywhere
        near = [abs(w.start - at / RATE) for w in words if plain(w.word) == first]
        off.append(min(near, default=9.0))
        at += piece.size
    return float(np.median(off))


@pytest.mark.timeout(900)
async def test_ten_minutes_of_silence_are_passed_over(client, spoken):
    """Both sides of them are heard, in their places."""
    text, audio = next(iter(spoken.items()))
    silence = np.random.default_rng(0).normal(0, 5e-4, 600 * RATE).astype(np.float32)
    written = [
        each
        async for each in transcribe(
            client, STT, by_tens([audio, silence, audio]), Wishes(language="en")
        )
    ]
    end = written.pop()
    assert plain("".join(each.text for each in written)) == plain(f"{text} {text}")
    assert written[-1].segments[0].start == pytest.approx(600 + audio.size / RATE, abs=1.0)
    assert end.duration > 600


@pytest.mark.timeout(1800)
async def test_a_lecture(client, spoken, alone, capsys):
    """As good as sentences one by one, in bounded memory, faster than it is spoken."""
    texts: list[str] = []

    async def chunks() -> AsyncIterator[np.ndarray]:
        for text, piece in recording(spoken, LECTURE, 0.1, 1.2):
            texts.append(text)
            yield piece

    process = psutil.Process()
    gc.collect()
    before, most = process.memory_info().rss, 0
    begun = asyncio.get_running_loop().time()
    heard = []
    async for each in transcribe(client, STT, chunks(), Wishes(language="en")):
        if isinstance(each, Piece):
            heard.append(each.text)
            most = max(most, process.memory_info().rss - before)
        else:
            end = each
    factor = (asyncio.get_running_loop().time() - begun) / end.duration
    measured = jiwer.process_words(plain(" ".join(texts)), plain("".join(heard)))
    with capsys.disabled():
        print(  # noqa: T201 - the figure is what one runs this for
            f"\n{end.duration:.0f} s: {factor:.4f} of real time, {most >> 20} MiB more, "
            f"word error rate {measured.wer:.4f} (alone {alone:.4f}), "
            f"{measured.insertions} words inserted, {measured.deletions} lost of {len(texts)} "
            "sentences"
        )
    assert end.duration >= LECTURE
    assert measured.wer <= alone + 0.03
    assert measured.insertions + measured.deletions < 0.01 * measured.hits
    assert most < LECTURE * RATE * 2  # half of what the samples alone would take
    assert factor < 1


async def test_a_stream_tells_its_progress(door, spoken):
    """Text comes while the recording is being heard; the deltas joined are the text."""
    texts, pieces = zip(*recording(spoken, 90, 0.2, 1.0), strict=True)
    async with openai.AsyncOpenAI(base_url=door.api, api_key="any", max_retries=0) as sdk:
        stream = await sdk.audio.transcriptions.create(
            model="whisper-1",
            file=("a.wav", await asyncio.to_thread(wav, np.concatenate(pieces))),
            language="en",
            stream=True,
        )
        events = [event async for event in stream]
    *deltas, done = events
    assert len(deltas) > 2
    assert {event.type for event in deltas} == {"transcript.text.delta"}
    assert "".join(event.delta for event in deltas) == done.text
    assert jiwer.wer(plain(" ".join(texts)), plain(done.text)) < 0.15
    progress = [event.progress["processed"] for event in deltas]
    assert progress == sorted(progress)
    seconds = sum(piece.size for piece in pieces) / RATE
    assert all(abs(event.progress["duration"] - seconds) < 0.1 for event in deltas)


@pytest.mark.timeout(600)
async def test_leaving_stops_the_work(door, platform, spoken):
    """Who leaves after the first words of ten minutes leaves most of them unheard."""
    _, pieces = zip(*recording(spoken, 600, 0.2, 1.0), strict=True)
    file = await asyncio.to_thread(wav, np.concatenate(pieces))
    before = platform.statistics("stt")["inference_count"]
    fields = {"model": "stt", "stream": "true", "language": "en"}
    async with (
        httpx.AsyncClient(timeout=120) as http,
        http.stream(
            "POST", f"{door.api}/audio/transcriptions", data=fields, files={"file": file}
        ) as answer,
    ):
        assert answer.status_code == 200
        await anext(answer.aiter_lines())
    count = before
    for _ in range(100):
        await asyncio.sleep(2.0)
        last, count = count, platform.statistics("stt")["inference_count"]
        if last == count:
            break
    assert 1 <= count - before <= 12  # of sixty and more
