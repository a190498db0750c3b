"""llama.cpp in this process through xllamacpp, as it comes: no layer of ours above it."""

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from perf.bench.peers.llamacpp_server import gguf
from perf.bench.subjects.budget import Budget
from perf.bench.subjects.completions import read

__all__ = ["PlainLlama"]


class PlainLlama:
    """One GGUF model.

    Args:
        given: weights and threads.
        slots: conversations decoded together.
        context: tokens of each.
    """

    def __init__(self, given: Budget, *, slots: int, context: int) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(gguf(given.weights))
        params.n_parallel = slots
        params.n_ctx = slots * context
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = given.threads
        params.n_gpu_layers = 0
        params.use_jinja = True
        params.verbosity = -1
        # It opens an HTTP port of its own on loopback; nobody is meant to use it.
        params.api_keys = [secrets.token_hex(32)]
        self._server: Any = xllamacpp.Server(params)

    def write(self, request: Mapping[str, Any], take: Callable[[str], bool]) -> int:
        """Answers a chat completion request (`completions.body`); blocks.

        Args:
            request: streamed, and with the usage.
            take: gets each piece of text, and says whether that is enough.

        Returns:
            The tokens generated; 0 where it was stopped before they were told.

        Raises:
            Internal: the engine reports an error.
        """
        failures: list[Exception] = []
        tokens = 0

        def on_chunk(chunk: bytes) -> bool:
            nonlocal tokens
            try:
                piece = read(b"data: " + chunk)
                tokens = piece.tokens if piece else tokens
                return piece is not None and piece.text != "" and take(piece.text)
            except Exception as error:  # noqa: BLE001 - must not cross the C++ frames; raised below
                failures.append(error)
                return True

        self._server.handle_chat_completions(json.dumps(request).encode(), on_chunk)
        for failure in failures:
            raise failure
        return tokens

    def close(self) -> None:
        """Frees the model."""
        self._server = None
