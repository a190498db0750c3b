"""What engine tests share: verified weights, and speech to listen to."""

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soxr

from tritone.contract import SAMPLE_RATE
from tritone.errors import WeightsMissing
from tritone.settings import settings
from tritone.weights import Store

Say = Callable[[str], "np.ndarray"]


@pytest.fixture(scope="session")
def weights() -> Callable[[str], Path]:
    """Folder of the weights of a name; skips, saying how to fetch them, where they are not."""
    store = Store(settings().home, settings().weights_path)

    def locate(name: str) -> Path:
        try:
            return store.locate(name)
        except WeightsMissing as missing:
            pytest.skip(missing.message)

    return locate


@pytest.fixture(scope="session")
def say(weights: Callable[[str], Path]) -> Say:
    """Speaks a text: 16 kHz float32. The same text is always the same audio."""
    piper = pytest.importorskip("piper", reason="speech for these tests is made with piper")
    voice = piper.PiperVoice.load(str(weights("piper-joe") / "en_US-joe-medium.onnx"))
    still = piper.SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)

    @functools.cache
    def speak(text: str) -> np.ndarray:
        chunks = [chunk.audio_float_array for chunk in voice.synthesize(text, still)]
        spoken = np.concatenate(chunks).astype(np.float32)
        heard = soxr.resample(spoken, voice.config.sample_rate, SAMPLE_RATE)
        heard.flags.writeable = False  # tests share it
        return heard

    return speak
