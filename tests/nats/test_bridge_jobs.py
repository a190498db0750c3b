"""Jobs of pipelines over NATS."""

import numpy as np
import pytest

from tests.nats.bridge_kit import Models, bridge, job, new_id, until
from tests.nats.reader_kit import reading
from tests.nats.test_bridge_failures import count, letters
from tests.nats.test_bridge_voice import tone, wav
from tritone.errors import ServerUnreachable
from tritone.settings import BridgeSettings, Lane, Lanes

pytestmark = pytest.mark.nats


async def result(nc, js, kind, payload, models=None, **options):
    """The answer to a job, with the double that gave it."""
    request_id, models = new_id(), models or Models()
    async with (
        bridge(nc, models, **options),
        reading(nc, request_id, f"ai.pipeline.{kind}.response") as reader,
    ):
        await js.publish(f"ai.pipeline.{kind}.request", job(request_id, payload))
        answer = await reader.whole()
    assert answer["request_id"] == request_id
    assert answer["user_id"] == "u1"
    assert set(answer) == {"request_id", "user_id", "timestamp", "payload", "error"}
    return answer


@pytest.mark.parametrize("texts", ["a cat", ["a cat", "kitten"]])
async def test_texts_are_embedded(nc, js, texts):
    """One text or several become vectors, in their order."""
    answer = await result(nc, js, "embedding", {"texts": texts})
    payload = answer["payload"]
    lengths = [5] if isinstance(texts, str) else [5, 6]
    assert payload["embeddings"] == [[float(length)] * 384 for length in lengths]
    assert (payload["dimensions"], payload["tokens"]) == (384, sum(lengths))
    assert payload["model"] == "embedder"


async def test_vectors_may_be_raw_bytes(nc, js):
    """`encoding: bytes` sends each as little-endian float32."""
    answer = await result(nc, js, "embedding", {"texts": ["a cat"], "encoding": "bytes"})
    (vector,) = answer["payload"]["embeddings"]
    assert np.array_equal(np.frombuffer(vector, "<f4"), np.full(384, 5.0))


async def test_documents_are_ranked(nc, js):
    """The best `top_n` of them come with index and score, best first."""
    payload = {"query": "cats", "documents": ["a", "abc", "ab"], "top_n": 2}
    answer = await result(nc, js, "reranking", payload)
    assert answer["payload"]["results"] == [
        {"index": 1, "relevance_score": 3.0},
        {"index": 2, "relevance_score": 2.0},
    ]


@pytest.mark.parametrize(
    "payload",
    [
        {"audio": wav(tone(1.0))},
        {"audio": tone(1.0), "format": "pcm", "sample_rate": 16_000, "words": None},
    ],
)
async def test_a_recording_is_written_down(nc, js, payload):
    """The text comes with language and duration."""
    answer = await result(nc, js, "transcription", payload)
    assert answer["payload"]["text"] == "a tone"
    assert answer["payload"]["language"] == "en"
    assert answer["payload"]["duration"] == pytest.approx(1.0, abs=0.01)
    assert answer["payload"]["segments"] == []


@pytest.mark.parametrize(
    ("kind", "payload", "code"),
    [
        ("embedding", None, "BODY_INVALID"),
        ("embedding", {"texts": 7}, "BODY_INVALID"),
        ("embedding", {"texts": []}, "PARAMETER_OUT_OF_RANGE"),
        ("embedding", {"texts": ["a"], "encoding": "hex"}, "BODY_INVALID"),
        ("reranking", {"query": "a", "documents": ["b"], "top_n": 0}, "BODY_INVALID"),
        ("transcription", {"audio": "text"}, "BODY_INVALID"),
        ("transcription", {"audio": b"none"}, "AUDIO_UNDECODABLE"),
        ("transcription", {"audio": bytes(10)}, "PAYLOAD_TOO_LARGE"),
    ],
)
async def test_a_bad_job_is_refused(nc, js, kind, payload, code):
    """Its sender gets the reason in `error`, and it becomes a dead letter."""
    most = 5 if code == "PAYLOAD_TOO_LARGE" else 1000
    request_id, settings = new_id(), BridgeSettings(max_audio_bytes=most)
    async with (
        bridge(nc, Models(), settings=settings),
        reading(nc, request_id, f"ai.pipeline.{kind}.response") as reader,
    ):
        await js.publish(f"ai.pipeline.{kind}.request", job(request_id, payload))
        answer = await reader.whole()
        (letter,) = await letters(js)
    assert (answer["payload"], answer["error"]["code"]) == (None, code)
    assert (letter.area, letter.code, letter.attempts) == ("pipeline", code, 1)


async def test_a_kind_that_nobody_knows_is_a_dead_letter(nc, js):
    """`ai.pipeline.<something>.request` is given up with the reason."""
    async with bridge(nc, Models()):
        await js.publish("ai.pipeline.baking.request", job(new_id(), {}))
        (letter,) = await letters(js)
    assert (letter.area, letter.code) == ("pipeline", "INVALID_INPUT")


async def test_a_job_that_fails_for_a_while_is_answered_once(nc, js):
    """After two failures there is the result, and no error."""
    models = Models()
    models.failures = [ServerUnreachable("gone"), ServerUnreachable("gone")]
    answer = await result(nc, js, "embedding", {"texts": "a cat"}, models)
    assert answer["error"] is None
    assert models.count("embedder") == 3


async def test_a_job_that_comes_twice_is_done_once(nc, js):
    """The second message is acknowledged, and the result is stored once."""
    request_id, models = new_id(), Models()
    async with bridge(nc, models) as opened:
        for number in (1, 2):
            await js.publish("ai.pipeline.embedding.request", job(request_id, {"texts": "a"}))
            await until(lambda number=number: count(opened, "handled", "pipeline") == number)
    assert models.count("embedder") == 1


async def test_transcriptions_hold_no_embedding_up(nc, js):
    """With far more recordings waiting than are heard at once, a vector comes at once."""
    models, request_id = Models(), new_id()
    lanes = Lanes(transcription=Lane(running=1, waiting=0), embedding=Lane(running=1, waiting=0))
    hear = models.infer
    models.gate.clear()

    async def infer(model, request, **more):
        if model.name == "embedder":
            models.asked.append((model.name, request))
            opened = Models()
            return await opened.infer(model, request)
        return await hear(model, request, **more)

    models.infer = infer
    async with (
        bridge(nc, models, settings=BridgeSettings(lanes=lanes)),
        reading(nc, request_id, "ai.pipeline.embedding.response") as reader,
    ):
        for _ in range(30):
            payload = job(new_id(), {"audio": wav(tone(0.1))})
            await js.publish("ai.pipeline.transcription.request", payload)
        await until(lambda: models.running.total() == 1)
        await js.publish("ai.pipeline.embedding.request", job(request_id, {"texts": "a"}))
        assert (await reader.whole())["error"] is None
        assert max(models.most.values()) == 1
        models.gate.set()
