"""The language model with real weights, loaded once for the tests of this folder."""

import os

import pytest

from tritone.engines.llm.llamacpp import LlamaCpp


@pytest.fixture(scope="package")
def engine(weights):
    """A quiet engine: one thread, which does not fight over the cores with whoever else runs."""
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    engine = LlamaCpp(weights("qwen2.5-coder-0.5b"), slots=2, context=2048, threads=1)
    yield engine
    engine.close()
