"""Whisper: recordings with noise in them, or with nothing but noise."""

import jiwer
import numpy as np
import pytest
import soxr

from tests.engine.stt_whisper.whisper_kit import SENTENCES, ask, plain, segments
from tritone.contract import SAMPLE_RATE, SttRequest

pytestmark = pytest.mark.engine

GENERATOR = np.random.default_rng(0)


def noise(seconds, level):
    """White noise."""
    return GENERATOR.normal(0, level, round(seconds * SAMPLE_RATE)).astype(np.float32)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda a: a + noise(len(a) / SAMPLE_RATE, 0.01), id="noisy"),
        pytest.param(lambda a: a * 0.05, id="quiet"),
        pytest.param(lambda a: soxr.resample(a, SAMPLE_RATE, 13_300), id="fast"),
        pytest.param(lambda a: np.pad(a, (3 * SAMPLE_RATE, 5 * SAMPLE_RATE)), id="amid silence"),
    ],
)
def test_recordings_are_never_perfect(whisper, say, spoil):
    """Noise, distance, haste and silence around it cost at most one word in ten."""
    batch = [SttRequest(audio=spoil(say(each)).astype(np.float32)) for each in SENTENCES]
    heard = [plain(response.text) for response in whisper.transcribe(batch)]
    assert jiwer.wer([plain(each) for each in SENTENCES], heard) <= 0.1


@pytest.mark.parametrize(
    "audio",
    [
        pytest.param(np.zeros(3 * SAMPLE_RATE, np.float32), id="silence"),
        pytest.param(noise(3, 0.01), id="hiss"),
        pytest.param(noise(3, 0.2), id="loud noise"),
        pytest.param(
            (0.1 * np.sin(np.arange(3 * SAMPLE_RATE) * 0.04)).astype(np.float32), id="hum"
        ),
        pytest.param(np.zeros(1, np.float32), id="one sample"),
    ],
)
@pytest.mark.parametrize("language", ["", "en"])
def test_where_nobody_speaks_nothing_is_written(whisper, audio, language):
    """No "Thank you." out of silence or noise, and the caller learns why the text is empty."""
    response = ask(whisper, audio, language=language)
    assert response.text == ""
    assert response.no_speech_prob > 0.6
    assert segments(response) == ()
    assert response.language == language
    assert response.language_probability == (1.0 if language else 0.0)


@pytest.mark.parametrize("audio", [np.zeros(48_000, np.float32), noise(3, 0.05)], ids=["0", "hiss"])
def test_a_prompt_is_not_echoed_where_nobody_speaks(whisper, audio):
    """Silence stays silence."""
    prompt = "Thank you for watching. Please like and subscribe to the channel of the kettle."
    assert ask(whisper, audio, language="en", prompt=prompt).text == ""
