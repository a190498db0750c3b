"""What a client of AIService sees: every answer and every refusal, over the real port."""

import pytest

from tests.rpc.rpc_kit import KITCHEN, LIGHT, logged, opened, refused, trailers, until
from tests.unit.usecases_house.house_kit import intent
from tritone import errors
from tritone.errors import IntentUnparsable, InvalidInput, Overloaded
from tritone.protos.ai.v1 import ai_pb2

pytestmark = pytest.mark.unit
UNREACHABLE = "I couldn't reach Home Assistant right now."
INDIRECT = "It is far too dark to cook in here."


async def test_an_obvious_command_is_done_without_the_model():
    """The light is on, the reply says so, and the language model was not asked."""
    async with opened() as door:
        answer = await door.query(KITCHEN)
        assert door.house.things[LIGHT].state == "on"
    assert (answer.intent, answer.action_taken) == ("turn_on_light", True)
    assert answer.path == ai_pb2.PATH_TEMPLATE
    assert "Kitchen Light" in answer.reply
    (action,) = answer.actions
    assert (action.entity_id, action.verified, action.state) == (LIGHT, True, "on")
    assert not door.thinker.asked


async def test_what_the_templates_do_not_know_is_understood_by_the_model():
    """Its wish is done like any other, and the answer says which way it was understood."""
    async with opened() as door:
        said = "Would you be so kind as to light up the kitchen light for me?"
        door.thinker.answers[said] = intent("turn_on_light", "Kitchen Light", reply="Done!")
        answer = await door.query(said)
        assert door.house.things[LIGHT].state == "on"
    assert (answer.intent, answer.action_taken) == ("turn_on_light", True)
    assert answer.path == ai_pb2.PATH_MODEL


async def test_the_models_reply_is_passed_through_where_nothing_is_to_be_done():
    """Chit-chat comes back as the model wrote it, without an action."""
    async with opened() as door:
        door.thinker.otherwise = intent("none", reply="Why did the lamp blush?")
        answer = await door.query("Tell me a joke.")
    assert (answer.reply, answer.intent) == ("Why did the lamp blush?", "none")
    assert (answer.action_taken, list(answer.actions)) == (False, [])


@pytest.mark.parametrize(
    "failure",
    [
        cls
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.Unavailable)
    ],
    ids=lambda cls: cls.code,
)
async def test_a_model_that_fails_makes_the_service_unavailable(failure):
    """Whatever keeps the language model from answering: UNAVAILABLE, and when to come again."""
    async with opened() as door:
        door.thinker.otherwise = failure("the model is gone")
        error = await refused(door.query("Tell me a joke."))
    assert (error.code().name, error.details()) == (
        "UNAVAILABLE",
        f"{failure.code}: the model is gone",
    )
    assert trailers(error)["retry-after"] == "1"


async def test_a_failure_with_a_long_story_is_cut_short():
    """A status that no client would take is none: its beginning arrives."""
    async with opened() as door:
        door.thinker.otherwise = errors.EngineDied("ä💡" * 5_000)
        error = await refused(door.query("Tell me a joke."))
    assert error.code().name == "UNAVAILABLE"
    assert error.details().startswith("ENGINE_DIED: ä💡")


async def test_a_model_with_too_much_to_do():
    """Its own queue's refusal is RESOURCE_EXHAUSTED."""
    async with opened() as door:
        door.thinker.otherwise = Overloaded("too many", retry_after=2.2)
        error = await refused(door.query("Tell me a joke."))
    assert error.code().name == "RESOURCE_EXHAUSTED"
    assert trailers(error)["retry-after"] == "3"


async def test_an_answer_that_is_no_intent():
    """The client hears that it was not understood, as an answer; the log has the raw text."""
    async with opened() as door:
        door.thinker.otherwise = IntentUnparsable('the model wrote {"intent": "turn_on_li')
        with logged() as logs:
            answer = await door.query(INDIRECT)
        assert not door.house.ordered
    assert answer.reply == "I didn't understand that."
    assert (answer.action_taken, list(answer.actions)) == (False, [])
    (warning,) = [entry for entry in logs if entry["log_level"] == "warning"]
    assert '{"intent": "turn_on_li' in warning["raw"]


