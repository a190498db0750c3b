"""Batch sizes from Triton's statistics."""

import httpx
import pytest

from perf.bench.batches import batches, since

pytestmark = pytest.mark.unit


def stats(name: str, version: str, sizes: dict[int, int]) -> dict:
    rows = [{"batch_size": size, "compute_infer": {"count": n}} for size, n in sizes.items()]
    return {"name": name, "version": version, "batch_stats": rows}


def test_versions_of_a_model_count_together(monkeypatch: pytest.MonkeyPatch):
    """What one version and another did is added."""
    found = {"model_stats": [stats("stt", "1", {1: 2, 4: 1}), stats("stt", "2", {4: 5})]}
    answer = httpx.Response(200, json=found, request=httpx.Request("GET", "http://triton"))
    monkeypatch.setattr(httpx, "get", lambda *_, **__: answer)
    assert batches("triton:8000") == {"stt": {"1": 2, "4": 6}}


def test_no_answer_is_no_batches(monkeypatch: pytest.MonkeyPatch):
    """A server that does not tell makes nothing fail."""

    def refuse(*_, **__):
        raise httpx.ConnectError("no")

    monkeypatch.setattr(httpx, "get", refuse)
    assert batches("triton:8000") == {}


def test_only_what_came_since():
    """Sizes and models that were not used since are left out."""
    before = {"stt": {"1": 2}, "tts": {"1": 7}}
    after = {"stt": {"1": 2, "4": 3}, "tts": {"1": 7}, "llm": {"1": 1}}
    assert since(before, after) == {"stt": {"4": 3}, "llm": {"1": 1}}
