"""Which recordings are let in, and how they are opened.

Containers and codecs are ffmpeg's (https://ffmpeg.org), by way of PyAV. Only those listed here are
read: ffmpeg also knows play lists, concatenations and streaming descriptions, which open other
files and addresses, and an upload must never make us do that.
"""

import itertools
from typing import Final

import av
import av.container
import av.stream

from tritone.errors import AudioUndecodable
from tritone.media.source import Source

__all__ = ["claimed_seconds", "open_sound"]

_CONTAINERS: Final = (
    "wav,w64,aiff,mp3,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,aac,amr,mpeg,mpegts"
)
_CODECS: Final = (
    "aac,aac_latm,ac3,alac,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,amrnb,amrwb,eac3,flac,gsm,gsm_ms,"
    "libopus,mp1,mp1float,mp2,mp2float,mp3,mp3float,opus,speex,vorbis,"
    "pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,"
    "pcm_s32le,pcm_s32be,pcm_s64le,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be"
)
_OPTIONS: Final = {
    "format_whitelist": _CONTAINERS,
    "codec_whitelist": _CODECS,
    "protocol_whitelist": "none",  # nothing can be opened beside the upload itself
    "max_streams": "64",
}
_LEAST_BITRATE: Final = 400
"""bit/s. Whatever claims to hold speech in less is not believed."""
_ADVICE: Final = "send wav, mp3, flac, ogg, opus, webm, m4a or mp4"


def open_sound(source: Source) -> tuple[av.container.InputContainer, av.AudioStream]:
    """The container, and the stream of it that holds the sound; the others are skipped.

    Raises:
        AudioUndecodable: it is no recording, or of a kind that is not read.
    """
    source.next_step()
    try:
        found = av.open(source, "r", container_options=_OPTIONS, metadata_errors="replace")
    except Exception:  # noqa: BLE001 - PyAV raises classes of ffmpeg's and of Python's
        why = source.ended or f"it is damaged, or of a kind that is not read: {_ADVICE}"
        raise AudioUndecodable(f"the file cannot be opened as a recording: {why}") from None
    try:
        return found, _choose(found)
    except BaseException:
        found.close()
        raise


def _choose(found: av.container.InputContainer) -> av.AudioStream:
    if not found.streams.audio:
        raise AudioUndecodable(f"the file holds no sound: {_ADVICE}")
    best = found.streams.best("audio")
    chosen = best if isinstance(best, av.AudioStream) else found.streams.audio[0]
    # A stream that nothing decodes has no context, whatever the annotations say.
    name = getattr(chosen.codec_context, "name", "something unknown")
    if name not in _CODECS.split(","):
        raise AudioUndecodable(f"the sound is coded as {name}, which is not read: {_ADVICE}")
    chosen.codec_context.thread_count = 1
    for stream in found.streams:
        if stream.index != chosen.index:
            stream.discard = av.stream.Discard.all
    return chosen


def claimed_seconds(
    found: av.container.InputContainer, stream: av.AudioStream, size: int
) -> float | None:
    """The length that a container of `size` bytes claims, or None where it claims nonsense."""
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    elif found.duration:
        seconds = found.duration / av.time_base
    else:
        return None
    codec = stream.codec_context
    if codec.name.startswith("pcm_"):  # a header written ahead of its samples may say anything
        digits = "".join(itertools.takewhile(str.isdigit, codec.name[5:])) or "8"
        bytes_a_second = codec.sample_rate * codec.layout.nb_channels * int(digits) / 8
        seconds = min(seconds, size / max(bytes_a_second, 1.0))
    return seconds if 0 < seconds <= size * 8 / _LEAST_BITRATE else None
