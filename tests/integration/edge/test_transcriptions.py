"""Transcriptions by OpenAI's own client and at the real models: short ones and long ones."""

import asyncio
import gc
import io
import os
import random
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import jiwer
import numpy as np
import openai
import psutil
import pytest
import soundfile
import soxr

from tests.integration.conftest import sample
from tests.unit.media_kit import KINDS, encoded
from tritone.client import Client
from tritone.contract import STT, TTS, SttRequest, TtsRequest
from tritone.usecases.transcription import Finished, Piece, Wishes, transcribe

pytestmark = pytest.mark.triton

RATE = 16_000
LECTURE = int(os.environ.get("TRITONE_TEST_LECTURE_SECONDS", "600"))
"""Seconds of the longest recording; an hour is 3600, and takes some minutes."""
SAID = {
    "ocean": "Which ocean is the largest?",
    "question": "What is the largest planet in the solar system?",
    "rainbow": "What are the colors of the rainbow?",
    "sky": "Why is the sky blue?",
    "sleep": "Can you give me a tip for sleeping better?",
    "water": "At what temperature does water boil?",
}
PARTS = """
the baker, a young doctor, the old sailor, our teacher, the captain, her brother, a farmer
carried, found, painted, repaired, sold, forgot, borrowed, noticed, cleaned
a wooden table, the yellow bicycle, two heavy suitcases, an empty bottle, the broken window, \
a basket of apples, seven letters, the kitchen clock, a blue umbrella, three chairs
behind the station, near the river, in the library, across the bridge, at the market
yesterday morning, last winter, before lunch, after the storm, at midnight, a week ago
"""


def sentences(count: int) -> list[str]:
    """Sentences of which none is said twice."""
    dice = random.Random(0)
    parts = [line.split(", ") for line in PARTS.strip().splitlines()]
    made = (" ".join(map(dice.choice, parts)) + "." for _ in range(2 * count))
    return [each[0].upper() + each[1:] for each in dict.fromkeys(made)][:count]


def plain(text: str) -> str:
    """Words as they are compared."""
    return " ".join(re.sub(r"[^\w\s]", "", text.lower()).split())


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


def recording(
    spoken: dict[str, np.ndarray], seconds: float, low: float, high: float
) -> Iterator[tuple[str, np.ndarray]]:
    """Sentences in any order, with pauses of some length between them, over a faint noise."""
    dice, noise = random.Random(seconds), np.random.default_rng(0)
    at = 0
    while at < seconds * RATE:
        text = dice.choice([*spoken])
        audio = np.pad(spoken[text], (0, round(dice.uniform(low, high) * RATE)))
        if high == 0:  # no pause at all: not even the voice's own
            loud = np.flatnonzero(np.abs(audio) > 0.01)
            audio = audio[loud[0] : loud[-1]]
        at += audio.size
        yield text, (audio + noise.normal(0, 5e-4, audio.size)).astype(np.float32)


async def by_tens(pieces: list[np.ndarray]) -> AsyncIterator[np.ndarray]:
    """As a decoder gives them."""
    audio = np.concatenate(pieces)
    for start in range(0, audio.size, 10 * RATE):
        yield audio[start : start + 10 * RATE]


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


@pytest.fixture
def sdk(door) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=door.api, api_key="any", max_retries=0) as client:
        yield client


def wav(audio: np.ndarray, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, audio, rate, format="WAV")
    return file.getvalue()


QUESTION, _ = sample("question")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_is_heard(sdk, kind):
    """What the sample says, whatever it was packed into."""
    container, codec, rate, layout = KINDS[kind]
    audio = soxr.resample(np.pad(QUESTION, (0, RATE // 2)), RATE, rate)
    channels = {"mono": 1, "stereo": 2, "5.1": 6, "7.1": 8, "hexadecagonal": 16}[layout]
    file = encoded(np.tile(audio, (channels, 1)), container, codec, rate, layout)
    answer = sdk.audio.transcriptions.create(model="whisper-1", file=(f"a.{container}", file))
    assert jiwer.wer(plain(SAID["question"]), plain(answer.text)) <= 0.25


def test_words_and_segments_have_their_times(sdk):
    """Both granularities, in verbose JSON."""
    answer = sdk.audio.transcriptions.create(
        model="whisper-1",
        file=("a.wav", wav(QUESTION)),
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert answer.language == "english"
    assert answer.duration == pytest.approx(QUESTION.size / RATE, abs=0.001)
    assert plain(" ".join(word.word for word in answer.words)) == plain(SAID["question"])
    (segment,) = answer.segments
    assert segment.tokens
    assert 0 < segment.compression_ratio < 2.4
    assert 0 <= segment.start < segment.end <= answer.duration


def test_subtitles_of_a_minute(sdk):
    """Cues are short, in order, and say what is said."""
    audio = np.concatenate([np.pad(sample(name)[0], (0, RATE)) for name in [*SAID, *SAID]])
    srt = sdk.audio.transcriptions.create(
        model="stt", file=("a.wav", wav(audio)), response_format="srt", language="en"
    )
    blocks = [block.split("\n", 2) for block in srt.strip().split("\n\n")]
    assert [int(number) for number, _, _ in blocks] == list(range(1, len(blocks) + 1))
    assert len(blocks) >= len(SAID)
    assert (
        jiwer.wer(plain(" ".join([*SAID.values()] * 2)), plain(" ".join(b[2] for b in blocks)))
        < 0.1
    )
    times = [time for _, line, _ in blocks for time in line.split(" --> ")]
    assert times == sorted(times)


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


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
def test_a_translation_and_a_prompt_and_a_temperature(sdk):
    """English stays English; what is wished does no harm to what is clear."""
    file = ("a.wav", wav(QUESTION))
    answer = sdk.audio.translations.create(
        model="whisper-1", file=file, response_format="verbose_json", temperature=0.2
    )
    assert (answer.language, plain(answer.text)) == ("english", plain(SAID["question"]))
    answer = sdk.audio.transcriptions.create(
        model="whisper-1", file=file, prompt="Planets, the SOLAR SYSTEM.", language="en"
    )
    assert plain(answer.text) == plain(SAID["question"])


def test_what_cannot_be_done_is_said(sdk):
    """With the field that is at fault."""
    file = ("a.wav", wav(QUESTION))
    wrong = [
        ({"file": ("a.wav", b"")}, "file"),
        ({"file": ("a.wav", b"no audio " * 100)}, "file"),
        ({"language": "tlh"}, "language"),
        ({"temperature": 3}, "temperature"),
        ({"include": ["logprobs"]}, "include"),
        ({"response_format": "diarized_json"}, "response_format"),
    ]
    for fields, param in wrong:
        with pytest.raises(openai.BadRequestError) as caught:
            sdk.audio.transcriptions.create(**{"model": "stt", "file": file, **fields})
        assert caught.value.param == param


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
