"""A new intent is one entry of the table: everything else follows from it."""

import json

import pytest

from tests.unit.intents.intents_kit import HOUSE, thing
from tritone import messages
from tritone.contract import IntentRequest, LlmRequest, LlmResponse
from tritone.intents.evidence import details
from tritone.intents.guard import objection
from tritone.intents.orders import Action, achieved, order
from tritone.intents.recognising import Recogniser
from tritone.intents.resolving import Found, resolve
from tritone.intents.spec import IntentSpec
from tritone.intents.table import INTENTS
from tritone.intents.understood import wishes
from tritone.intents.wish import Wish
from tritone.intents.words import words
from tritone.pipelines.intent import understand

pytestmark = pytest.mark.unit

LOCK = IntentSpec(
    name="lock_door",
    meaning="a lock is wanted locked",
    things={"lock": ("lock", "door gate")},
    action="lock.lock",
    sentences=("(lock|bolt) <thing>",),
    cues=("lock", "bolt"),
    states=("locked",),
    examples=(("bolt the barn gate", "barn gate", {}, "Locking the barn gate."),),
)
TABLE = {**INTENTS, LOCK.name: LOCK}
DOOR = thing("lock.front", "Front Door", "Hall", state="unlocked")
HOME = (*HOUSE, DOOR)
SAID = "please bolt the front door"


def test_its_sentences_are_recognised():
    """The fast path reads its templates."""
    (found,) = Recogniser(HOME, TABLE).recognise(SAID) or ()
    assert (found.wish.intent, found.entities) == ("lock_door", (DOOR,))


def test_the_model_is_told_of_it_and_may_choose_it():
    """Its meaning and example are in the prompt, its name in the schema where a cue was said."""
    asked: list[LlmRequest] = []

    def think(request: LlmRequest):
        asked.append(request)
        yield LlmResponse(
            text_output='{"intent":"lock_door","entity":"Front Door","params":{},"reply":"Yes."}'
        )

    request = IntentRequest(text=SAID, entities=("Front Door", "Kettle"))
    answer = messages.decode(messages.Intent, understand(request, think, TABLE).intent)
    assert answer.intent == "lock_door"
    system, *_, question = json.loads(asked[0].messages or "")
    assert "lock_door: a lock is wanted locked" in system["content"]
    assert "bolt the barn gate" in (asked[0].messages or "")
    assert question["content"].endswith(SAID)
    schema = json.loads(asked[0].response_format or "")["json_schema"]["schema"]
    assert schema["properties"]["intent"]["enum"] == ["lock_door"]


def test_it_is_guarded_resolved_ordered_and_verified():
    """From what the model answered to whether the state shows it."""
    answer = messages.Intent(intent="lock_door", entity="", params={}, reply="")
    (wish,) = wishes(answer, SAID, HOME, TABLE)
    assert objection(wish, SAID, HOME, TABLE) is None
    assert objection(wish, "don't bolt the front door", HOME, TABLE) is not None
    assert objection(wish, "the front door is blue", HOME, TABLE) is not None
    assert resolve(wish, SAID, HOME, TABLE) == Found((DOOR,))
    action = order(LOCK, DOOR, wish, SAID, TABLE)
    assert action == Action(action="lock.lock")
    assert not achieved(LOCK, action, DOOR, DOOR)
    assert achieved(LOCK, action, DOOR, thing("lock.front", "Front Door", state="locked"))


@pytest.mark.parametrize("spec", INTENTS.values(), ids=INTENTS)
def test_an_entry_is_complete(spec):
    """What acts has cues, words for its things and a way to see that it worked."""
    assert spec.meaning
    if spec.acts:
        assert spec.cues
        assert spec.domains
        assert all(slot.param and slot.attribute for slot in spec.slots)
        assert spec.action.format(domain="light").count(".") == 1


def test_the_intents_of_the_contract_are_there():
    """Their names never change."""
    assert {"turn_on_light", "turn_off_light", "list_entities", "none"} <= INTENTS.keys()


@pytest.mark.parametrize("spec", [s for s in INTENTS.values() if s.acts], ids=lambda s: s.name)
def test_an_example_fits_its_own_entry(spec):
    """What the model is shown passes the guard, and holds the details that it shows."""
    for sentence, _, params, _ in spec.examples:
        assert objection(Wish(intent=spec.name), sentence, HOUSE) is None
        assert details(spec, words(sentence)) == params
