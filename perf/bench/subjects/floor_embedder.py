"""The embedder's network under onnxruntime in this process, one text after another.

What makes it fair: the product's weights and tokenizer, the same pooling, and as many threads as
all instances of `embedder` together. Callers wait for each other, since that is what one by one
means; a batch is what `embedder` has to gain by.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.budget import budget

__all__ = ["FloorEmbedder", "PlainEncoder"]

_LONGEST: Final = 256
"""Tokens that are read of a text, as `embedder` does."""


class PlainEncoder:
    """A folder with ``model.onnx`` and ``tokenizer.json``, loaded; a session as by default."""

    def __init__(self, folder: Path, threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {tensor.name for tensor in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)

    def embed(self, text: str) -> npt.NDArray[np.float32]:
        """A unit vector, shape (384,): the mean of the token vectors."""
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        if "token_type_ids" in self._inputs:
            feeds["token_type_ids"] = np.zeros_like(ids)
        mean = self._session.run(None, feeds)[0][0].mean(axis=0)
        unit: npt.NDArray[np.float32] = mean / np.linalg.norm(mean)
        return unit


class FloorEmbedder:
    """Embeds in one thread."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        found = budget(options, "embedder")
        self._pool = ThreadPoolExecutor(1)
        self._encoder = await asyncio.to_thread(PlainEncoder, found.weights, found.threads)
        await self.one(Item(kind="passage", text="Ready."))
        return {
            "version": f"onnxruntime {version('onnxruntime')}",
            "weights": found.name,
            "threads": found.threads,
            "pids": [os.getpid()],
        }

    async def one(self, item: Item) -> Answer:
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        await loop.run_in_executor(self._pool, self._encoder.embed, item.text)
        return Answer(last=time.perf_counter() - began)

    async def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
