"""The list of models."""

import pytest
from openai import OpenAI

from .kit import CHAT, sound

pytestmark = pytest.mark.triton


def test_models(client: OpenAI) -> None:
    """Listed, and each to be had by its id."""
    models = [sound(model) for model in client.models.list()]
    assert models
    assert sound(client.models.retrieve(models[0].id)).id == models[0].id
    assert sound(client.models.retrieve(CHAT)).object == "model"
