"""What every answer to a broken request has to look like."""

import httpx

__all__ = ["FORM_PATHS", "JSON_PATHS", "form", "part", "refused"]

JSON_PATHS = {
    "/v1/chat/completions": {
        "model": "chat",
        "messages": [{"role": "user", "content": "Hi."}],
        "max_tokens": 2,
    },
    "/v1/completions": {"model": "llm", "prompt": "Hi.", "max_tokens": 2},
    "/v1/audio/speech": {"model": "tts", "input": "Hi.", "voice": "joe"},
    "/v1/embeddings": {"model": "embedder", "input": "Hi."},
    "/v1/rerank": {"model": "reranker", "query": "Hi.", "documents": ["Hello."]},
    "/v2/rerank": {"model": "reranker", "query": "Hi.", "documents": ["Hello."]},
}
"""Paths that take JSON, each with a good request."""
FORM_PATHS = ("/v1/audio/transcriptions", "/v1/audio/translations")


def refused(answer: httpx.Response) -> dict:
    """The error of an answer that has to be one of the caller's."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert isinstance(error["type"], str)
    assert isinstance(error["code"], str)
    assert error["param"] is None or isinstance(error["param"], str)
    assert "Traceback" not in answer.text
    return error


def part(name: str, value: bytes, filename: str = "", kind: str = "") -> bytes:
    """One part of a form."""
    head = f'Content-Disposition: form-data; name="{name}"'
    if filename:
        head += f'; filename="{filename}"'
    if kind:
        head += f"\r\nContent-Type: {kind}"
    return head.encode() + b"\r\n\r\n" + value


def form(*parts: bytes, boundary: bytes = b"XX", end: bytes = b"--XX--\r\n") -> bytes:
    """A multipart body."""
    return b"".join(b"--" + boundary + b"\r\n" + each + b"\r\n" for each in parts) + end
