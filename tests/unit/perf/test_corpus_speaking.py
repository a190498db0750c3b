"""Texts spoken into recordings that are kept."""

import sys
from pathlib import Path

import numpy as np
import pytest

from perf.bench.corpus.speaking import Speaker
from perf.bench.corpus.speaking_process import recorded
from perf.bench.corpus.variation import Variation, drawn_variation
from tritone.contract import SAMPLE_RATE
from tritone.errors import ServerFailed

pytestmark = pytest.mark.unit

HOW = Variation(speed=1.0, prosody=1, before=0.2, after=0.3, peak=0.5, noise=0.001, seed=1)


def speaker(folder: Path, told: list | None = None) -> Speaker:
    on_spoken = (lambda *progress: told.append(progress)) if told is not None else lambda *_: None
    command = (sys.executable, "-m", "tests.unit.perf.speaking_double")
    return Speaker(Path("voices/joe"), folder, on_spoken, command)


def test_what_was_spoken_is_not_spoken_again(tmp_path):
    """The file of the first time is kept, and found by another speaker."""
    with speaker(tmp_path) as first:
        (one,) = first.recordings(["hello"], [0])
    made = one.path.stat().st_mtime_ns
    with speaker(tmp_path) as second:
        (other,) = second.recordings(["hello"], [0])
    assert other == one
    assert one.path.stat().st_mtime_ns == made


def test_variants_and_texts_have_files_of_their_own(tmp_path):
    """Two ways to say it are two recordings."""
    with speaker(tmp_path) as one:
        found = one.recordings(["hello", "hello", "goodbye"], [0, 1, 0])
    assert len({recording.path for recording in found}) == 3


def test_speech_ends_before_the_pause_after_it(tmp_path):
    """By as much as the variation says."""
    with speaker(tmp_path) as one:
        (found,) = one.recordings(["hello"], [2])
    assert found.seconds == pytest.approx(1.0)
    assert found.end_of_speech == pytest.approx(1.0 - drawn_variation("hello", 2).after)


def test_progress_is_told(tmp_path):
    """After each text, how many there are and will be."""
    told = []
    with speaker(tmp_path, told) as one:
        one.recordings(["a", "b"], [0, 0])
    assert told == [(1, 2), (2, 2)]


def test_refused_text_is_named(tmp_path):
    """In one line, and the process goes on."""
    with speaker(tmp_path) as one:
        with pytest.raises(ServerFailed, match="'refuse' cannot be spoken: it cannot be said"):
            one.recordings(["refuse"], [0])
        assert one.recordings(["hello"], [0])


def test_death_of_the_process_is_told(tmp_path):
    """And the next text starts another."""
    with speaker(tmp_path) as one:
        with pytest.raises(ServerFailed, match="ended"):
            one.recordings(["die"], [0])
        assert one.recordings(["hello"], [0])


def test_variation_is_the_same_everywhere():
    """It hangs on text and variant alone; both change it."""
    assert drawn_variation("hello", 1) == drawn_variation("hello", 1)
    assert drawn_variation("hello", 1) != drawn_variation("hello", 2)
    assert drawn_variation("hello", 1) != drawn_variation("hallo", 1)


def test_recording_has_pauses_around_the_speech():
    """The voice's own silence is cut, and pauses of the wanted length are put in its place."""
    tone = np.sin(np.arange(22_050) * 0.1) * 8_000
    speech = np.concatenate([np.zeros(5_000), tone, np.zeros(9_000)]).astype(np.int16)
    heard = recorded(speech, 22_050, HOW)
    assert heard.size / SAMPLE_RATE == pytest.approx(0.2 + 1.0 + 0.3, abs=0.03)
    loud = np.flatnonzero(np.abs(heard) > 4_000) / SAMPLE_RATE
    assert loud[0] == pytest.approx(0.2, abs=0.02)
    assert heard.size / SAMPLE_RATE - loud[-1] == pytest.approx(0.3, abs=0.02)


def test_recording_has_the_level_and_the_noise_wanted():
    """Its peak, and the noise in its pauses."""
    speech = (np.sin(np.arange(22_050) * 0.1) * 8_000).astype(np.int16)
    heard = recorded(speech, 22_050, HOW) / 32_767
    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.02)
    pause = heard[: round(0.19 * SAMPLE_RATE)]
    assert np.sqrt(np.mean(pause**2)) == pytest.approx(0.001, rel=0.2)
