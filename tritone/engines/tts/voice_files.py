"""What a Piper voice is loaded from: its two files, onnxruntime, and the phonemizer.

This is the only module that imports `piper-tts` (GPL-3.0), and only for its phonemizer
(espeak-ng). The extra is optional, and the import happens when a voice is loaded: in the `tts`
model's own process and nowhere else.
"""

import json
from pathlib import Path
from typing import Any, Protocol, cast

from tritone.engines.tts.voice_graph import open_up
from tritone.errors import SetupError, WeightsCorrupt, WeightsMissing

__all__ = ["Phonemizer", "find_model", "load_graph", "load_phonemizer", "read_config"]


class Phonemizer(Protocol):
    """What is used of piper-tts."""

    def phonemize(
        self, voice: str, text: str, vowel_clusters: set[tuple[str, ...]] | None
    ) -> list[list[str]]:
        """Phonemes of each sentence of `text`, as single code points, punctuation included."""
        ...


def find_model(folder: Path) -> Path:
    """The voice's model in its folder.

    Raises:
        WeightsMissing: there is none, or more than one.
    """
    models = sorted(folder.glob("*.onnx"))
    if len(models) != 1:
        raise WeightsMissing(f"{folder} holds {len(models)} voices (*.onnx), expected one")
    return models[0]


def read_config(model: Path) -> dict[str, Any]:
    """The configuration beside a model.

    Raises:
        WeightsMissing, WeightsCorrupt: it is not there, or not a voice's.
        SetupError: the voice needs another phonemizer than espeak-ng.
    """
    path = model.with_name(model.name + ".json")
    if not path.is_file():
        raise WeightsMissing(f"{path} is missing: a Piper voice is two files")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise WeightsCorrupt(f"{path} is not JSON: {error}") from None
    if not isinstance(config, dict) or not {"audio", "phoneme_id_map", "espeak"} <= config.keys():
        raise WeightsCorrupt(f"{path} is not a Piper voice's configuration")
    if config.get("phoneme_type", "espeak") != "espeak":
        kind = config["phoneme_type"]
        raise SetupError(f"{path.name}: phonemes of type '{kind}' are not supported, only espeak")
    return config


def load_graph(path: Path, threads: int) -> tuple[Any, bool, str | None]:
    """The onnxruntime session, whether it tells frames, and its duration noise input.

    Raises:
        WeightsCorrupt: the file is not a model.
        SetupError: onnxruntime is not installed.
    """
    try:
        import onnxruntime as ort
    except ImportError:
        raise SetupError("onnxruntime is missing: pip install 'tritone[piper]'") from None
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        opened = open_up(path.read_bytes())
        session = ort.InferenceSession(opened.model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - onnxruntime raises classes of its own
        raise WeightsCorrupt(f"{path} cannot be loaded: {error}") from None
    return session, opened.frames, opened.duration_noise


def load_phonemizer() -> Phonemizer:
    """Piper's phonemizer.

    Raises:
        SetupError: piper-tts is not installed.
    """
    try:
        from piper.phonemize_espeak import EspeakPhonemizer
    except ImportError:
        raise SetupError(
            "the voice needs piper-tts (GPL-3.0), which is optional: pip install 'tritone[piper]'"
        ) from None
    return cast(Phonemizer, EspeakPhonemizer())
