"""The process of `speaking`: ``python -m perf.bench.corpus.speaking_process VOICE_FOLDER``.

It loads the product's own Piper engine (and with it piper-tts, which is GPL-3.0 and therefore has a
process of its own), and makes a WAV file of every line of stdin, a `Spoken` as JSON; it answers
each with a line: an empty one, or what went wrong.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import soxr

from perf.bench.corpus.variation import Spoken, Variation
from perf.bench.corpus.waves import Pcm, write
from tritone.contract import SAMPLE_RATE, TtsRequest
from tritone.engines.tts.levels import speech_span
from tritone.engines.tts.piper import Piper
from tritone.errors import TritoneError

__all__ = ["main", "recorded"]

_FULL_SCALE: Final = 32_767.0


def recorded(speech: npt.NDArray[np.int16], rate: int, how: Variation) -> Pcm:
    """Speech as a microphone might have taken it: at 16 kHz, with pauses, a level, and noise.

    Args:
        speech: mono PCM, shape (samples,).
        rate: Hz of `speech`.
        how: what to make of it.
    """
    whole = speech.astype(np.float32) / np.float32(_FULL_SCALE)
    begin, end = speech_span(whole, rate, lead=0.0, trail=0.0)
    voice = soxr.resample(whole[begin:end], rate, SAMPLE_RATE).astype(np.float32)
    voice *= np.float32(how.peak / max(float(np.abs(voice).max(initial=0.0)), 1e-6))
    silences = [
        np.zeros(round(pause * SAMPLE_RATE), np.float32) for pause in (how.before, how.after)
    ]
    taken = np.concatenate([silences[0], voice, silences[1]])
    noise = np.random.Generator(np.random.PCG64(how.seed)).standard_normal(taken.size, np.float32)
    heard = np.clip(taken + noise * np.float32(how.noise), -1.0, 1.0)
    pcm: Pcm = np.round(heard * _FULL_SCALE).astype(np.int16)
    return pcm


def main(folder: str) -> None:
    """Speaks until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it closes stdin
    engine = Piper(Path(folder), threads=len(os.sched_getaffinity(0)))
    for line in sys.stdin.buffer:
        wanted = msgspec.json.decode(line, type=Spoken)
        how = wanted.variation
        request = TtsRequest(text=wanted.text, speed=how.speed, random_seed=how.prosody)
        (answer,) = engine.speak([request])
        failure = ""
        if isinstance(answer, TritoneError):
            failure = answer.message
        else:
            write(Path(wanted.path), recorded(answer.audio, answer.sample_rate, how))
        sys.stdout.write(f"{failure}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
