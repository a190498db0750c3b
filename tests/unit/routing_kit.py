"""A double for Triton's gRPC port, behind a wire that can be cut: it answers the calls that the
client makes, with the configurations of this repository's models.
"""

import asyncio
import contextlib
import functools
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import numpy as np
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2, service_pb2, service_pb2_grpc
from tritonclient.utils import serialize_byte_tensor

from tritone import tensors
from tritone.contract import MODELS, EmbedResponse, LlmResponse, Model
from tritone.routing import Address, Pace, Pool

ROOT = Path(__file__).parents[2]
QUICK = Pace(probe=0.02, gpu=0.02, probe_timeout=5.0, spare=0.02, spare_longest=0.1)
"""Time enough to answer on a busy machine, little time between looks."""
CONTRACTS = {model.name: model for model in MODELS}


@functools.cache
def config(name: str) -> Any:
    """The configuration of one of this repository's models."""
    for folder in ("model_repository", "ensembles"):
        path = ROOT / folder / name / "config.pbtxt"
        if path.exists():
            return text_format.Parse(path.read_text(), model_config_pb2.ModelConfig())
    raise LookupError(name)


def renamed(name: str, new: str) -> Any:
    """Such a configuration under another name."""
    copy = model_config_pb2.ModelConfig()
    copy.CopyFrom(config(name))
    copy.name = new
    return copy


def infer_response(model: Model[Any, Any], message: Any) -> Any:
    """A message as Triton sends it."""
    answer = service_pb2.ModelInferResponse(model_name=model.name, model_version="1")
    declared = {field.name: field.tensor for field in tensors.fields(model.response)}
    for name, array in tensors.encode(message).items():
        shaped = array[None] if model.max_batch_size else array
        output = answer.outputs.add(name=name, datatype=declared[name].dtype)
        output.shape.extend(shaped.shape)
        if declared[name].dtype == "BYTES":
            texts = serialize_byte_tensor(shaped)
            answer.raw_output_contents.append(texts.item() if texts.size else b"")
        else:
            answer.raw_output_contents.append(shaped.tobytes())
    return answer


