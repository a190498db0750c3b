"""Recordings of every kind for tests: a tone, encoded in memory."""

import io
from typing import Any

import av
import numpy as np

from tritone.media.decode import Recording

TONE = 440.0
SECONDS = 2.0

KINDS: dict[str, tuple[str, str, int, str]] = {
    "wav": ("wav", "pcm_s16le", 44_100, "stereo"),
    "wav-8k-mulaw": ("wav", "pcm_mulaw", 8_000, "mono"),
    "wav-u8": ("wav", "pcm_u8", 16_000, "mono"),
    "wav-24bit": ("wav", "pcm_s24le", 48_000, "stereo"),
    "wav-float": ("wav", "pcm_f32le", 44_100, "stereo"),
    "wav-16-channels": ("wav", "pcm_s16le", 48_000, "hexadecagonal"),
    "aiff": ("aiff", "pcm_s16be", 44_100, "stereo"),
    "mp3": ("mp3", "libmp3lame", 44_100, "stereo"),
    "flac": ("flac", "flac", 44_100, "stereo"),
    "ogg-vorbis": ("ogg", "vorbis", 48_000, "stereo"),
    "ogg-opus": ("ogg", "libopus", 48_000, "mono"),
    "webm": ("webm", "libopus", 48_000, "stereo"),
    "m4a": ("ipod", "aac", 44_100, "stereo"),
    "mp4": ("mp4", "aac", 44_100, "5.1"),
    "mp4-8-channels": ("mp4", "aac", 48_000, "7.1"),
    "aac": ("adts", "aac", 22_050, "mono"),
    "mpga": ("mp2", "mp2", 44_100, "stereo"),
    "mpeg": ("mpeg", "mp2", 44_100, "stereo"),
}
"""Container, codec, Hz and channels, by the name that tests use."""


def tone(seconds: float, rate: int, frequency: float = TONE) -> np.ndarray:
    """A sine of half of full scale: float32, shape (samples,)."""
    at = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * frequency * at)).astype(np.float32)


def encoded(channels: np.ndarray, container: str, codec: str, rate: int, layout: str) -> bytes:
    """A file of float32 samples, shape (channels, samples)."""
    interleaved = np.ascontiguousarray(channels.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout=layout)
    frame.sample_rate = rate
    frame.pts = 0
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        options = {"strict": "experimental"} if codec == "vorbis" else {}
        stream: Any = out.add_stream(codec, rate=rate, layout=layout, options=options)
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def recording(kind: str, seconds: float = SECONDS) -> bytes:
    """A file of the kind, the same tone in every channel."""
    container, codec, rate, layout = KINDS[kind]
    channels = np.stack([tone(seconds, rate)] * av.AudioLayout(layout).nb_channels)
    return encoded(channels, container, codec, rate, layout)


def heard(file: bytes, seconds: float = 10.0) -> np.ndarray:
    """All the samples of a file, at 16 kHz."""
    with Recording(io.BytesIO(file)) as opened:
        return np.concatenate(list(opened.chunks(seconds)))


def pitch(samples: np.ndarray, rate: int = 16_000) -> float:
    """The loudest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * rate / len(samples)


def loudness(samples: np.ndarray) -> float:
    """Root mean square without the ends, where codecs fade."""
    inner = samples[len(samples) // 10 : -len(samples) // 10].astype(np.float64)
    return float(np.sqrt(np.mean(inner**2)))