async def test_a_home_that_is_gone():
    """The specified reply, no action, an error in the log, and no error for the client."""
    async with opened() as door:
        await door.query("Turn off the kitchen light.")
        door.house.down = True
        with logged() as logs:
            answer = await door.query(KITCHEN)
    assert (answer.reply, answer.action_taken) == (UNREACHABLE, False)
    assert "HOUSE_UNREACHABLE" in {
        entry.get("code") for entry in logs if entry["log_level"] == "error"
    }


async def test_a_home_that_was_never_there_still_lets_one_talk():
    """Chit-chat needs no home; a command gets the specified reply."""
    async with opened() as door:
        door.house.down = True
        answer = await door.query("Tell me a joke.")
        assert (answer.reply, answer.intent) == ("Nice to hear from you.", "none")
        door.thinker.otherwise = intent("turn_on_light", "kitchen light", reply="Done!")
        answer = await door.query(KITCHEN)
    assert (answer.reply, answer.action_taken) == (UNREACHABLE, False)


async def test_success_is_said_only_when_it_was_seen():
    """A lamp that takes the order and stays dark is not said to be on."""
    async with opened() as door:
        door.house.deaf.add(LIGHT)
        answer = await door.query(KITCHEN)
    assert not answer.action_taken
    (action,) = answer.actions
    assert (action.verified, action.state) == (False, "off")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "TEXT_EMPTY"),
        (" \n\t ", "TEXT_EMPTY"),
        ("a" * 2_001, "TEXT_TOO_LONG"),
        ("ä" * 400_000, "TEXT_TOO_LONG"),
    ],
    ids=["empty", "blank", "long", "very long"],
)
async def test_a_text_that_is_none_or_too_much(text, code):
    """INVALID_ARGUMENT, with the code that says which, and neither home nor model is asked."""
    async with opened() as door:
        error = await refused(door.query(text))
        assert (door.house.listed, door.thinker.asked) == (0, [])
    assert error.code().name == "INVALID_ARGUMENT"
    assert error.details().startswith(f"{code}: ")
    assert issubclass(type(errors.from_wire(error.details())), InvalidInput)


async def test_the_longest_text_is_taken():
    """2,000 characters are not too many."""
    async with opened() as door:
        answer = await door.query("ä" * 2_000)
    assert answer.reply


async def test_a_defect_is_not_explained_to_a_client():
    """INTERNAL and the id to look for; the log has the reason, the client no word of it."""
    async with opened() as door:
        door.thinker.otherwise = RuntimeError("secret of the house")
        with logged() as logs:
            error = await refused(door.query("Hi.", metadata=(("x-request-id", "r-7"),)))
            await until(lambda: any(entry["event"] == "call" for entry in logs))
    assert error.code().name == "INTERNAL"
    assert "secret" not in f"{error.details()}{trailers(error)}"
    assert "r-7" in error.details()
    (call,) = [entry for entry in logs if entry["event"] == "call"]
    assert (call["request_id"], call["reason"]) == ("r-7", "secret of the house")


async def test_every_query_has_an_id():
    """A caller's own is kept, in the answer and the audit; else there is a new one."""
    async with opened() as door:
        given = await door.query(KITCHEN, metadata=(("x-request-id", "r-1"),))
        made = await door.query(KITCHEN)
    assert given.request_id == "r-1"
    assert len(made.request_id) == 32
    assert [record.request_id for record in door.audit] == ["r-1", made.request_id]


async def test_who_asked_is_recorded():
    """What the client calls itself, in one short line, and the address it comes from."""
    async with opened() as door:
        await door.query(KITCHEN, source="discord\nadmin" + "!" * 1000)
    (record,) = door.audit
    assert record.source == "discord admin" + "!" * 51
    assert record.peer == "127.0.0.1"
