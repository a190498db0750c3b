"""Text to speech with Piper voices (VITS on onnxruntime, phonemes from espeak-ng).

`piper-tts` is GPL-3.0: an optional extra, imported by this engine only (in `voice_files`, when a
voice is loaded), which runs only in the `tts` model's own process.

A batch is spoken one request after another, the shortest first. Padding several into one run of
the graph gives the same samples to within 1e-4, but on one thread it is no faster for equal
lengths (1.0 times the time) and slower for mixed ones (1.7 times, five sentences of 0.8 to 4 s):
the decoder is bound by arithmetic, and padding is arithmetic too.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import structlog

from tritone.contract import TtsRequest, TtsResponse
from tritone.engines.tts import TextToSpeech
from tritone.engines.tts.levels import pcm16, speech_span
from tritone.engines.tts.spoken import spoken
from tritone.engines.tts.timing import fold, in_seconds
from tritone.engines.tts.voice import Voice
from tritone.engines.tts.words import split_words, time_words
from tritone.errors import (
    Internal,
    ParameterOutOfRange,
    SetupError,
    TextEmpty,
    TextTooLong,
    TritoneError,
    UnknownVoice,
)
from tritone.messages import encode

__all__ = ["Piper"]

LONGEST_TEXT: Final = 2_000
SLOWEST, FASTEST = 0.25, 4.0

_log = structlog.get_logger(__name__)


class Piper(TextToSpeech):
    """Speaks with one or more Piper voices.

    The same request gives the same samples. Seed 0, the default, speaks with the most likely
    prosody. Any other seed varies rhythm and intonation as the voice learnt them, the same way
    each time (on one version of numpy and onnxruntime); a voice whose noise cannot be replaced
    (`Voice.seeded`) takes no notice of seeds.
    """

    def __init__(self, weights: Path | Sequence[Path], threads: int = 1) -> None:
        """Loads a voice from each folder; the first is the default.

        `threads` is the budget of one run. One thread is soonest at the first audio beside
        other work.

        Raises:
            SetupError: as `Voice` does, or two voices have one name.
        """
        folders = [weights] if isinstance(weights, Path) else list(weights)
        if not folders:
            raise SetupError("no voice is configured: name one in the model's 'weights'")
        self._voices: dict[str, Voice] = {}
        for folder in folders:
            voice = Voice(folder, threads)
            if voice.name in self._voices:
                raise SetupError(f"{folder}: a voice named '{voice.name}' is already there")
            self._voices[voice.name] = voice
            if not voice.exact_timing:
                _log.warning("voice_tells_no_lengths", voice=voice.name, timings="even share")

    @property
    def voices(self) -> tuple[str, ...]:
        return tuple(self._voices)

    def speak_each(
        self, batch: Sequence[TtsRequest]
    ) -> Iterator[tuple[int, TtsResponse | TritoneError]]:
        for place in sorted(range(len(batch)), key=lambda place: len(batch[place].text)):
            yield place, self._speak_safely(batch[place])

    def _speak_safely(self, request: TtsRequest) -> TtsResponse | TritoneError:
        try:
            return self._speak(request)
        except TritoneError as error:
            return error
        except Exception as error:  # noqa: BLE001 - see below
            # onnxruntime and espeak raise classes of their own; the rest of the batch goes on.
            _log.exception("speech_failed", characters=len(request.text))
            return Internal(f"the voice failed: {error}")

    def _speak(self, request: TtsRequest) -> TtsResponse:
        """Speaks one request.

        Raises:
            UnknownVoice, ParameterOutOfRange: a parameter is wrong.
            TextEmpty, TextTooLong: the text cannot be spoken.
        """
        voice = self._voice(request.voice)
        if not (math.isfinite(request.speed) and SLOWEST <= request.speed <= FASTEST):
            raise ParameterOutOfRange(
                f"speed is {request.speed:g}, expected {SLOWEST:g} to {FASTEST:g}"
            )
        text = _speakable(request.text)
        runs = voice.phonemize(text)
        if not runs:
            raise TextEmpty("nothing in the text can be pronounced")
        pieces = []
        lengths: list[tuple[str, int]] = []
        for audio, own in voice.speak(runs, request.speed, request.random_seed):
            pieces.append(audio)
            lengths += own
        whole = np.concatenate(pieces)
        start, end = speech_span(whole, voice.sample_rate)
        words = split_words(text)
        sounds = [voice.sounds_of(word) for word in words]
        timed = time_words(words, sounds, lengths, start, end - start, voice.sample_rate)
        return TtsResponse(
            audio=pcm16(whole[start:end], voice.gain),
            sample_rate=voice.sample_rate,
            timings=encode(in_seconds(fold(lengths), start, end - start, voice.sample_rate)),
            words=encode(timed),
        )

    def _voice(self, name: str) -> Voice:
        if not name:
            return next(iter(self._voices.values()))
        if name not in self._voices:
            raise UnknownVoice(f"no voice is named '{name}': there are {', '.join(self._voices)}")
        return self._voices[name]


def _speakable(text: str) -> str:
    """The words of `text`.

    Raises:
        TextTooLong: it is longer than `LONGEST_TEXT`.
        TextEmpty: there is nothing to say.
    """
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(
            f"the text has {len(text):,} characters, at most {LONGEST_TEXT:,}: send sentences"
        )
    if not text.strip():
        raise TextEmpty("the text is empty")
    words = spoken(text)
    if not words:
        raise TextEmpty("nothing in the text can be pronounced")
    return words
