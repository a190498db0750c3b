"""The bridge in this process with doubles for the models, and senders that know only the wire."""

import asyncio
import contextlib
import dataclasses
import time
import uuid
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import msgpack
import numpy as np

from bridge.jetstream.backoff import Backoff
from bridge.jetstream.door import Bridge
from tests.unit.cli_kit import good_turn, heard
from tritone.contract import EmbedResponse, LlmResponse, RerankResponse, VadResponse
from tritone.errors import ModelNotFound
from tritone.nats.streams import CONSUMERS
from tritone.settings import BridgeSettings

QUICK = Backoff(first=0.05)
"""Failures that do not keep a test waiting."""


class Names:
    """A catalog of this repository's models."""

    def __init__(self) -> None:
        self.resolved: list[str] = []

    def resolve(self, name: str, like: Any) -> Any:
        self.resolved.append(name)
        if name == "gone":
            raise ModelNotFound(f"there is no model '{name}'", param="model")
        return like


class Models:
    """Doubles at the `Caller` port.

    Attributes:
        words: what a chat is answered with, piece by piece.
        failures: raised by the next calls, one each, before they answer anything.
        breaks_after: pieces after which a failure comes, where `failures` has one.
        gate: while it is closed, chats stop after their first piece, and other calls before.
        asked: name of the model and request of each call.
        running: calls at work, by model.
        most: the most there were at once.
        stopped: calls that were cancelled.
        headers: the outgoing trace headers of each call.
    """

    def __init__(self, *words: str) -> None:
        self.words = list(words) or ["Rayleigh ", "scatters ", "blue."]
        self.turn = good_turn()
        self.failures: list[Exception] = []
        self.breaks_after = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.pause = 0.0
        self.asked: list[tuple[str, Any]] = []
        self.running: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.stopped = 0
        self.headers: list[dict[str, str]] = []

    def count(self, model: str) -> int:
        """How often a model was asked."""
        return sum(name == model for name, _ in self.asked)

    @contextlib.contextmanager
    def _call(self, model: Any, request: Any) -> Any:
        from tritone.telemetry.propagation import outgoing_headers

        self.asked.append((model.name, request))
        self.headers.append(outgoing_headers())
        self.running[model.name] += 1
        self.most[model.name] = max(self.most[model.name], self.running[model.name])
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit):
            self.stopped += 1
            raise
        finally:
            self.running[model.name] -= 1

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)

    async def infer(self, model: Any, request: Any, **_: Any) -> Any:
        """One answer."""
        with self._call(model, request):
            await self.gate.wait()
            await asyncio.sleep(self.pause)
            self._fail()
            match model.name:
                case "embedder":
                    vector = np.full(384, len(request.text), np.float32)
                    return EmbedResponse(embedding=vector, tokens=len(request.text))
                case "reranker":
                    scores = np.array([len(text) for text in request.documents], np.float32)
                    return RerankResponse(scores=scores, tokens=3)
                case "stt":
                    return heard("a tone")
                case "vad":
                    frames = -(-request.audio.size // 512)
                    return VadResponse(
                        probability=np.full(frames, 0.9, np.float32), speaking=True, events="[]"
                    )
        raise AssertionError(model.name)

    @contextlib.asynccontextmanager
    async def pinned(self, _: Any) -> AsyncIterator["Models"]:
        """Itself."""
        yield self

    async def stream(self, model: Any, request: Any, **_: Any) -> AsyncGenerator[Any, None]:
        """A chat, or a spoken turn."""
        with self._call(model, request):
            if model.name == "chat":
                answer: list[Any] = [LlmResponse(text_output=word) for word in self.words]
                answer.append(LlmResponse(finish_reason="stop"))
            else:
                answer = self.turn
            for place, response in enumerate(answer):
                if place:
                    await self.gate.wait()
                if place == self.breaks_after:
                    self._fail()
                yield response
                await asyncio.sleep(self.pause)


def specs(**changes: Any) -> list[Any]:
    """The consumers, with something about them changed."""
    return [dataclasses.replace(spec, **changes) for spec in CONSUMERS]


@contextlib.asynccontextmanager
async def bridge(nc: Any, models: Models, **options: Any) -> AsyncIterator[Bridge]:
    """A bridge that takes messages."""
    settings = options.pop("settings", BridgeSettings(max_audio_bytes=1000 * 1024))
    options = {"backoff": QUICK, **options}
    async with Bridge(nc, models, options.pop("names", Names()), settings, **options) as opened:
        yield opened


def new_id() -> str:
    """A request's id."""
    return str(uuid.uuid4())


def chat(request_id: str, **more: Any) -> bytes:
    """A chat with only the fields that must be there, and more."""
    fields = {"request_id": request_id, "user_id": "u1", "message": "Why is the sky blue?"}
    return bytes(msgpack.packb({**fields, **more}))


def job(request_id: str, payload: Any, **more: Any) -> bytes:
    """A job."""
    fields = {"request_id": request_id, "user_id": "u1", "timestamp": time.time()}
    return bytes(msgpack.packb({**fields, "payload": payload, "metadata": {}, **more}))


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it may depend on anything
            await asyncio.sleep(0.01)
