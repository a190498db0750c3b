"""Errors, each as the SDK's own class."""

from typing import Any

import openai
import pytest
from openai import OpenAI

from .kit import ASK, CHAT, EMBEDDING, SPEECH, TRANSCRIPTION, TRANSLATES, VOICE

pytestmark = pytest.mark.triton


@TRANSLATES
def test_a_model_that_is_not_there(client: OpenAI) -> None:
    """404 from every endpoint, with a code and a message that names it."""
    silence = ("a.wav", b"RIFF" + bytes(40))
    calls: list[Any] = [
        lambda: client.chat.completions.create(model="nope-1", messages=ASK),
        lambda: client.chat.completions.create(model="nope-1", messages=ASK, stream=True),
        lambda: client.completions.create(model="nope-1", prompt="Hi"),
        lambda: client.embeddings.create(model="nope-1", input="Hi"),
        lambda: client.audio.speech.create(model="nope-1", voice=VOICE, input="Hi"),
        lambda: client.audio.transcriptions.create(model="nope-1", file=silence),
        lambda: client.audio.translations.create(model="nope-1", file=silence),
        lambda: client.models.retrieve("nope-1"),
    ]
    for call in calls:
        with pytest.raises(openai.NotFoundError) as caught:
            call()
        assert caught.value.code == "model_not_found"
        assert "nope-1" in caught.value.message
        assert caught.value.request_id


def test_a_request_that_is_wrong(client: OpenAI) -> None:
    """400, with the reason."""
    wrong: list[Any] = [
        lambda: client.chat.completions.create(model=CHAT, messages=[]),
        lambda: client.chat.completions.create(model=CHAT, messages=ASK, temperature=9),
        lambda: client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=-1),
        lambda: client.chat.completions.create(
            model=CHAT, messages=ASK, max_tokens=-1, stream=True
        ),
        lambda: client.embeddings.create(model=EMBEDDING, input=[]),
        lambda: client.embeddings.create(model=EMBEDDING, input=""),
        lambda: client.audio.speech.create(model=SPEECH, voice=VOICE, input=""),
        lambda: client.audio.speech.create(model=SPEECH, voice=VOICE, input="Hi", speed=99),
        lambda: client.audio.transcriptions.create(model=TRANSCRIPTION, file=("a.wav", b"noise")),
    ]
    for number, call in enumerate(wrong):
        with pytest.raises(openai.BadRequestError) as caught:
            call()
        assert caught.value.type == "invalid_request_error", number
        assert isinstance(caught.value.body, dict), number
        assert caught.value.body["message"], number


def test_a_wrong_key(client: OpenAI) -> None:
    """401, where keys are asked for."""
    refused = None
    try:
        client.with_options(api_key="sk-wrong").models.list()
    except openai.AuthenticationError as error:
        refused = error
    if refused is None:
        pytest.skip("this installation asks for no key")
    assert refused.code == "invalid_api_key"
