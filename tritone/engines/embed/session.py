"""What every encoder of text needs: an onnxruntime session, a tokenizer, padded ids."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tritone.errors import SetupError, WeightsCorrupt, WeightsMissing

__all__ = ["load_session", "load_tokenizer", "pad"]

Ids = npt.NDArray[np.int64]


def load_session(path: Path, threads: int) -> Any:
    """An onnxruntime session with a budget of `threads`.

    Raises:
        WeightsMissing, WeightsCorrupt: the file is not there or not a model.
        SetupError: onnxruntime is not installed.
    """
    try:
        import onnxruntime as ort
    except ImportError:
        raise SetupError("onnxruntime is missing: pip install 'tritone[embed]'") from None
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    _require(path)
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - onnxruntime's classes share no other base
        raise WeightsCorrupt(f"{path} cannot be loaded: {error}") from None


def load_tokenizer(path: Path, longest: int) -> Any:
    """A tokenizer that truncates at `longest` tokens and does not pad.

    Raises:
        WeightsMissing, WeightsCorrupt: the file is not there or not a tokenizer.
        SetupError: tokenizers is not installed.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise SetupError("tokenizers is missing: pip install 'tritone[embed]'") from None
    _require(path)
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # noqa: BLE001 - tokenizers raises bare Exception
        raise WeightsCorrupt(f"{path} cannot be loaded: {error}") from None
    tokenizer.no_padding()  # a file may ask for padding to a fixed length: wasted arithmetic
    tokenizer.enable_truncation(longest)
    return tokenizer


def pad(rows: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
    """Ids and attention mask, INT64 ``[rows, longest row]``, padded with 0."""
    longest = max(len(row) for row in rows)
    ids = np.zeros((len(rows), longest), np.int64)
    mask = np.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return ids, mask


def _require(path: Path) -> None:
    if not path.is_file():
        raise WeightsMissing(f"{path} is missing")
