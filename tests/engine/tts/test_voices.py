"""Folders of voices for Piper: several, one without lengths, and broken ones."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.engine.tts.tts_kit import speak, timings_of
from tritone.contract import TtsRequest, TtsResponse
from tritone.engines.tts.piper import Piper
from tritone.errors import SetupError, WeightsCorrupt, WeightsMissing

pytestmark = pytest.mark.engine


def test_several_voices_are_told_apart(folder: Path, tmp_path: Path) -> None:
    """Each folder is a voice of its own name; the first is the default."""
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    (config_path,) = other.glob("*.json")
    config = json.loads(config_path.read_text())
    config["dataset"] = "moe"
    config_path.write_text(json.dumps(config))
    engine = Piper([folder, other])
    assert engine.voices == ("joe", "moe")
    named = engine.speak([TtsRequest(text="Hi.", voice="moe"), TtsRequest(text="Hi.")])
    assert all(isinstance(answer, TtsResponse) for answer in named)
    with pytest.raises(SetupError, match="already"):
        Piper([folder, folder])


def test_a_voice_that_tells_no_lengths_is_timed_evenly(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the graph hides its durations, timings still tile the audio."""
    from tritone.engines.tts import voice_files as module
    from tritone.engines.tts.voice_graph import OpenedVoice

    monkeypatch.setattr(module, "open_up", lambda model: OpenedVoice(model, False, None))
    engine = Piper(folder)
    answer = speak(engine)
    timings = timings_of(answer)
    assert timings[-1].end == pytest.approx(len(answer.audio) / answer.sample_rate, abs=1e-5)
    assert len(timings) > 20
    assert np.array_equal(speak(engine, seed=5).audio, answer.audio)


def test_without_piper_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the GPL extra is told how to get it."""
    monkeypatch.setitem(sys.modules, "piper.phonemize_espeak", None)
    with pytest.raises(SetupError, match=r"tritone\[piper\]"):
        Piper(folder)


def test_missing_and_broken_weights_are_told_apart(folder: Path, tmp_path: Path) -> None:
    """No voice, half a voice and a voice that is none each say so."""
    with pytest.raises(WeightsMissing, match="holds 0 voices"):
        Piper(tmp_path)
    (tmp_path / "a.onnx").write_bytes(b"no model")
    with pytest.raises(WeightsMissing, match=r"a\.onnx\.json"):
        Piper(tmp_path)
    (config,) = folder.glob("*.json")
    shutil.copy(config, tmp_path / "a.onnx.json")
    with pytest.raises(WeightsCorrupt, match=r"a\.onnx"):
        Piper(tmp_path)
    (tmp_path / "a.onnx.json").write_text("{}")
    with pytest.raises(WeightsCorrupt, match="configuration"):
        Piper(tmp_path)
