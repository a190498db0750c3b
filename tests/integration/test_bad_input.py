"""Bad input gets its own clear error, and the others in the batch are served."""

import asyncio

import httpx
import numpy as np
import pytest
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from tests.integration.conftest import sample
from tests.integration.turns import turn
from tritone.contract import (
    EMBEDDER,
    INTENT,
    LLM,
    RERANKER,
    STT,
    TTS,
    EmbedRequest,
    IntentRequest,
    LlmRequest,
    RerankRequest,
    SttRequest,
    TtsRequest,
)
from tritone.errors import TritoneError, from_wire

pytestmark = pytest.mark.triton

NAN = np.array([0.1, np.nan, 0.2] * 8000, np.float32)
HOUR = np.zeros(3600 * 16_000, np.float32)
SILENCE = np.zeros(2 * 16_000, np.float32)
BAD_SCHEMA = '{"type":"json_schema","json_schema":{"schema":{"type":"nonsense"}}}'


@pytest.mark.parametrize(
    ("audio", "code"),
    [
        (np.zeros(0, np.float32), "AUDIO_EMPTY"),
        (NAN, "AUDIO_NOT_FINITE"),
        (HOUR, "AUDIO_TOO_LONG"),
        (SILENCE, "NO_SPEECH"),
    ],
    ids=["empty", "nan", "hour", "silent"],
)
async def test_bad_audio_fails_its_turn_while_another_succeeds(client, audio, code):
    """The bad turn's error has its own code and a message; the good one beside it is served."""
    bad, good = await asyncio.gather(turn(client, audio=audio), turn(client, "question"))
    assert bad.error is not None
    assert bad.error.code == bad.failed.code == code
    assert len(bad.error.message) > 10
    assert "jupiter" in good.done.text.lower()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"voice": "nobody"}, "UNKNOWN_VOICE"),
        ({"language": "klingon"}, "UNKNOWN_LANGUAGE"),
        ({"sample_rate": 1}, "PARAMETER_OUT_OF_RANGE"),
        ({"speed": 99.0}, "PARAMETER_OUT_OF_RANGE"),
        ({"max_tokens": 0}, "PARAMETER_OUT_OF_RANGE"),
        ({"temperature": float("nan")}, "PARAMETER_OUT_OF_RANGE"),
        ({"history": "not json"}, "INVALID_MESSAGES"),
        ({"history": '[{"role":"user"}]'}, "INVALID_MESSAGES"),
        ({"system_prompt": "x" * 100_000}, "TEXT_TOO_LONG"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_bad_fields_of_a_turn_are_named(client, fields, code):
    """Every parameter of a turn is checked, whichever stage it belongs to."""
    audio, rate = sample("question")
    result = await turn(client, **{"audio": audio, "sample_rate": rate, **fields})
    assert result.error is not None
    assert result.error.code == result.failed.code == code


async def test_one_bad_request_does_not_spoil_its_batch(client):
    """Eight at once, every other one bad: the good are transcribed, the bad get their codes."""
    audio, rate = sample("question")
    wanted = [(audio, "heard"), (NAN, "AUDIO_NOT_FINITE")] * 4

    async def hear(samples):
        try:
            answer = await client.infer(STT, SttRequest(audio=samples, sample_rate=rate))
        except TritoneError as error:
            return error.code
        return answer.text

    answers = await asyncio.gather(*(hear(samples) for samples, _ in wanted))
    for (_, expected), answer in zip(wanted, answers, strict=True):
        if expected == "heard":
            assert "largest planet" in answer
        else:
            assert answer == expected


@pytest.mark.parametrize(
    ("model", "request_", "code"),
    [
        (TTS, TtsRequest(text=""), "TEXT_EMPTY"),
        (TTS, TtsRequest(text="x" * 100_000), "TEXT_TOO_LONG"),
        (TTS, TtsRequest(text="hello", voice="nobody"), "UNKNOWN_VOICE"),
        (STT, SttRequest(audio=SILENCE, task="dance"), "UNKNOWN_TASK"),
        (EMBEDDER, EmbedRequest(text=" "), "TEXT_EMPTY"),
        (RERANKER, RerankRequest(query="", documents=("a",)), "TEXT_EMPTY"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
async def test_bad_requests_of_batched_models(client, model, request_, code):
    """Each has its own code."""
    with pytest.raises(TritoneError) as caught:
        await client.infer(model, request_)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("model", "request_", "code"),
    [
        (LLM, LlmRequest(text_input=""), "TEXT_EMPTY"),
        (LLM, LlmRequest(text_input="x" * 100_000), "TEXT_TOO_LONG"),
        (LLM, LlmRequest(text_input="word " * 5_000), "PROMPT_TOO_LONG"),
        (LLM, LlmRequest(), "MISSING_INPUT"),
        (LLM, LlmRequest(messages="[]"), "INVALID_MESSAGES"),
        (LLM, LlmRequest(text_input="hi", response_format=BAD_SCHEMA), "INVALID_SCHEMA"),
        (LLM, LlmRequest(text_input="hi", response_format="{"), "INVALID_SCHEMA"),
        (LLM, LlmRequest(text_input="hi", tools="[1]"), "INVALID_TOOLS"),
        (LLM, LlmRequest(text_input="hi", top_p=0.0), "PARAMETER_OUT_OF_RANGE"),
        (INTENT, IntentRequest(text=""), "TEXT_EMPTY"),
        (INTENT, IntentRequest(text="x" * 100_000), "TEXT_TOO_LONG"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_bad_requests_of_streaming_models(client, model, request_, code):
    """Each has its own code."""
    with pytest.raises(TritoneError) as caught:
        async for _ in client.stream(model, request_):
            pass
    assert caught.value.code == code


def raw(platform, model: str, name: str, array: np.ndarray, datatype: str) -> TritoneError:
    """What a plain client gets for a tensor that our own client would never send."""
    entry = triton.InferInput(name, list(array.shape), datatype)
    entry.set_data_from_numpy(array)
    plain = triton.InferenceServerClient(platform.settings.grpc_url)
    with plain, pytest.raises(InferenceServerException) as caught:
        plain.infer(model, [entry])
    return from_wire(str(caught.value))


def test_a_wrong_shape_is_told(platform):
    """No batch axis: Triton refuses, and its sentence has a code of ours."""
    assert raw(platform, "stt", "audio", np.zeros(100, np.float32), "FP32").code == "SHAPE_MISMATCH"


def test_a_wrong_datatype_is_told(platform):
    """Integers where floats belong."""
    error = raw(platform, "stt", "audio", np.zeros((1, 100), np.int16), "INT16")
    assert error.code == "TYPE_MISMATCH"


def test_a_missing_input_is_told(platform):
    """The tensor that is there is not the one that is needed."""
    text = np.array([[b"en"]], np.object_)
    assert raw(platform, "stt", "language", text, "BYTES").code == "MISSING_INPUT"


def test_text_that_is_not_utf8_is_told(platform):
    """The tensor is named."""
    error = raw(platform, "tts", "text", np.array([[b"ab\xff"]], np.object_), "BYTES")
    assert (error.code, "'text'" in error.message) == ("TEXT_NOT_UTF8", True)


def test_an_unknown_model_is_told(platform):
    """With a code, not only Triton's sentence."""
    error = raw(platform, "nonsense", "text", np.array([[b"a"]], np.object_), "BYTES")
    assert error.code == "MODEL_NOT_READY"


def test_http_callers_get_the_code_too(platform):
    """The same text is in the HTTP answer."""
    url = f"{platform.http}/v2/models/llm/generate"
    answer = httpx.post(url, json={"text_input": " "}, timeout=30)
    assert answer.status_code >= 400
    assert "TEXT_EMPTY" in answer.json()["error"]
