"""Whatever is said and whatever the model answers: an answer comes, and it is a true one."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.usecases_house.house_kit import Kept, MemoryHouse, Thinker, intent
from tritone.intents.table import INTENTS
from tritone.usecases.house.answer import Asker
from tritone.usecases.house.asking import Asking
from tritone.usecases.house.replies import NOTHING_CHANGED

pytestmark = pytest.mark.unit

SENTENCES = (
    "turn switch on off the all lights light lamp sofa kitchen reading garage door open close set",
    "to 50 percent degrees red and then but not don't what is if blinds movie night ? , . 🙂",
)
WORDS = [word for sentence in SENTENCES for word in sentence.split()]
said = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join) | st.text(
    min_size=1, max_size=80
).filter(str.strip)
params = st.dictionaries(
    st.sampled_from(["brightness", "color", "position", "temperature", "x"]), st.text(max_size=8)
)


@st.composite
def answers(draw):
    """What a model may say: any intents of anything, with any details."""

    def one():
        return {
            "intent": draw(st.sampled_from(list(INTENTS))),
            "entity": draw(st.sampled_from(["", "sofa lamp", "reading lamp", "garage door", "🙂"])),
            "params": draw(params),
            "said": draw(st.sampled_from(["", "turn on the lamp"])),
        }

    return intent(**one(), reply="I did it!", also=[one() for _ in range(draw(st.integers(0, 2)))])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said, answers())
def test_an_answer_is_always_a_true_one(text, answer):
    """Each order has its record, success is what was seen, and the model's boast is never said."""

    async def ask():
        house, kept, thinker = MemoryHouse(), Kept(), Thinker()
        thinker.otherwise = answer
        house.deaf = {"light.sofa_lamp", "cover.garage_door"}
        asking = Asking(thinker, house, kept, verify_seconds=0)
        found = await asking.ask(text, Asker("test"), request_id="r1")
        assert found.reply
        assert sorted((record.action, record.entity_id) for record in kept) == sorted(
            (order.action, order.entity_id) for order in house.ordered
        )
        verified = [done for done in found.actions if done.verified]
        assert len(verified) == sum(record.verified for record in kept)
        assert found.action_taken == bool(verified)
        assert not {done.entity_id for done in verified} & house.deaf or all(
            record.before == record.after for record in kept if record.entity_id in house.deaf
        )
        if found.intent != "none" or found.reply == NOTHING_CHANGED:
            assert "I did it" not in found.reply

    asyncio.run(ask())
