"""The client sends recordings, texts and documents, and reads what becomes of them."""

import asyncio

import msgpack
import pytest

from tests.nats.client.responder_kit import read
from tritone.errors import AudioUndecodable, Internal, PayloadTooLarge
from tritone.messages import Segment, Timing
from tritone.nats.results import Rank

pytestmark = pytest.mark.nats

SOUND = b"RIFF\x00\xff\x80\x7f"
VISEME = {"phoneme": "h", "viseme": "sil", "start": 0.0, "end": 0.1}


async def test_a_spoken_turn_travels_as_raw_bytes(client, bridge, js):
    """The recording as it is, and the answer's audio, transcript and mouth shapes with it."""

    async def reading():
        return [each async for each in client.voice(SOUND, user_id="u42", format="wav")]

    task = asyncio.ensure_future(reading())
    request = await bridge.next_request()
    assert (request["audio"], request["format"]) == (SOUND, "wav")
    kept = await js.get_last_msg("AI_VOICE_STREAM", "ai.voice.user.u42.request")
    assert SOUND in kept.data
    request_id, rate = request["request_id"], {"sample_rate": 22050}
    said = {"transcript": "Hello?", "audio": b"", "visemes": []}
    spoken = {"transcript": "", "audio": b"\1\0\2\0", "visemes": [VISEME]}
    whole = {**said, **spoken, "transcript": "Hello?"}
    await bridge.say(request_id, 0, area="voice", **said, **rate)
    await bridge.say(request_id, 1, "Hi.", area="voice", **spoken, **rate)
    await bridge.answer(request_id, "Hi.", area="voice", **whole, **rate)
    await bridge.say(request_id, 2, kind="done", area="voice", **said, **rate)
    heard, answered, done = await task
    assert heard.transcript == "Hello?"
    assert (answered.content, answered.audio) == ("Hi.", b"\1\0\2\0")
    assert answered.visemes == (Timing(**VISEME),)
    assert done.type == "done"


async def test_a_spoken_turn_may_be_refused(client, bridge):
    """With the class of its reason."""
    task = asyncio.ensure_future(read(client.voice(b"noise", user_id="u42")))
    request_id = (await bridge.next_request())["request_id"]
    why = {"kind": "error", "code": "AUDIO_UNDECODABLE", "area": "voice"}
    await bridge.say(request_id, 0, "no recording", **why)
    with pytest.raises(AudioUndecodable, match="no recording"):
        await task


async def test_a_recording_that_no_message_holds_is_refused_here(client):
    """The server's limit, told as what it is."""
    with pytest.raises(PayloadTooLarge):
        await read(client.voice(bytes(17 * 1024**2), user_id="u42"))


async def finished(bridge, task, kind, payload):
    """The job that came, once it is answered, and what became of it."""
    request = await bridge.next_request()
    await bridge.result(kind, request["request_id"], payload)
    return request["payload"], await task


async def test_texts_become_vectors(client, bridge):
    """In their order."""
    task = asyncio.ensure_future(client.embed(["a cat", "a kitten"]))
    answer = {"embeddings": [[0.5, 1], [0, 0.25]], "dimensions": 2, "tokens": 6, "model": "m"}
    asked, found = await finished(bridge, task, "embedding", answer)
    assert asked == {"texts": ["a cat", "a kitten"]}
    assert (found.embeddings, found.tokens) == (((0.5, 1.0), (0.0, 0.25)), 6)


async def test_documents_are_ranked(client, bridge):
    """By their places among those sent."""
    task = asyncio.ensure_future(client.rerank("tea?", ["coffee", "tea"], top_n=1))
    answer = {"results": [{"index": 1, "relevance_score": 0.9}], "model": "m"}
    asked, found = await finished(bridge, task, "reranking", answer)
    assert asked == {"query": "tea?", "documents": ["coffee", "tea"], "top_n": 1}
    assert found.results == (Rank(index=1, relevance_score=0.9),)


async def test_a_recording_is_transcribed(client, bridge):
    """Of what is not given, nothing is sent."""
    task = asyncio.ensure_future(client.transcribe(SOUND, format="wav", words=True))
    answer = {"text": "Hi.", "language": "en", "duration": 0.5}
    segment = {"start": 0.0, "end": 0.5, "text": "Hi.", "tokens": [1, 2]}
    segment |= dict.fromkeys(("no_speech_prob", "avg_logprob", "temperature"), 0.25)
    segment |= {"compression_ratio": 1.0}
    asked, found = await finished(
        bridge, task, "transcription", {**answer, "segments": [{**segment, "newer": 1}]}
    )
    assert asked == {"audio": SOUND, "format": "wav", "words": True}
    assert found.text == "Hi."
    assert found.segments == (Segment(**{**segment, "tokens": (1, 2)}),)


async def test_a_job_that_failed_raises_why(client, bridge):
    """And one whose result is none is a defect."""
    for payload, error, raised in [
        (None, {"code": "AUDIO_UNDECODABLE", "message": "noise"}, AudioUndecodable),
        ({"embeddings": "none"}, None, Internal),
    ]:
        bridge.requests.clear()
        task = asyncio.ensure_future(client.embed(["a"]))
        request_id = (await bridge.next_request())["request_id"]
        await bridge.result("embedding", request_id, payload, error)
        with pytest.raises(raised):
            await task


async def test_a_job_s_answer_is_found_in_its_stream(client, bridge, nc, js):
    """Though it was not heard: it is looked up after a while."""
    task = asyncio.ensure_future(client.embed(["a"]))
    request_id = (await bridge.next_request())["request_id"]
    for subscription in list(client._client._subs.values()):
        if subscription.subject.startswith("ai."):
            await subscription.unsubscribe()
    await client._client.flush()
    answer = {"embeddings": [[1.0]], "dimensions": 1, "tokens": 1, "model": "m"}
    fields = {"request_id": request_id, "user_id": "", "timestamp": 0.0, "payload": answer}
    await js.publish(f"ai.pipeline.embedding.response.{request_id}", msgpack.packb(fields))
    assert (await task).dimensions == 1