class Refusal(Exception):
    """What the double answers instead: a gRPC status and a sentence of Triton's."""

    def __init__(self, status: grpc.StatusCode, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


STUB_DEAD = Refusal(grpc.StatusCode.INTERNAL, "Stub process 'x_0_0' is not healthy.")
QUEUE_FULL = Refusal(grpc.StatusCode.UNAVAILABLE, "Exceeds maximum queue size")
BAD_INPUT = Refusal(grpc.StatusCode.INVALID_ARGUMENT, "TEXT_EMPTY: there is no text")


class FakeTriton(service_pb2_grpc.GRPCInferenceServiceServicer):
    """Triton's rpcs.

    Attributes:
        versions: state by version by model; what the index tells.
        configs: what it tells of each model.
        refusals: what a model answers instead of its answer.
        tokens: how many pieces a stream has.
        gate: closed, it holds back every answer of a model (of a stream: all but the first).
        calls: (model, version, request id) of each call, in order.
        metadata: the gRPC metadata of each call.
        index_open: closed, it answers no look.
        looks: how often it was looked at.
    """

    def __init__(self, *models: str) -> None:
        self.versions = {name: {"1": "READY"} for name in models}
        self.configs = {name: config(name) for name in models}
        self.refusals: dict[str, Refusal] = {}
        self.tokens = 3
        self.gate = asyncio.Event()
        self.gate.set()
        self.index_open = asyncio.Event()
        self.index_open.set()
        self.calls: list[tuple[str, str, str]] = []
        self.metadata: list[dict[str, Any]] = []
        self.asked: Counter[str] = Counter()
        self.running = 0
        self.looks = 0

    async def RepositoryIndex(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.looks += 1
        await self.index_open.wait()
        answer = service_pb2.RepositoryIndexResponse()
        for name, versions in self.versions.items():
            for version, state in versions.items():
                answer.models.add(name=name, version=version, state=state)
        return answer

    async def ModelConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.asked[request.name] += 1
        return service_pb2.ModelConfigResponse(config=self.configs[request.name])

    async def ModelInfer(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._note(request, context)
        with self._counted():
            await self.gate.wait()
            if refusal := self._refusal(request):
                await context.abort(refusal.status, refusal.text)
        answer = EmbedResponse(embedding=np.ones(384, np.float32), tokens=5)
        return infer_response(CONTRACTS["embedder"], answer)

    async def ModelStreamInfer(  # noqa: N802
        self, requests: AsyncIterator[Any], context: Any
    ) -> AsyncIterator[Any]:
        async for request in requests:
            self._note(request, context)
            with self._counted():
                for place in range(self.tokens):
                    if refusal := self._refusal(request):
                        yield service_pb2.ModelStreamInferResponse(error_message=refusal.text)
                        return
                    answer = infer_response(CONTRACTS["llm"], LlmResponse(text_output=f"{place} "))
                    yield service_pb2.ModelStreamInferResponse(infer_response=answer)
                    await self.gate.wait()

    def _refusal(self, request: Any) -> Refusal | None:
        ready = self.versions.get(request.model_name, {})
        if not ready or request.model_version not in {"", *ready}:
            version = f" version {request.model_version}" if request.model_version else ""
            return Refusal(
                grpc.StatusCode.NOT_FOUND,
                f"Request for unknown model: '{request.model_name}'{version} is not found",
            )
        return self.refusals.get(request.model_name)

    def _note(self, request: Any, context: Any) -> None:
        self.calls.append((request.model_name, request.model_version, request.id))
        self.metadata.append(dict(context.invocation_metadata()))

    @contextlib.contextmanager
    def _counted(self) -> Any:
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1


class Wire:
    """A TCP port before the double's, which can be cut, held, and mended.

    Attributes:
        triton: the double.
        address: where the pool finds it.
    """

    def __init__(self, triton: FakeTriton) -> None:
        self.triton = triton
        self._server = grpc.aio.server()
        service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(triton, self._server)
        self._inner = self._server.add_insecure_port("127.0.0.1:0")
        self._listener: asyncio.Server | None = None
        self._port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    @property
    def address(self) -> Address:
        """Its address; nobody listens at the port of its metrics."""
        return Address("127.0.0.1", self._port, 1)

    async def start(self) -> None:
        """Answers."""
        await self._server.start()
        await self.mend()

    async def mend(self) -> None:
        """Listens (again), at the same port as before."""
        self._listener = await asyncio.start_server(self._connected, "127.0.0.1", self._port)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """What a SIGKILL does: connections are reset, and nobody listens."""
        if self._listener is not None:
            self._listener.close()
        for writer in list(self._writers):
            writer.transport.abort()
        self._listener = None

    async def stop(self) -> None:
        """Ends all of it."""
        self._stopped = True
        await self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # asyncio hands over what it has accepted in a task of its own
        await self.cut()  # what a task was to join that was cancelled before its first step
        await self._server.stop(None)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._stopped:  # accepted just before
            writer.transport.abort()
            return
        self._writers.add(writer)
        # A task of our own: asyncio reports it as an error when one of its own is cancelled.
        task = asyncio.ensure_future(self._join(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        joined = [writer]
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._inner)
            joined.append(inner_writer)
            self._writers.add(inner_writer)
            await asyncio.gather(_pass(reader, inner_writer), _pass(inner_reader, writer))
        finally:
            for each in joined:
                self._writers.discard(each)
                each.transport.abort()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


@contextlib.asynccontextmanager
async def tritons(*models: tuple[str, ...]) -> AsyncIterator[list[Wire]]:
    """One double for each tuple of models."""
    wires = [Wire(FakeTriton(*names)) for names in models]
    for wire in wires:
        await wire.start()
    try:
        yield wires
    finally:
        for wire in wires:
            await wire.stop()


@contextlib.asynccontextmanager
async def pool_over(wires: list[Wire], **options: Any) -> AsyncIterator[Pool]:
    """A pool over the doubles, with little patience."""
    events: list[tuple[str, str]] = []
    given = {
        "idle_timeout": 30.0,
        "pace": QUICK,
        "on_event": lambda *event: events.append(event),
        **options,
    }
    async with Pool([wire.address for wire in wires], **given) as pool:
        pool.events = events  # type: ignore[attr-defined]
        yield pool


async def until(true: Callable[[], Any]) -> None:
    """Waits for a state; a test that never sees it fails."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - a state has no event
            await asyncio.sleep(0.005)
