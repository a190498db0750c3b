"""What the client sends beside the tensors, and how it reads what comes back."""

import contextlib
import dataclasses

import numpy as np
import pytest
import structlog
import tritonclient.grpc as triton
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import context, propagate, trace

from tests.unit.routing_kit import infer_response, tritons, until
from tritone import kserve
from tritone.client import Client
from tritone.contract import (
    EMBEDDER,
    LLM,
    STT,
    TTS,
    EmbedRequest,
    EmbedResponse,
    LlmRequest,
    LlmResponse,
    Model,
    RerankRequest,
    TtsResponse,
)
from tritone.errors import Internal, ModelNotFound

pytestmark = pytest.mark.unit

TEXT = EmbedRequest(text="hello")
PROMPT = LlmRequest(text_input="hello", stream=True)
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def read(model, message):
    """A message as it comes back over the wire."""
    return kserve.response(model, triton.InferResult(infer_response(model, message)))


@given(
    text=st.text(),
    reason=st.text(),
    tokens=st.integers(-(2**31), 2**31 - 1),
)
def test_a_token_survives_the_wire(text, reason, tokens):
    """Whatever its text, also an empty one."""
    sent = LlmResponse(text_output=text, finish_reason=reason, completion_tokens=tokens)
    assert read(LLM, sent) == sent


@given(st.lists(st.text(), max_size=5).map(tuple), st.floats(width=32, allow_nan=False))
def test_texts_and_numbers_survive_the_wire(texts, number):
    """Rows of texts of any length, and single numbers."""
    rows = Model("rows", EmbedRequest, RerankRequest, "none")
    assert read(rows, RerankRequest(query="q", documents=texts)).documents == texts
    heard = read(
        STT,
        STT.response(
            text="", language="en", language_probability=number, duration=number,
            no_speech_prob=0.0, segments="[]",
        ),
    )  # fmt: skip
    assert heard.duration == np.float32(number)


@given(st.lists(st.integers(-(2**15), 2**15 - 1)))
def test_sound_survives_the_wire(samples):
    """Batched models answer with a batch axis, which is gone in the message."""
    audio = np.array(samples, np.int16)
    spoken = read(TTS, TtsResponse(audio=audio, sample_rate=22050, timings="[]"))
    np.testing.assert_array_equal(spoken.audio, audio)
    assert spoken.audio.dtype == np.int16
    assert (spoken.sample_rate, spoken.timings) == (22050, "[]")


def test_an_output_that_the_contract_does_not_know_is_ignored():
    """A newer server may say more."""
    raw = infer_response(EMBEDDER, EmbedResponse(embedding=np.ones(384, np.float32), tokens=5))
    raw.outputs.add(name="more", datatype="INT32").shape.extend([1, 1])
    raw.raw_output_contents.append(b"1234")
    assert kserve.response(EMBEDDER, triton.InferResult(raw)).tokens == 5


def spoil_shape(raw):
    raw.outputs[0].shape[1] = 100


def spoil_datatype(raw):
    raw.outputs[1].datatype = "FP32"


def spoil_bytes(raw):
    raw.raw_output_contents[1] = b"12"


def drop_output(raw):
    del raw.outputs[1]
    del raw.raw_output_contents[1]


def drop_bytes(raw):
    del raw.raw_output_contents[:]


@pytest.mark.parametrize(
    "spoil", [spoil_shape, spoil_datatype, spoil_bytes, drop_output, drop_bytes]
)
def test_an_answer_that_breaks_the_contract_is_a_defect_of_ours(spoil):
    """The caller cannot mend it, so it is no InvalidInput; the message names the model."""
    raw = infer_response(EMBEDDER, EmbedResponse(embedding=np.ones(384, np.float32), tokens=5))
    spoil(raw)
    with pytest.raises(Internal, match="'embedder'"):
        kserve.response(EMBEDDER, triton.InferResult(raw))


