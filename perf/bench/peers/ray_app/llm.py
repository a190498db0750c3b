"""Chat completions by llama.cpp in the replica's process, streamed."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

__all__ = ["Llm"]


class Llm:
    """Chat completions; the engine batches the streams by itself."""

    def __init__(self, options: dict[str, Any]) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = options["weights"]
        params.n_parallel = options["slots"]
        params.n_ctx = options["slots"] * options["context"]
        params.cpuparams.n_threads = options["threads"]
        params.cpuparams_batch.n_threads = options["threads"]
        params.n_gpu_layers = 0
        params.use_jinja = True
        params.verbosity = -1
        self._server = xllamacpp.Server(params)
        self._threads = ThreadPoolExecutor(64)

    async def generate(self, body: bytes) -> AsyncIterator[bytes]:
        """The chunks of an answer, each the JSON of one event."""
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        left = threading.Event()

        def take(chunk: bytes | str) -> bool:
            data = chunk.encode() if isinstance(chunk, str) else bytes(chunk)
            loop.call_soon_threadsafe(chunks.put_nowait, data)
            return left.is_set()  # True frees the slot

        def work() -> None:
            try:
                self._server.handle_chat_completions(body, take)
            finally:
                loop.call_soon_threadsafe(chunks.put_nowait, None)

        working = loop.run_in_executor(self._threads, work)
        try:
            while (chunk := await chunks.get()) is not None:
                yield chunk
            await working
        finally:
            left.set()

    async def _events(self, body: bytes) -> AsyncIterator[bytes]:
        async for chunk in self.generate(body):
            yield b"data: " + chunk + b"\n\n"
        yield b"data: [DONE]\n\n"

    async def __call__(self, request: Request) -> StreamingResponse:
        body = await request.body()
        return StreamingResponse(self._events(body), media_type="text/event-stream")
