"""Samples become files that anybody can play, while they are made."""

import io
import wave

import numpy as np
import pytest
import soundfile

from tests.unit import media_kit as kit
from tritone.media.encode import MEDIA_TYPES, PCM_RATE, Encoder, encode, encoded_rate
from tritone.media.wav import HEADER_BYTES, wav_header

pytestmark = pytest.mark.unit

RATES = (16_000, 22_050, 24_000)
DELAY = {"mp3": 0.12, "aac": 0.12}
"""Seconds that a codec may add where the file has no place to say so."""


def pcm(seconds: float, rate: int) -> np.ndarray:
    """A tone as signed 16 bit samples."""
    return (kit.tone(seconds, rate) * 32767).astype(np.int16)


def streamed(kind: str, rate: int, samples: np.ndarray, piece: float = 0.5) -> list[bytes]:
    """What an encoder gives for each piece, and at the end."""
    encoder = Encoder(kind, rate)
    size = int(piece * rate)
    pieces = [encoder.feed(samples[at : at + size]) for at in range(0, len(samples), size)]
    return [*pieces, encoder.finish()]


def decoded(kind: str, file: bytes) -> tuple[np.ndarray, int]:
    """A file's samples and their rate, read by our own decoder."""
    if kind == "pcm":
        return np.frombuffer(file, "<i2").astype(np.float32) / 32768, PCM_RATE
    return kit.heard(file), 16_000


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_stream_is_heard_as_it_was_spoken(kind, rate):
    """As long, as high and as loud."""
    samples, at = decoded(kind, b"".join(streamed(kind, rate, pcm(3, rate))))
    assert len(samples) / at == pytest.approx(3, abs=DELAY.get(kind, 0.01))
    assert kit.pitch(samples, at) == pytest.approx(kit.TONE, abs=2)
    assert kit.loudness(samples) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_bytes_come_as_they_are_made(kind):
    """Each piece of speech brings its share; nothing waits for the end."""
    *pieces, last = streamed(kind, 22_050, pcm(3.5, 22_050))
    sizes = [len(piece) for piece in pieces]
    assert min(sizes) > 0.5 * sum(sizes) / len(sizes)
    assert len(last) < sum(sizes) / len(sizes)


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_small_pieces_make_the_same_speech(kind):
    """However it is cut, down to less than a codec's frame, and to nothing."""
    samples = pcm(0.5, 22_050)
    encoder = Encoder(kind, 22_050)
    pieces = [encoder.feed(piece) for piece in np.array_split(samples, 200)]
    pieces.insert(0, encoder.feed(samples[:0]))
    heard, at = decoded(kind, b"".join([*pieces, encoder.finish()]))
    assert len(heard) / at == pytest.approx(0.5, abs=DELAY.get(kind, 0.01))
    assert kit.pitch(heard, at) == pytest.approx(kit.TONE, abs=4)


@pytest.mark.parametrize("kind", ["mp3", "opus", "flac", "wav"])
@pytest.mark.parametrize("rate", RATES)
def test_a_whole_file_tells_its_length(kind, rate):
    """To libsndfile, which is not what made it."""
    info = soundfile.info(io.BytesIO(encode(kind, rate, pcm(2, rate))))
    assert info.duration == pytest.approx(2, abs=0.002)
    assert info.channels == 1
    assert info.samplerate == encoded_rate(kind, rate)


@pytest.mark.parametrize(("kind", "begins"), [
    ("mp3", b"\xff"), ("opus", b"OggS"), ("aac", b"\xff"), ("flac", b"fLaC"), ("wav", b"RIFF"),
])  # fmt: skip
def test_a_file_begins_as_its_kind_does(kind, begins):
    """Streamed or whole, so that players know it by its first bytes."""
    assert b"".join(streamed(kind, 22_050, pcm(1, 22_050))).startswith(begins)
    if kind != "mp3":  # whole, it begins with an ID3 tag or a frame that tells the length
        assert encode(kind, 22_050, pcm(1, 22_050)).startswith(begins)


def test_a_wav_of_unknown_length_opens_everywhere():
    """In Python's own `wave`, and in libsndfile."""
    samples = pcm(1, 22_050)
    file = b"".join(streamed("wav", 22_050, samples))
    with wave.open(io.BytesIO(file)) as opened:
        assert (opened.getnchannels(), opened.getsampwidth(), opened.getframerate()) == (
            1, 2, 22_050,
        )  # fmt: skip
        frames = opened.readframes(opened.getnframes())
    assert np.array_equal(np.frombuffer(frames, "<i2"), samples)
    read, rate = soundfile.read(io.BytesIO(file), dtype="int16")
    assert rate == 22_050
    assert np.array_equal(read, samples)


def test_a_wav_of_known_length_has_a_right_header():
    """Also when it is streamed."""
    samples = pcm(1, 16_000)
    encoder = Encoder("wav", 16_000, samples=len(samples))
    file = encoder.feed(samples) + encoder.finish()
    with wave.open(io.BytesIO(file)) as opened:
        assert opened.getnframes() == len(samples)
    assert file == encode("wav", 16_000, samples)
    assert len(file) == HEADER_BYTES + 2 * len(samples)


def test_a_wav_longer_than_its_format_is_a_stream():
    """Four gigabytes have no place in a header."""
    assert wav_header(16_000, 2**31) == wav_header(16_000)


def test_pcm_is_at_24_khz():
    """Whatever the voice speaks at, as OpenAI has it; at 24 kHz it is the samples themselves."""
    samples = pcm(1, 24_000)
    assert encode("pcm", 24_000, samples) == samples.tobytes()
    assert len(encode("pcm", 22_050, pcm(1, 22_050))) == pytest.approx(48_000, abs=4)


def test_the_rate_of_a_file_is_known():
    """`pcm` and Opus have their own; the others keep the voice's."""
    assert {kind: encoded_rate(kind, 22_050) for kind in MEDIA_TYPES} == {
        "mp3": 22_050, "opus": 24_000, "aac": 22_050, "flac": 22_050, "wav": 22_050, "pcm": 24_000,
    }  # fmt: skip