def test_an_answer_that_is_not_utf_8_is_a_defect_of_ours():
    """Not an error of Python's that nobody expects."""
    raw = infer_response(LLM, LlmResponse(text_output="abc"))
    raw.raw_output_contents[0] = b"\x01\x00\x00\x00\xff"
    with pytest.raises(Internal, match="'llm'"):
        kserve.response(LLM, triton.InferResult(raw))


async def test_the_version_of_a_model_travels_with_the_call():
    """None lets the server choose; one that it does not have is not found."""
    async with tritons(("embedder", "llm")) as [wire], Client(wire.address.grpc) as client:
        wire.triton.versions["llm"] = {"2": "READY"}
        await client.infer(EMBEDDER, TEXT)
        await client.infer(dataclasses.replace(EMBEDDER, version="1"), TEXT)
        async for _ in client.stream(dataclasses.replace(LLM, version="2"), PROMPT):
            pass
        with pytest.raises(ModelNotFound):
            await client.infer(dataclasses.replace(EMBEDDER, version="7"), TEXT)
        with pytest.raises(ModelNotFound):
            await anext(client.stream(dataclasses.replace(LLM, version="7"), PROMPT))
    assert [call[1] for call in wire.triton.calls] == ["", "1", "2", "7", "7"]


async def test_the_trace_goes_on_in_the_server():
    """The caller's trace context is sent along with calls and streams, and only where one is."""
    async with tritons(("embedder", "llm")) as [wire], Client(wire.address.grpc) as client:
        await client.infer(EMBEDDER, TEXT)
        token = context.attach(propagate.extract({"traceparent": PARENT}))
        try:
            assert trace.get_current_span().get_span_context().is_valid
            await client.infer(EMBEDDER, TEXT)
            async for _ in client.stream(LLM, PROMPT):
                pass
        finally:
            context.detach(token)
    sent = [metadata.get("traceparent") for metadata in wire.triton.metadata]
    assert sent == [None, PARENT, PARENT]


async def test_the_doors_request_id_is_taken_over():
    """A given id goes first, then the door's; a stream always has one, to be stopped by."""
    async with tritons(("embedder", "llm")) as [wire], Client(wire.address.grpc) as client:
        await client.infer(EMBEDDER, TEXT)
        async for _ in client.stream(LLM, PROMPT):
            pass
        with structlog.contextvars.bound_contextvars(request_id="door"):
            await client.infer(EMBEDDER, TEXT)
            async for _ in client.stream(LLM, PROMPT):
                pass
            await client.infer(EMBEDDER, TEXT, request_id="mine")
    ids = [call[2] for call in wire.triton.calls]
    assert ids[0] == ""
    assert len(ids[1]) == 32
    assert ids[2:] == ["door", "door", "mine"]


async def test_a_stream_that_is_closed_early_is_cancelled_in_the_server():
    """Closing the iterator is enough."""
    async with tritons(("llm",)) as [wire], Client(wire.address.grpc) as client:
        wire.triton.gate.clear()
        async with contextlib.aclosing(client.stream(LLM, PROMPT)) as responses:
            await anext(responses)
            assert wire.triton.running == 1
        await until(lambda: wire.triton.running == 0)


async def test_a_pinned_client_is_the_client():
    """There is one server only."""
    async with Client("127.0.0.1:1") as client, client.pinned(EMBEDDER) as pinned:
        assert pinned is client


async def test_the_index_tells_models_versions_and_states():
    """Also of models that are not ready."""
    async with tritons(("embedder", "llm")) as [wire], Client(wire.address.grpc) as client:
        wire.triton.versions["llm"] = {"1": "READY", "2": "LOADING"}
        assert await client.index(seconds=30) == {
            "embedder": {"1": "READY"},
            "llm": {"1": "READY", "2": "LOADING"},
        }
        assert (await client.config("embedder", seconds=30)).max_batch_size == 64
