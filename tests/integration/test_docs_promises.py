"""What docs/protocol.md says of Triton itself, and promises of requests."""

import httpx
import numpy as np
import pytest
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from tests.integration.conftest import ROOT
from tests.integration.docs_kit import LONG
from tritone.contract import LLM, LlmRequest
from tritone.errors import Cancelled

pytestmark = pytest.mark.triton

DOCUMENT = (ROOT / "docs" / "protocol.md").read_text()


def plain(name: str, array: np.ndarray, datatype: str) -> triton.InferInput:
    """A tensor as a plain client makes it."""
    made = triton.InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array)
    return made


AUDIO = plain("audio", np.zeros((1, 1600), np.float32), "FP32")
TEXT = plain("text", np.array([[b"Hello."]], np.object_), "BYTES")
RATES = plain("sample_rate", np.array([[16_000], [16_000]], np.int32), "INT32")


@pytest.mark.parametrize(
    ("model", "inputs", "options", "text", "status"),
    [
        (
            "stt",
            [plain("audio", np.zeros(1600, np.float32), "FP32")],
            {},
            "inference request batch-size must be <= 8 for 'stt'",
            "INVALID_ARGUMENT",
        ),
        (
            "stt",
            [AUDIO, RATES],
            {},
            "input 'audio' batch size does not match other inputs for 'stt'",
            "INVALID_ARGUMENT",
        ),
        (
            "stt",
            [plain("audio", np.zeros((1, 1600), np.int16), "INT16")],
            {},
            "inference input 'audio' data-type is 'INT16', but model 'stt' expects 'FP32'",
            "INVALID_ARGUMENT",
        ),
        (
            "stt",
            [AUDIO, plain("foo", np.zeros((1, 1), np.float32), "FP32")],
            {},
            "unexpected inference input 'foo' for model 'stt'",
            "INVALID_ARGUMENT",
        ),
        (
            "vad",
            [AUDIO],
            {},
            "must specify a non-zero or non-empty correlation ID",
            "INVALID_ARGUMENT",
        ),
        (
            "vad",
            [AUDIO],
            {"sequence_id": 4711},
            "must specify the START flag on the first request of the sequence",
            "INVALID_ARGUMENT",
        ),
        (
            "intent",
            [plain("text", np.array([b"hello"], np.object_), "BYTES")],
            {},
            "ModelInfer RPC doesn't support models with decoupled transaction policy",
            "UNIMPLEMENTED",
        ),
        ("nope", [TEXT], {}, "Request for unknown model: 'nope' is not found", "NOT_FOUND"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 9 else None,
)
def test_tritons_own_refusals_read_as_documented(platform, model, inputs, options, text, status):
    """Sentence and status are those of the document's table."""
    client = triton.InferenceServerClient(platform.settings.grpc_url)
    with client, pytest.raises(InferenceServerException) as caught:
        client.infer(model, inputs, **options)
    assert text in caught.value.message()
    assert caught.value.status() == f"StatusCode.{status}"
    assert f"| `{text}` | {status} |" in DOCUMENT


def test_generate_with_stream_answers_200_and_an_error(platform):
    """Triton's trap that the document warns of."""
    url = f"{platform.http}/v2/models/llm/generate"
    answer = httpx.post(url, json={"text_input": "hi", "stream": True, "max_tokens": 4}, timeout=60)
    assert answer.status_code == 200
    assert set(answer.json()) == {"error"}


def test_a_request_is_stopped_by_name_over_http(platform):
    """`generate` ends with CANCELLED and status 400; the id is the JSON key `id`."""
    url = f"{platform.http}/v2/models/llm"
    stop = httpx.post(f"{url}/generate_stream", json={"cancel": "docs-stopped"}, timeout=30)
    assert (stop.status_code, stop.text) == (200, "")
    answer = httpx.post(
        f"{url}/generate", json={"text_input": LONG, "id": "docs-stopped"}, timeout=60
    )
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("CANCELLED: ")


async def test_a_cancel_that_comes_first_stops_its_request_on_arrival(client):
    """Once: the id is free again afterwards, which is why ids are used once."""
    assert [answer async for answer in client.stream(LLM, LlmRequest(cancel="docs-early"))] == []
    request = LlmRequest(text_input="hi", max_tokens=4)
    with pytest.raises(Cancelled):
        async for _ in client.stream(LLM, request, request_id="docs-early"):
            pass
    assert [answer async for answer in client.stream(LLM, request, request_id="docs-early")]


def test_batched_rows_share_a_request_where_lengths_agree(platform):
    """Two texts to embed are two rows; two sentences to speak differ in length and are refused."""
    rows = np.array([[b"Yes."], [b"A much longer sentence."]], np.object_)
    client = triton.InferenceServerClient(platform.settings.grpc_url)
    with client:
        vectors = client.infer("embedder", [plain("text", rows, "BYTES")]).as_numpy("embedding")
        assert vectors.shape == (2, 384)
        with pytest.raises(InferenceServerException, match="SHAPE_MISMATCH: "):
            client.infer("tts", [plain("text", rows, "BYTES")])
