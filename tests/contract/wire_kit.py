"""The messages of the golden files, which were not made by `tritone.nats.wire`.

A golden file is hexadecimal, one value a line, with what it means behind a `#`.
"""

from pathlib import Path

from tritone.messages import Timing
from tritone.nats.wire import (
    ChatChunk,
    ChatRequest,
    Failure,
    Job,
    JobAnswer,
    VoiceChunk,
    VoiceRequest,
)

GOLDEN = Path(__file__).parent / "golden" / "nats"
ID = "3f2b8c1e-9d4a-4c7b-8e6f-0a1b2c3d4e5f"
AT = 1764000000.25

REQUESTS = {
    "chat_request": ChatRequest(
        request_id=ID,
        user_id="u42",
        username="Ada",
        message="Why is the sky blue? é",
        premium=True,
        enable_streaming=True,
        enable_rag=False,
        enable_reranker=False,
        top_k=5,
        session_id="s-7",
    ),
    "chat_request_least": ChatRequest(request_id=ID, user_id="u42", message="Hello"),
    "voice_request": VoiceRequest(
        request_id=ID,
        user_id="u42",
        audio=b"RIFF\x00\xff\x80\x7f",
        format="wav",
        sample_rate=16000,
        premium=False,
        enable_rag=False,
        language="en",
    ),
    "voice_request_least": VoiceRequest(request_id=ID, user_id="u42", audio=b"\x01\x00"),
    "job": Job(
        request_id=ID,
        user_id="u42",
        timestamp=AT,
        payload={"texts": ["a cat", "a kitten"], "encoding": "float"},
        metadata={"source": "worker-1"},
    ),
}


def chunk(kind, content, seq, **more):
    """A chunk of the request of the golden files."""
    done = kind in ("done", "error")
    return dict(request_id=ID, type=kind, content=content, done=done, timestamp=AT, seq=seq, **more)


ANSWERS = {
    "chat_chunk": ChatChunk(**chunk("chunk", "Blue light", 0)),
    "chat_done": ChatChunk(**chunk("done", "", 200)),
    "chat_restart": ChatChunk(**chunk("restart", "", 7)),
    "chat_error": ChatChunk(**chunk("error", "text is empty", 3, code="TEXT_EMPTY")),
    "voice_chunk": VoiceChunk(
        **chunk("chunk", "Hi.", 2),
        audio=b"\x00\x01\xff\x7f",
        sample_rate=22050,
        visemes=(Timing(phoneme="h", viseme="sil", start=0.0, end=0.125),),
    ),
    "voice_done": VoiceChunk(**chunk("done", "", 70000), sample_rate=22050, transcript="Hello?"),
    "job_answer": JobAnswer(
        request_id=ID,
        user_id="u42",
        timestamp=AT,
        payload={
            "embeddings": [[0.5, -0.25]],
            "dimensions": 2,
            "tokens": 6,
            "model": "embedder",
        },
    ),
    "job_error": JobAnswer(
        request_id=ID,
        user_id="u42",
        timestamp=AT,
        payload=None,
        error=Failure(code="TEXT_EMPTY", message="text is empty"),
    ),
}
CASES = {**REQUESTS, **ANSWERS}


def golden(name):
    """The bytes of a golden file."""
    lines = (GOLDEN / f"{name}.hex").read_text().splitlines()
    return bytes.fromhex("".join(line.partition("#")[0].strip() for line in lines))
