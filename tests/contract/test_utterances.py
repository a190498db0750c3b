"""The test set of sentences about a house: sound in itself, and apart from what is tuned with."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.unit.usecases_house.house_kit import house_entities
from tritone.intents.table import INTENTS
from tritone.intents.words import words

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).parents[2] / "perf" / "intents"
UTTERANCES = yaml.safe_load((FOLDER / "utterances.yaml").read_text())
LEAST = {
    "command": 50,
    "paraphrase": 20,
    "indirect": 10,
    "multi": 12,
    "chitchat": 20,
    "negation": 10,
    "nonsense": 10,
    "injection": 10,
    "ambiguous": 6,
}


def ids(wish):
    given = wish.get("entity_id", [])
    return [given] if isinstance(given, str) else given


def all_wishes(utterance):
    return [
        wish
        for wishes in (utterance["wishes"], *utterance.get("also_right", []))
        for wish in wishes
    ]


def test_there_are_enough_of_each_kind():
    """At least 140 in all, no sentence twice."""
    counted = Counter(utterance["kind"] for utterance in UTTERANCES)
    assert set(counted) == set(LEAST)
    assert all(counted[kind] >= least for kind, least in LEAST.items())
    assert len({words(utterance["text"]) or utterance["text"] for utterance in UTTERANCES}) == len(
        UTTERANCES
    )
    assert len(UTTERANCES) >= 140


@pytest.mark.parametrize("utterance", UTTERANCES, ids=lambda each: each["text"][:40])
def test_what_is_right_can_be_done(utterance):
    """Its intents, details and things are those of the table and of the house."""
    assert set(utterance) <= {"text", "kind", "wishes", "ask", "also_right"}
    domains = {entity.entity_id: entity.domain for entity in house_entities()}
    for wish in all_wishes(utterance):
        assert set(wish) <= {"intent", "entity_id", "params"}
        spec = INTENTS[wish["intent"]]
        assert spec.name != "none"
        assert {domains[each] for each in ids(wish)} <= spec.domains
        assert bool(ids(wish)) == bool(spec.things)
        params = wish.get("params", {})
        assert set(params) <= {slot.name for slot in spec.slots}
        assert {slot.name for slot in spec.slots if slot.required} <= set(params)
        assert all(isinstance(value, str) for value in params.values())
    if utterance.get("ask"):
        assert utterance["wishes"] == []
    if utterance["kind"] in {"chitchat", "negation", "nonsense"}:
        assert utterance["wishes"] == []
        assert "also_right" not in utterance


def test_no_sentence_is_shown_to_the_model_as_an_example():
    """Else it would be measured whether the model can copy."""
    shown = {words(example[0]) for spec in INTENTS.values() for example in spec.examples}
    assert shown
    assert not shown & {words(utterance["text"]) for utterance in UTTERANCES}


def test_no_sentence_is_one_that_is_tuned_with():
    """What the rules were made to fit says nothing about other sentences."""
    tuned = yaml.safe_load((FOLDER / "dev.yaml").read_text())
    assert tuned
    assert not {words(each["text"]) for each in tuned} & {words(u["text"]) for u in UTTERANCES}


def test_every_kind_of_thing_is_asked_for():
    """No intent is left unmeasured."""
    asked = {wish["intent"] for utterance in UTTERANCES for wish in all_wishes(utterance)}
    assert asked == set(INTENTS) - {"none"}
