"""Damaged recordings: heard as well as may be or refused with 4xx, and nothing else breaks."""

import io
import random
import wave

import httpx
import numpy as np
import pytest
import soundfile

from tests.e2e.doors import ROOT
from tests.e2e.refusals import refused

pytestmark = pytest.mark.triton


@pytest.fixture(scope="module")
def spoken() -> bytes:
    """Four seconds of speech or less, as WAV of 16 kHz."""
    audio, rate = soundfile.read(ROOT / "samples" / "sky.wav", dtype="int16")
    data = io.BytesIO()
    soundfile.write(data, audio[: 4 * rate], rate, format="WAV", subtype="PCM_16")
    return data.getvalue()


def encoded(spoken: bytes, form: str) -> bytes:
    """The recording in another format."""
    audio, rate = soundfile.read(io.BytesIO(spoken), dtype="float32")
    data = io.BytesIO()
    container, subtype = {
        "wav": ("WAV", "PCM_16"),
        "flac": ("FLAC", "PCM_16"),
        "ogg": ("OGG", "VORBIS"),
        "opus": ("OGG", "OPUS"),
        "mp3": ("MP3", "MPEG_LAYER_III"),
    }[form]
    soundfile.write(data, audio, rate, format=container, subtype=subtype)
    return data.getvalue()


def transcribe(http: httpx.Client, audio: bytes, name: str) -> httpx.Response:
    """As a client sends it."""
    return http.post(
        "/v1/audio/transcriptions",
        data={"model": "stt", "language": "en"},
        files={"file": (name, audio)},
    )


@pytest.mark.parametrize("form", ["wav", "flac", "ogg", "opus", "mp3"])
def test_a_recording_that_is_cut_off(http, spoken, form):
    """Within its header it is refused; later, what is there may be transcribed."""
    whole = encoded(spoken, form)
    for size in (1, 3, 11, 20, 30):
        refused(transcribe(http, whole[:size], f"a.{form}"))
    for share in (0.1, 0.6, 0.99):
        answer = transcribe(http, whole[: int(len(whole) * share)], f"a.{form}")
        if answer.status_code != 200:
            refused(answer)


@pytest.mark.parametrize("form", ["wav", "flac", "ogg", "opus", "mp3"])
def test_a_recording_with_flipped_bits(http, spoken, form):
    """Twelve damaged copies: heard as well as may be, or refused."""
    whole = encoded(spoken, form)
    chance = random.Random(4711)
    for round_ in range(12):
        damaged = bytearray(whole)
        # Half of them in the header, where lengths and rates are.
        reach = 200 if round_ % 2 else len(damaged)
        for _ in range(1 + round_):
            damaged[chance.randrange(reach)] ^= 1 << chance.randrange(8)
        answer = transcribe(http, bytes(damaged), f"a.{form}")
        if answer.status_code != 200:
            refused(answer)


def wav(rate: int, frames: int, channels: int = 1) -> bytes:
    """Silence as WAV."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * channels * frames))
    return data.getvalue()


NO_RECORDINGS = {
    "no samples": wav(16_000, 0),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "text": b"Hello there. " * 100,
    "an archive": b"PK\x03\x04" + bytes(1000),
    "random bytes": random.Random(7).randbytes(20_000),
    "a playlist of other files": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    "a concat script": b"ffconcat version 1.0\nfile /etc/passwd\n",
}


@pytest.mark.parametrize("data", NO_RECORDINGS.values(), ids=NO_RECORDINGS)
def test_a_file_that_is_no_recording(http, data):
    """Refused, and nothing else is opened for it."""
    error = refused(transcribe(http, data, "a.wav"))
    assert "root:" not in error["message"]


def test_samples_that_are_no_numbers(http):
    """A WAV of floats may hold NaN and infinity, which count as silence."""
    data = io.BytesIO()
    audio = np.full(16_000, np.nan, np.float32)
    audio[::2] = np.inf
    soundfile.write(data, audio, 16_000, format="WAV", subtype="FLOAT")
    answer = transcribe(http, data.getvalue(), "a.wav")
    assert answer.status_code == 200
    assert answer.json()["text"] == ""
