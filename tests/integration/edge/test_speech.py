"""POST /v1/audio/speech by OpenAI's own client, with the real voice."""

import asyncio
import base64
import io
import json
import time
from itertools import pairwise
from typing import Any

import httpx
import numpy as np
import openai
import pytest

from tests.unit.media_kit import heard
from tritone.contract import STT, SttRequest
from tritone.media.decode import Recording

pytestmark = pytest.mark.triton

TEXT = "The kettle is ready. It took 4 minutes, because there was so much water in it. Tea?"
WORDS = "The kettle is ready It took 4 minutes because there was so much water in it Tea"
LONG = "This sentence is one of many, and it takes a while to say it aloud. " * 60


@pytest.fixture
def sdk(door):
    with openai.OpenAI(base_url=door.api, api_key="any", max_retries=0) as client:
        yield client


@pytest.mark.parametrize("kind", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
async def test_what_is_spoken_is_understood(sdk, client, kind):
    """Every format, decoded, is heard by our own recogniser as what was written."""
    file = await asyncio.to_thread(
        lambda: (
            sdk.audio.speech.create(
                model="tts-1", voice="alloy", input=TEXT, response_format=kind
            ).content
        )
    )
    if kind == "pcm":
        samples, rate = np.frombuffer(file, "<i2").astype(np.float32) / 32768, 24_000
    else:
        samples, rate = heard(file), 16_000
    answer = await client.infer(STT, SttRequest(audio=samples, sample_rate=rate, language="en"))
    text = answer.text.lower()
    assert "kettle is ready" in text
    assert "minutes" in text
    assert "water" in text


async def test_the_first_sentence_is_heard_before_the_last_is_spoken(door):
    """Audio comes in pieces; a long text's first piece is there in a part of its whole time."""
    body = {"model": "tts", "input": LONG[: 68 * 12], "response_format": "pcm"}
    arrivals = []
    begun = time.perf_counter()
    async with (
        httpx.AsyncClient(timeout=60) as http,
        http.stream("POST", f"{door.api}/audio/speech", json=body) as answer,
    ):
        async for _ in answer.aiter_bytes():
            arrivals.append(time.perf_counter() - begun)  # noqa: PERF401 - the time is the point
    assert len(arrivals) > 5
    assert arrivals[0] < arrivals[-1] / 3


def test_timings_of_words_and_visemes(door):
    """In order, within the audio, and of the words that were written."""
    body = {
        "model": "tts",
        "input": TEXT,
        "stream_format": "json",
        "response_format": "wav",
        "timestamp_granularities": ["word", "viseme"],
    }
    found = httpx.post(f"{door.api}/audio/speech", json=body, timeout=60).json()
    with Recording(io.BytesIO(base64.b64decode(found["audio"]))) as recording:
        assert recording.duration == pytest.approx(found["duration"], abs=0.001)
    assert " ".join(word["word"] for word in found["words"]) == WORDS
    for times in (found["words"], found["visemes"]):
        assert all(a["end"] <= b["start"] for a, b in pairwise(times))
        assert times[-1]["end"] <= found["duration"] + 0.001


def test_events_carry_the_same_file_and_timings(door):
    """As the other forms, clause by clause."""
    body: dict[str, Any] = {"model": "tts", "input": TEXT, "response_format": "pcm"}
    whole = httpx.post(f"{door.api}/audio/speech", json=body, timeout=60).content
    body |= {"stream_format": "sse", "timestamp_granularities": ["word"]}
    lines = httpx.post(f"{door.api}/audio/speech", json=body, timeout=60).text.split("\n\n")
    events = [json.loads(line.removeprefix("data: ")) for line in lines if line]
    audio = b"".join(base64.b64decode(event.get("audio", "")) for event in events)
    words = [word["word"] for event in events for word in event.get("words", ())]
    assert audio == whole
    assert " ".join(words) == WORDS
    assert events[-1]["type"] == "speech.audio.done"


def test_refusals_are_openais_errors(sdk):
    """With the field that is at fault."""
    for field, bad in {"input": "🙂", "voice": "zoe", "instructions": "Whisper."}.items():
        with pytest.raises(openai.BadRequestError) as refusal:
            sdk.audio.speech.create(**{"model": "tts", "voice": "joe", "input": "Hi.", field: bad})
        assert refusal.value.param == field
    with pytest.raises(openai.NotFoundError):
        sdk.audio.speech.create(model="none", voice="joe", input="Hi.")


async def test_leaving_stops_the_speech(door, platform):
    """Sentences that nobody will hear are not spoken."""
    before = _spoken(platform)
    body = {"model": "tts", "input": LONG, "response_format": "pcm"}
    async with (
        httpx.AsyncClient(timeout=60) as http,
        http.stream("POST", f"{door.api}/audio/speech", json=body) as answer,
    ):
        await anext(answer.aiter_bytes())
    count, since = _spoken(platform), time.monotonic()
    while time.monotonic() - since < 2:  # two seconds without another sentence
        await asyncio.sleep(0.2)
        if (now := _spoken(platform)) != count:
            count, since = now, time.monotonic()
            assert count - before < 30
    assert 0 < count - before < 30


def _spoken(platform) -> int:
    """Clauses that the voice was asked for so far."""
    return int(platform.statistics("tts")["inference_count"])
