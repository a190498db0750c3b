"""Our engines in this process, as the stages of a spoken turn: what Triton's models load."""

import contextlib
import queue
import threading
from collections.abc import Generator, Iterator
from typing import Generic, TypeVar

from perf.bench.peers.given import given
from tritone.cancellation import Cancellation
from tritone.cli.selection import select
from tritone.contract import (
    LlmRequest,
    LlmResponse,
    SttRequest,
    SttResponse,
    TtsRequest,
    TtsResponse,
)
from tritone.engines.llm.llamacpp import LlamaCpp
from tritone.engines.stt.whisper import Whisper
from tritone.engines.tts.piper import Piper
from tritone.errors import Cancelled, Internal, TritoneError
from tritone.settings import Settings
from tritone.weights import Store, load_manifest

__all__ = ["OwnEngines"]

T = TypeVar("T")


class _Shared(Generic[T]):
    """Engines that answer one call at a time; whoever comes takes one that is free."""

    def __init__(self, engines: list[T]) -> None:
        self._free: queue.SimpleQueue[T] = queue.SimpleQueue()
        for engine in engines:
            self._free.put(engine)

    @contextlib.contextmanager
    def taken(self) -> Iterator[T]:
        engine = self._free.get()
        try:
            yield engine
        finally:
            self._free.put(engine)


class OwnEngines:
    """`tritone.pipelines.stages.Stages` with engines of its own.

    Each has the product's threads, and there are as many as the model has instances.

    Args:
        settings: which weights, and where they are.

    Raises:
        WeightsMissing, WeightsCorrupt: what to fetch is in the message.
    """

    def __init__(self, settings: Settings) -> None:
        stt, llm, tts = (given(settings, model) for model in ("stt", "llm", "tts"))
        vad = Store(settings.home, settings.weights_path).locate(_vad(settings))
        self.weights = tuple(model.name for model in (stt, llm, tts))
        self.threads = tuple(model.threads * model.instances for model in (stt, llm, tts))
        self._whispers = _Shared(
            [Whisper(stt.weights, vad, threads=stt.threads) for _ in range(stt.instances)]
        )
        self._pipers = _Shared(
            [Piper(tts.weights, threads=tts.threads) for _ in range(tts.instances)]
        )
        self._llama = LlamaCpp(
            llm.weights,
            slots=int(llm.parameters["slots"]),
            context=int(llm.parameters["context"]),
            threads=llm.threads,
        )

    def hear(self, request: SttRequest, cancellation: Cancellation) -> SttResponse:
        """Writes down what was said."""
        cancellation.check()
        with self._whispers.taken() as engine:
            return _good(engine.transcribe([request])[0])

    def think(self, request: LlmRequest, cancellation: Cancellation) -> Generator[LlmResponse]:
        """Continues the conversation; closing the generator stops the engine."""
        own = cancellation.child()
        pieces: queue.SimpleQueue[LlmResponse | TritoneError] = queue.SimpleQueue()

        def generate() -> None:
            try:
                self._llama.generate(request, pieces.put, own)
            except TritoneError as error:
                pieces.put(error)
            except Exception as error:  # noqa: BLE001 - who waits for pieces has to hear of it
                pieces.put(Internal(str(error)))

        thread = threading.Thread(target=generate, daemon=True)
        thread.start()
        try:
            while True:
                piece = _good(pieces.get())
                yield piece
                if piece.finish_reason:
                    return
        finally:
            own.cancel(Cancelled("nobody reads on"))
            thread.join()

    def speak(self, request: TtsRequest, cancellation: Cancellation) -> TtsResponse:
        """Speaks one clause."""
        cancellation.check()
        with self._pipers.taken() as engine:
            return _good(engine.speak([request])[0])

    def close(self) -> None:
        """Frees the language model."""
        self._llama.close()


def _good(result: T | TritoneError) -> T:
    if isinstance(result, TritoneError):
        raise result
    return result


def _vad(settings: Settings) -> str:
    """The name of the weights that find speech for `stt`."""
    manifest = load_manifest()
    return next(name for name in select(settings).weights if manifest.get(name).purpose == "vad")
