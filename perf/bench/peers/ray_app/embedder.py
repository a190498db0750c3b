"""Texts to vectors: MiniLM on onnxruntime, a batch padded to its longest text."""

import asyncio
from typing import Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from perf.bench.peers.ray_app.batching import batched, onnx_session

__all__ = ["Embedder"]

LONGEST: Final = 256  # tokens that are read of a text, as our own embedder does


class Embedder:
    """Texts to vectors."""

    def __init__(self, options: dict[str, Any]) -> None:
        from tokenizers import Tokenizer

        folder = options["weights"]
        self._session = onnx_session(f"{folder}/model.onnx", options["threads"])
        self._inputs = {tensor.name for tensor in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()
        self._embedded(["ready"])

    @batched(64, 0.0005)
    async def embed(self, texts: list[str]) -> list[bytes]:
        """The vectors of texts."""
        return await asyncio.to_thread(self._embedded, texts)

    def _embedded(self, texts: list[str]) -> list[bytes]:
        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([text.ids for text in encoded], np.int64)
        mask = np.array([text.attention_mask for text in encoded], np.int64)
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        feeds = {name: array for name, array in feeds.items() if name in self._inputs}
        states = self._session.run(None, feeds)[0]
        weights = mask[..., None]
        mean = (states * weights).sum(1) / weights.sum(1)
        unit = (mean / np.linalg.norm(mean, axis=-1, keepdims=True)).astype(np.float32)
        return [row.tobytes() for row in unit]

    async def __call__(self, request: Request) -> Response:
        vector = await self.embed((await request.body()).decode())
        return Response(vector, media_type="application/octet-stream")
