"""Recordings of any usual kind, read as mono float32 while they are decoded."""

import threading
from collections.abc import Iterator
from typing import BinaryIO, Final, Self

import av
import numpy as np
import numpy.typing as npt

from tritone.contract import SAMPLE_RATE
from tritone.errors import AudioEmpty, AudioUndecodable, Internal
from tritone.media.mono import Mono
from tritone.media.opening import claimed_seconds, open_sound
from tritone.media.source import Source

__all__ = ["Recording"]

Samples = npt.NDArray[np.float32]

_MOST_PACKET: Final = 4 * 1024**2  # bytes; a packet is some milliseconds of sound
_MOST_FAILURES: Final = 16  # in a row, before a container counts as over


class Recording:
    """A recording in a file, opened; a context manager.

    Damage is skipped where the decoder finds its feet again, and a file that was cut off ends
    where it was cut. Gaps between time stamps are not filled with silence.

    Args:
        file: where the recording is: read from its start, seeked in, and not closed.
        rate: Hz of the samples that come out.

    Raises:
        AudioUndecodable: it is no recording, or of a kind that is not read.
        AudioEmpty: the file has no bytes.
    """

    def __init__(self, file: BinaryIO, *, rate: int = SAMPLE_RATE) -> None:
        self._source = Source(file)
        if not self._source.size:
            raise AudioEmpty("the file is empty: record something before sending it")
        self._input, self._stream = open_sound(self._source)
        self._rate = rate
        self._closed = False
        self._busy = threading.Lock()  # held while C code runs, which must not lose its memory
        self._packets = self._input.demux(self._stream)
        self._good = self._bad = 0
        self._pieces = self._decode(Mono(rate))
        name = self._input.format.name
        self.container = "mp4" if name.startswith("mov,") else name.partition(",")[0]
        """The kind of file: wav, mp3, ogg, mp4, matroska and so on."""
        self.duration = claimed_seconds(self._input, self._stream, self._source.size)
        """Seconds, as the container says; None where it does not, or cannot be believed."""

    def chunks(self, seconds: float = 10.0) -> Iterator[Samples]:
        """The samples, shape (samples,), in [-1, 1], `seconds` at a time; the last may be shorter.

        Blocks for as long as decoding takes. Nothing is decoded before it is asked for, so who
        counts what came can stop at any length. Another call goes on where the last one stopped.

        Raises:
            AudioUndecodable: nothing could be decoded, or most of it is damaged.
            AudioEmpty: the recording holds no samples.
        """
        size = max(round(seconds * self._rate), 1)
        waiting: list[Samples] = []
        count = 0
        for piece in self._pieces:
            waiting.append(piece)
            count += len(piece)
            if count >= size:
                joined = np.concatenate(waiting)
                whole = count - count % size
                for start in range(0, whole, size):
                    yield joined[start : start + size].copy()
                waiting, count = [joined[whole:].copy()], count - whole
        if count:
            yield np.concatenate(waiting)

    def _decode(self, mono: Mono) -> Iterator[Samples]:
        """Every frame's samples, and at the end the verdict over all of them."""
        heard = 0
        while (frames := self._next_frames()) is not None:
            for frame in frames:
                samples = mono.feed(frame)
                heard += len(samples)
                if samples.size:
                    yield samples
        rest = mono.finish()
        if rest.size:
            yield rest
        if self._source.fault is not None:
            raise Internal("the recording could not be read") from self._source.fault
        if self._source.ended and not self._closed:
            raise AudioUndecodable(f"the recording cannot be decoded: {self._source.ended}")
        if self._bad > self._good:
            raise AudioUndecodable("the recording is damaged: most of it cannot be decoded")
        if not heard + len(rest) and not self._closed:
            raise AudioEmpty("the recording holds no samples: record something before sending it")

    def _next_frames(self) -> list[av.AudioFrame] | None:
        """What the next packet holds; None after the last one."""
        failures = 0
        while failures < _MOST_FAILURES:
            with self._busy:
                if self._closed:
                    self._input.close()
                    return None
                self._source.next_step()
                try:
                    packet = next(self._packets, None)
                except Exception:  # noqa: BLE001 - PyAV raises classes of ffmpeg's and of Python's
                    failures += 1
                    self._bad += 1
                    self._packets = self._input.demux(self._stream)
                    continue
                return None if packet is None else self._frames(packet)
        return None

    def _frames(self, packet: "av.Packet[av.AudioStream]") -> list[av.AudioFrame]:
        if packet.size > _MOST_PACKET:
            self._bad += 1
            return []
        try:
            frames = packet.decode()
        except Exception:  # noqa: BLE001 - as above
            # The empty packet at the end asks for what the decoder holds back, if anything.
            self._bad += bool(packet.size)
            return []
        self._good += bool(frames)
        return frames

    def close(self) -> None:
        """Lets go of the decoder. Any thread may call it; a running step ends soon and does so."""
        self._closed = True
        self._source.stop()
        if self._busy.acquire(blocking=False):
            try:
                self._input.close()
            finally:
                self._busy.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
