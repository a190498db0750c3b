"""The SDK at the server under test, and a recording that the server spoke."""

import os
from collections.abc import Iterator

import pytest
from openai import OpenAI

from .kit import SENTENCE, SPEECH, VOICE


@pytest.fixture(scope="package")
def account(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Base URL and key."""
    if url := os.environ.get("OPENAI_BASE_URL"):
        return url, os.environ.get("OPENAI_API_KEY") or "none"
    door = request.getfixturevalue("door")
    return f"{door.url}/v1", door.key


@pytest.fixture(scope="package")
def client(account: tuple[str, str]) -> Iterator[OpenAI]:
    """The SDK as anybody makes it, but that it does not try again: failures are to be seen."""
    url, key = account
    with OpenAI(base_url=url, api_key=key, max_retries=0, timeout=120) as client:
        yield client


@pytest.fixture(scope="package")
def recording(client: OpenAI) -> bytes:
    """A WAV file in which somebody says the sentence."""
    return client.audio.speech.create(
        model=SPEECH, voice=VOICE, input=SENTENCE, response_format="wav"
    ).content
