"""Messages become tensors and come back the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone import tensors
from tritone.contract import (
    MODELS,
    LlmRequest,
    LlmResponse,
    RerankRequest,
    SttRequest,
    VadRequest,
    VoiceResponse,
)
from tritone.errors import MissingInput, ShapeMismatch, TextNotUtf8

pytestmark = pytest.mark.unit

floats = st.floats(width=32, allow_nan=False)


@given(
    text=st.text(),
    max_tokens=st.integers(-(2**31), 2**31 - 1),
    temperature=floats,
    stop_words=st.lists(st.text(), max_size=4).map(tuple),
    seed=st.none() | st.integers(0, 2**64 - 1),
    stream=st.booleans(),
)
def test_a_request_survives_the_wire(text, max_tokens, temperature, stop_words, seed, stream):
    """Decoding what was encoded answers an equal message, whatever its values."""
    sent = LlmRequest(
        text_input=text,
        max_tokens=max_tokens,
        temperature=temperature,
        stop_words=stop_words,
        random_seed=seed,
        stream=stream,
    )
    assert tensors.decode(LlmRequest, tensors.encode(sent).get) == sent


@given(st.lists(floats, max_size=50))
def test_audio_survives_the_wire(samples):
    """Samples keep their values and their type."""
    audio = np.array(samples, dtype=np.float32)
    back = tensors.decode(VadRequest, tensors.encode(VadRequest(audio=audio)).get)
    np.testing.assert_array_equal(back.audio, audio)
    assert back.audio.dtype == np.float32


@given(text=st.text(), reason=st.sampled_from(["", "stop"]), tokens=st.integers(0, 9))
def test_what_is_as_usual_can_be_left_out(text, reason, tokens):
    """A sparse message has no tensor for a default, and means the same."""
    sent = LlmResponse(text_output=text, finish_reason=reason, completion_tokens=tokens)
    found = tensors.encode(sent, sparse=True)
    assert set(found) == {
        name
        for name, value in [
            ("text_output", text),
            ("finish_reason", reason),
            ("completion_tokens", tokens),
        ]
        if value
    }
    assert tensors.decode(LlmResponse, found.get) == sent


def test_a_sparse_message_keeps_its_samples():
    """Rows of values have no usual value."""
    sent = VoiceResponse(event="{}", audio=np.zeros(3, np.int16))
    assert set(tensors.encode(sent, sparse=True)) == {"event", "audio"}


def test_a_required_tensor_that_is_missing_is_named():
    """The error names the tensor."""
    with pytest.raises(MissingInput, match="'audio'"):
        tensors.decode(SttRequest, {}.get)


def test_an_optional_tensor_takes_its_default():
    """What the caller leaves out has the contract's default."""
    request = tensors.decode(SttRequest, {"audio": np.zeros(3, np.float32)}.get)
    assert (request.sample_rate, request.task, request.language) == (16_000, "transcribe", "")


@pytest.mark.parametrize("shape", [(), (2,), (1, 1)])
def test_a_wrong_shape_is_refused(shape):
    """A single value has shape [1]."""
    arrays = {"audio": np.zeros(3, np.float32), "sample_rate": np.zeros(shape, np.int32)}
    with pytest.raises(ShapeMismatch, match="sample_rate"):
        tensors.decode(SttRequest, arrays.get)


def test_bytes_that_are_not_text_are_refused():
    """The error names the tensor and the first bad byte."""
    arrays = {
        "query": np.array([b"good"], np.object_),
        "documents": np.array([b"good", b"ab\xff"], np.object_),
    }
    with pytest.raises(TextNotUtf8, match=r"'documents'.*byte 2"):
        tensors.decode(RerankRequest, arrays.get)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_tensor_is_documented(model):
    """Each field of each message says what it holds."""
    for message in (model.request, model.response):
        assert all(field.doc for field in tensors.fields(message)), message
