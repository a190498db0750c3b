"""Speech: its formats, its speed, and how it streams."""

import asyncio
import json
from typing import Any

import pytest
from openai import OpenAI

from .kit import SENTENCE, SPEECH, VOICE, asynchronous

pytestmark = pytest.mark.triton


def is_mp3(data: bytes) -> bool:
    """An ID3 tag, or a frame's eleven set bits (layer III)."""
    return data[:3] == b"ID3" or (data[0] == 0xFF and data[1] & 0xE6 == 0xE2)


def is_adts(data: bytes) -> bool:
    """A frame's twelve set bits and layer 0."""
    return data[0] == 0xFF and data[1] & 0xF6 == 0xF0


FORMATS = {
    "mp3": is_mp3,
    "opus": lambda data: data[:4] == b"OggS" and b"OpusHead" in data[:64],
    "aac": is_adts,
    "flac": lambda data: data[:4] == b"fLaC",
    "wav": lambda data: data[:4] == b"RIFF" and data[8:12] == b"WAVE",
    "pcm": lambda data: len(data) % 2 == 0 and len(data) > 24_000,
}


@pytest.mark.parametrize("form", FORMATS)
def test_speech_in_every_format(client: OpenAI, form: Any) -> None:
    """Told by its first bytes; the answer's media type is some audio."""
    answer = client.audio.speech.create(
        model=SPEECH, voice=VOICE, input=SENTENCE, response_format=form
    )
    assert FORMATS[form](answer.content)
    assert answer.response.headers["content-type"].startswith("audio/")


def test_speech_is_mp3_unless_told_otherwise(client: OpenAI) -> None:
    """As OpenAI's."""
    assert is_mp3(client.audio.speech.create(model=SPEECH, voice=VOICE, input="Hello.").content)


def test_faster_speech_is_shorter(client: OpenAI) -> None:
    """PCM: 24 kHz, 16 bits, one channel, so that length is time."""
    spoken: dict[float, int] = {}
    for speed in (1.0, 2.0):
        answer = client.audio.speech.create(
            model=SPEECH, voice=VOICE, input=SENTENCE, speed=speed, response_format="pcm"
        )
        spoken[speed] = len(answer.content)
    assert 0.8 < spoken[1.0] / 48_000 < 6
    assert spoken[2.0] < 0.75 * spoken[1.0]


def test_speech_that_streams(client: OpenAI) -> None:
    """Bytes are handed over as they come."""
    with client.audio.speech.with_streaming_response.create(
        model=SPEECH,
        voice=VOICE,
        input=f"{SENTENCE} It has eight. An insect has six of them, and a bird has two.",
        response_format="pcm",
    ) as answer:
        chunks = [len(chunk) for chunk in answer.iter_bytes()]
    assert len(chunks) > 1
    assert sum(chunks) > 48_000


def test_speech_as_events(client: OpenAI) -> None:
    """`stream_format: sse`: audio in deltas, then what it cost."""
    answer = client.audio.speech.create(
        model=SPEECH, voice=VOICE, input=SENTENCE, stream_format="sse", response_format="pcm"
    )
    assert answer.response.headers["content-type"].startswith("text/event-stream")
    events = [
        json.loads(line.removeprefix("data:"))
        for line in answer.text.splitlines()
        if line.startswith("data:") and "[DONE]" not in line
    ]
    kinds = [event["type"] for event in events]
    assert kinds.count("speech.audio.done") == 1
    assert "speech.audio.delta" in kinds
    assert events[-1]["type"] == "speech.audio.done"
    assert all(event["audio"] for event in events if event["type"] == "speech.audio.delta")


def test_speech_from_asyncio(account: tuple[str, str]) -> None:
    """Streamed to whoever listens."""

    async def speak() -> bytes:
        async with (
            asynchronous(account) as client,
            client.audio.speech.with_streaming_response.create(
                model=SPEECH, voice=VOICE, input="Hello.", response_format="flac"
            ) as answer,
        ):
            return b"".join([chunk async for chunk in answer.iter_bytes()])

    assert asyncio.run(speak())[:4] == b"fLaC"
