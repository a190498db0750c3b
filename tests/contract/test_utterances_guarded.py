"""The rules hold on the test set by themselves: no answer of a language model can do harm there.

This measures rules, not the model: a sentence that fails here shows a kind of sentence that is not
thought of. Rules are mended for the kind, never for the sentence.
"""

from pathlib import Path

import pytest
import yaml

from tests.unit.usecases_house.house_kit import house_entities
from tritone.errors import ParameterOutOfRange
from tritone.intents.guard import objection
from tritone.intents.orders import order
from tritone.intents.recognising import Recogniser
from tritone.intents.resolving import Found, resolve
from tritone.intents.table import INTENTS
from tritone.intents.understood import wishes
from tritone.messages import Intent

pytestmark = pytest.mark.unit

HOUSE = house_entities()
FILE = Path(__file__).parents[2] / "perf" / "intents" / "utterances.yaml"
UTTERANCES = yaml.safe_load(FILE.read_text())
HARMLESS = [
    utterance["text"]
    for utterance in UTTERANCES
    if utterance["kind"] in {"chitchat", "negation", "nonsense", "ambiguous"}
]
ACTING = [spec for spec in INTENTS.values() if spec.acts]


def possible(text):
    """Whatever could be done for a sentence, were the model to say the worst."""
    for spec in ACTING:
        things = {entity.domain: entity.name for entity in HOUSE if entity.domain in spec.domains}
        params = {slot.name: "50" for slot in spec.slots}
        for name in ("", *things.values()):
            answer = Intent(intent=spec.name, entity=name, params=params, reply="Done!")
            for wish in wishes(answer, text, HOUSE):
                yield from done(wish, text)


def done(wish, text):
    """What would be ordered for a wish."""
    spec = INTENTS[wish.intent]
    if not spec.acts or objection(wish, text, HOUSE):
        return
    found = resolve(wish, text, HOUSE)
    for entity in found.entities if isinstance(found, Found) else ():
        try:
            yield order(spec, entity, wish, text), entity.entity_id
        except ParameterOutOfRange:
            continue


def steps(given):
    """Wishes as single steps: an intent, a thing and details."""
    return {
        (wish["intent"], entity_id, tuple(sorted(wish.get("params", {}).items())))
        for wish in given
        for entity_id in (
            [wish.get("entity_id", "")]
            if isinstance(wish.get("entity_id", ""), str)
            else wish["entity_id"]
        )
    }


@pytest.mark.parametrize("text", HARMLESS, ids=lambda text: text[:40])
def test_no_model_can_make_anything_happen(text):
    """Talk, refusals, nonsense and what has two meanings change nothing, whatever it answers."""
    assert next(possible(text), None) is None


def test_the_quick_way_is_never_wrong():
    """What templates recognise is what is right, to the last detail."""
    recogniser = Recogniser(HOUSE)
    wrong, fired = [], 0
    for utterance in UTTERANCES:
        found = recogniser.recognise(utterance["text"])
        if not found:
            continue
        fired += 1
        got = {
            (each.wish.intent, entity_id, tuple(sorted(each.wish.params.items())))
            for each in found
            for entity_id in ([entity.entity_id for entity in each.entities] or [""])
        }
        right = [utterance["wishes"], *utterance.get("also_right", [])]
        if all(got != steps(answer) for answer in right):
            wrong.append((utterance["text"], got))
    assert fired
    assert not wrong
