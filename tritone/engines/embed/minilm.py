"""Embeddings with all-MiniLM-L6-v2 (int8 ONNX) on onnxruntime.

Sentence vectors are the mean of the token vectors under the attention mask, scaled to length 1,
as the model was trained [1]. Token vectors, scaled alike, serve late interaction.

[1] https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tritone.contract import EmbedRequest, EmbedResponse
from tritone.engines.embed import Embedder, TokenEncoder, TokenVectors
from tritone.engines.embed.packing import pack
from tritone.engines.embed.session import load_session, load_tokenizer, pad
from tritone.errors import TextEmpty, TritoneError

__all__ = ["MiniLm"]

LONGEST: Final = 256
"""Tokens read of a text, the two special ones included; the model was trained on this length."""


class MiniLm(Embedder, TokenEncoder):
    """An encoder folder (``model.onnx``, ``tokenizer.json``), loaded.

    A text's vectors do not depend on the texts it is encoded with.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Loads the encoder.

        Raises:
            WeightsMissing, WeightsCorrupt: the folder does not hold one.
            SetupError: onnxruntime or tokenizers is not installed.
        """
        self._session = load_session(folder / "model.onnx", threads)
        self._inputs = {tensor.name for tensor in self._session.get_inputs()}
        self._tokenizer = load_tokenizer(folder / "tokenizer.json", LONGEST)

    def embed(self, batch: Sequence[EmbedRequest]) -> list[EmbedResponse | TritoneError]:
        """Vectors of the texts; the answer's `tokens` counts the two special tokens too."""
        results: list[EmbedResponse | TritoneError] = [
            TextEmpty("the text holds nothing to embed")
        ] * len(batch)
        for place, states in self._encode([request.text for request in batch]):
            mean = states.mean(axis=0)
            results[place] = EmbedResponse(embedding=_unit(mean), tokens=len(states))
        return results

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Unit vectors of each text's tokens, without the two special ones."""
        width = int(self._session.get_outputs()[0].shape[-1])
        found: list[TokenVectors] = [np.zeros((0, width), np.float32)] * len(texts)
        for place, states in self._encode(texts):
            found[place] = _unit(states[1:-1])
        return found

    def _encode(self, texts: Sequence[str]) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
        """Last hidden states, FP32 ``[tokens, 384]``, of each text that holds a word."""
        # No text of 256 tokens is that long, and tokenizing a novel takes a second.
        encoded = self._tokenizer.encode_batch([text[: LONGEST * 64] for text in texts])
        places = [place for place, text in enumerate(encoded) if len(text.ids) > 2]
        for group in pack([len(encoded[place].ids) for place in places]):
            chosen = [places[index] for index in group]
            ids, mask = pad([encoded[place].ids for place in chosen])
            feeds: dict[str, npt.NDArray[Any]] = {"input_ids": ids, "attention_mask": mask}
            if "token_type_ids" in self._inputs:
                feeds["token_type_ids"] = np.zeros_like(ids)
            states = self._session.run(None, feeds)[0]
            for row, place in enumerate(chosen):
                yield place, states[row, : len(encoded[place].ids)]


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The vectors along the last axis, scaled to length 1."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: npt.NDArray[np.float32] = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return scaled
