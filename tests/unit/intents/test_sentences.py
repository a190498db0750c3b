"""The sentences of perf/intents/dev.yaml, the language model a double that wants to act."""

import json
from pathlib import Path

import pytest

from perf.intent_scoring import Score, Utterance, read_house, read_utterances, score, steps
from tritone import messages
from tritone.contract import IntentRequest, LlmRequest, LlmResponse
from tritone.intents.table import INTENTS
from tritone.intents.understood import said_names
from tritone.messages import Intent
from tritone.pipelines.intent import understand

pytestmark = pytest.mark.unit

FILES = Path(__file__).parents[3] / "perf" / "intents"
HOUSE = read_house(FILES / "house.yaml")
SENTENCES = read_utterances(FILES / "dev.yaml")


def understood(utterance: Utterance, pick: int) -> Score:
    """The score with a model that takes the first, or last, of the intents that it may."""

    def think(request: LlmRequest):
        schema = json.loads(request.response_format or "")["json_schema"]["schema"]
        offered = schema["properties"]["intent"]["enum"]
        wanted = [name for name in offered if name != "none"] or offered
        answer = {"intent": wanted[pick], "entity": "x", "params": {}, "reply": "Yes."}
        yield LlmResponse(text_output=json.dumps(answer))

    request = IntentRequest(text=utterance.text, entities=said_names(HOUSE))
    answer = messages.decode(Intent, understand(request, think).intent)
    return score(utterance, *steps(answer, utterance.text, HOUSE))


@pytest.mark.parametrize("pick", [0, -1], ids=["first", "last"])
@pytest.mark.parametrize("utterance", SENTENCES, ids=lambda one: one.text[:40])
def test_what_the_words_leave_open_cannot_go_wrong(utterance, pick):
    """Nothing is done that nobody asked for, and orders are carried out, whatever is picked."""
    found = understood(utterance, pick)
    assert not found.wrong
    assert found.right or utterance.kind == "indirect", (found.got, found.notes)


def test_a_wrong_action_is_counted():
    """The scoring tells an action that was not asked for from one that was."""
    utterance = next(one for one in SENTENCES if one.text == "Switch on the desk lamp")
    wrong = score(utterance, [("turn_on_light", "light.garage", ())], ())
    assert (wrong.right, wrong.intent, wrong.entity) == (False, True, False)
    assert wrong.wrong == (("turn_on_light", "light.garage", ()),)
    right = score(utterance, [("turn_on_light", "light.desk_lamp", ())], ())
    assert (right.right, right.wrong) == (True, ())


def test_a_question_back_is_only_right_where_one_is():
    """And doing nothing without asking is not enough there."""
    utterance = next(one for one in SENTENCES if one.ask)
    assert score(utterance, (), ("turn_on_light: asks (Ambiguous)",)).right
    assert not score(utterance, (), ()).right


def test_every_intent_is_among_the_sentences():
    """So that none is left out of what is measured."""
    wanted = {wish.intent for one in SENTENCES for wish in one.wishes}
    assert wanted == INTENTS.keys() - {"none"}
