"""Transcriptions and translations: their formats, times and streams."""

import asyncio
import re
from typing import Any

import pytest
from openai import OpenAI

from .kit import HEARD, SENTENCE, SPEECH, TRANSCRIPTION, TRANSLATES, VOICE, asynchronous, sound

pytestmark = pytest.mark.triton


def test_a_transcription(client: OpenAI, recording: bytes) -> None:
    """JSON unless told otherwise."""
    answer = sound(
        client.audio.transcriptions.create(model=TRANSCRIPTION, file=("a.wav", recording))
    )
    assert HEARD in answer.text.lower()


def test_a_transcription_as_text(client: OpenAI, recording: bytes) -> None:
    """Nothing but the words."""
    answer = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), response_format="text"
    )
    assert isinstance(answer, str)
    assert HEARD in answer.lower()
    assert "{" not in answer


def test_a_transcription_as_subtitles(client: OpenAI, recording: bytes) -> None:
    """SRT and WebVTT."""
    srt = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), response_format="srt"
    )
    assert re.match(r"1\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}\n\S", srt)
    vtt = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), response_format="vtt"
    )
    assert re.match(r"WEBVTT\n\n(\d\d:)?\d\d:\d\d\.\d{3} --> (\d\d:)?\d\d:\d\d\.\d{3}\n\S", vtt)


def test_a_transcription_with_times(client: OpenAI, recording: bytes) -> None:
    """Words and segments, in order, within the recording."""
    answer = sound(
        client.audio.transcriptions.create(
            model=TRANSCRIPTION,
            file=("a.wav", recording),
            response_format="verbose_json",
            timestamp_granularities=["word", "segment"],
        )
    )
    assert answer.language
    assert answer.duration > 0.5
    assert answer.words
    assert answer.segments
    assert any(HEARD in word.word.lower() for word in answer.words)
    times = [time for word in answer.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] <= answer.duration + 0.1
    assert HEARD in " ".join(segment.text for segment in answer.segments).lower()


def test_words_come_only_when_asked_for(client: OpenAI, recording: bytes) -> None:
    """`verbose_json` by itself has segments."""
    answer = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), response_format="verbose_json"
    )
    assert answer.segments
    assert not answer.words


def test_a_transcription_that_streams(client: OpenAI, recording: bytes) -> None:
    """Deltas, then the whole text, which is that of the deltas."""
    stream = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), stream=True
    )
    deltas, done = [], []
    for event in stream:
        if event.type == "transcript.text.delta":
            deltas.append(sound(event).delta)
        elif event.type == "transcript.text.done":
            done.append(sound(event).text)
    assert done == ["".join(deltas)]
    assert HEARD in done[0].lower()


@pytest.mark.parametrize("form", ["mp3", "opus", "aac", "flac"])
def test_a_transcription_of_any_format(client: OpenAI, form: Any) -> None:
    """Whatever the speech endpoint makes can be read again."""
    spoken = client.audio.speech.create(
        model=SPEECH, voice=VOICE, input=SENTENCE, response_format=form
    ).content
    answer = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=(f"a.{form}", spoken), language="en"
    )
    assert HEARD in answer.text.lower()


def test_a_transcription_from_asyncio(account: tuple[str, str], recording: bytes) -> None:
    """Likewise."""

    async def transcribe() -> str:
        async with asynchronous(account) as client:
            answer = await client.audio.transcriptions.create(
                model=TRANSCRIPTION, file=("a.wav", recording)
            )
            return answer.text

    assert HEARD in asyncio.run(transcribe()).lower()


@TRANSLATES
def test_a_translation(client: OpenAI, recording: bytes) -> None:
    """Into English, which this is already."""
    answer = sound(client.audio.translations.create(model=TRANSCRIPTION, file=("a.wav", recording)))
    assert HEARD in answer.text.lower()
