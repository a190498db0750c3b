"""Speech as files have it: mp3, Opus, AAC, FLAC, WAV and bare PCM, made while it is spoken.

Codecs are ffmpeg's (https://ffmpeg.org), by way of PyAV. Everything here blocks, for a few
milliseconds for each second of speech: run it in a thread.
"""

import dataclasses
import io
from collections.abc import Mapping
from typing import Any, Final, Literal

import av
import av.container
import numpy as np
import numpy.typing as npt
import soxr

from tritone.media.wav import wav_header

__all__ = ["MEDIA_TYPES", "PCM_RATE", "AudioFormat", "Encoder", "encode", "encoded_rate"]

AudioFormat = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]
Pcm = npt.NDArray[np.int16]

PCM_RATE: Final = 24_000
"""Hz of `pcm`, which has no header to tell it."""

MEDIA_TYPES: Final[Mapping[AudioFormat, str]] = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg; codecs=opus",  # RFC 7845, section 9
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Recipe:
    """How ffmpeg makes a format. `rate` is the one it needs, 0 for any that speech has."""

    muxer: str
    codec: str
    rate: int = 0
    bitrate: int = 0
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)


_RECIPES: Final[Mapping[str, _Recipe]] = {
    "mp3": _Recipe("mp3", "libmp3lame", bitrate=64_000, options={"id3v2_version": "0"}),
    # A page of the Ogg stream is what is sent at once; ffmpeg's default is a second.
    "opus": _Recipe("ogg", "libopus", 24_000, 40_000, {"page_duration": "100000"}),
    "aac": _Recipe("adts", "aac", bitrate=64_000),
    "flac": _Recipe("flac", "flac"),
}


def encoded_rate(kind: AudioFormat, sample_rate: int) -> int:
    """Hz of the samples in a file that is made of samples at `sample_rate`."""
    if kind == "pcm":
        return PCM_RATE
    return (_RECIPES[kind].rate if kind in _RECIPES else 0) or sample_rate


class _Pipe:
    """What a muxer that cannot seek writes to."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


class Encoder:
    """Samples in, a file's bytes out as they are made. Use it once, in one thread at a time.

    Args:
        kind: what to make. `opus` is Ogg Opus, `aac` is ADTS, `pcm` is signed 16 bit little
            endian at `PCM_RATE`; all are mono.
        sample_rate: Hz of the samples that are fed.
        samples: how many will be fed, where that is known: a WAV header then tells it.
    """

    def __init__(
        self,
        kind: AudioFormat,
        sample_rate: int,
        *,
        samples: int | None = None,
    ) -> None:
        self.media_type = MEDIA_TYPES[kind]
        self._pipe = _Pipe()
        self._track: _Track | None = None
        self._resampler: Any = None
        if kind == "wav":
            self._pipe.write(wav_header(sample_rate, samples))
        elif kind == "pcm":
            if sample_rate != PCM_RATE:
                self._resampler = soxr.ResampleStream(sample_rate, PCM_RATE, 1, dtype="int16")
        else:
            self._track = _Track(_RECIPES[kind], sample_rate, self._pipe)

    def feed(self, pcm: Pcm) -> bytes:
        """The bytes that `pcm`, mono of shape (samples,), completes; there may be none yet."""
        return self._add(pcm, last=False)

    def finish(self) -> bytes:
        """The bytes that are left."""
        return self._add(np.empty(0, np.int16), last=True)

    def _add(self, pcm: Pcm, *, last: bool) -> bytes:
        if self._track is not None:
            self._track.add(pcm, last=last)
        else:
            if self._resampler is not None:
                pcm = self._resampler.resample_chunk(np.ascontiguousarray(pcm), last=last)
            self._pipe.write(pcm.astype("<i2", copy=False).tobytes())
        return self._pipe.take()


class _Track:
    """One track in one container of ffmpeg's."""

    def __init__(self, recipe: _Recipe, sample_rate: int, sink: Any) -> None:
        self._rate = recipe.rate or sample_rate
        self._resampler: Any = None
        if self._rate != sample_rate:
            self._resampler = soxr.ResampleStream(sample_rate, self._rate, 1, dtype="int16")
        self._out: av.container.OutputContainer = av.open(
            sink,
            "w",
            format=recipe.muxer,
            container_options={"flush_packets": "1", **recipe.options},
        )
        stream = self._out.add_stream(recipe.codec, rate=self._rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        self._stream = stream
        if recipe.bitrate:
            stream.bit_rate = recipe.bitrate
        self._at = 0

    def add(self, pcm: Pcm, *, last: bool) -> None:
        """Encodes samples; the last time, ends the file."""
        if self._resampler is not None:
            pcm = self._resampler.resample_chunk(np.ascontiguousarray(pcm), last=last)
        if pcm.size:
            frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = self._rate
            frame.pts = self._at
            self._at += pcm.size
            self._out.mux(self._stream.encode(frame))
        if last:
            self._out.mux(self._stream.encode(None))
            self._out.close()


def encode(kind: AudioFormat, sample_rate: int, pcm: Pcm) -> bytes:
    """A whole file at once, whose header tells its length, where the format has a place for it."""
    if kind in _RECIPES:
        file = io.BytesIO()
        _Track(_RECIPES[kind], sample_rate, file).add(pcm, last=True)
        return file.getvalue()
    encoder = Encoder(kind, sample_rate, samples=len(pcm))
    return encoder.feed(pcm) + encoder.finish()
