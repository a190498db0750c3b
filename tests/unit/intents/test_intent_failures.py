"""How the `intent` ensemble fails: sentences that cannot be read, answers that are none."""

import pytest

from tests.unit.intents.model_kit import Model, found
from tritone.contract import IntentRequest, LlmRequest
from tritone.errors import EngineDied, IntentUnparsable, TextEmpty, TextTooLong
from tritone.pipelines.intent import MOST_CHARS, understand

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"intent":"turn_on_light"}',
        '{"intent":"fly","entity":"","params":{},"reply":""}',
    ],
)
def test_an_answer_that_is_no_intent_is_told_as_it_came(text):
    """Cut off, of another shape, or of no intent of the table."""
    with pytest.raises(IntentUnparsable) as caught:
        found("turn on the kettle", Model(text))
    assert caught.value.message.endswith(text)


@pytest.mark.parametrize(
    ("text", "error"), [(" ", TextEmpty), ("x" * (MOST_CHARS + 1), TextTooLong)]
)
def test_a_text_that_cannot_be_read_is_refused(text, error):
    """Without the model being asked."""
    model = Model()
    with pytest.raises(error):
        found(text, model)
    assert not model.asked


def test_a_failing_model_fails_the_request():
    """With the model's own error."""

    def think(request: LlmRequest):
        raise EngineDied("gone")
        yield

    with pytest.raises(EngineDied):
        understand(IntentRequest(text="turn on the kettle"), think)
