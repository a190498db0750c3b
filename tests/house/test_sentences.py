"""Sentences through AIService's port, the gateway with mutual TLS, and a real Home Assistant."""

import asyncio
import json

import grpc
import pytest

from bridge.rpc.door import Door
from tests.house.waiting_kit import named, until
from tests.unit.usecases_house.house_kit import Thinker, intent
from tritone.access.admission import Admission
from tritone.access.listening import Listen
from tritone.protos.ai.v1 import ai_pb2, ai_pb2_grpc
from tritone.settings import RpcSettings
from tritone.usecases.house import replies
from tritone.usecases.house.asking import Asking
from tritone.usecases.house.audit_file import AuditFile

pytestmark = pytest.mark.house


class Asked:
    """AIService in front of a home.

    Attributes:
        model: what stands for the language model.
        audit: the file of actions.
    """

    def __init__(self, channel, model, audit):
        self.model = model
        self.audit = audit
        self._stub = ai_pb2_grpc.AIServiceStub(channel)

    async def __call__(self, text: str) -> ai_pb2.QueryResponse:
        """The answer to a sentence."""
        return await self._stub.Query(ai_pb2.QueryRequest(text=text, source="test"), timeout=30)

    def records(self) -> list[dict]:
        """What has been written down."""
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


@pytest.fixture
async def ask(behind, tmp_path):
    """AIService, with a double for the model alone."""
    model, path = Thinker(), tmp_path / "audit.jsonl"
    audit, settings = AuditFile(path), RpcSettings()
    asking = Asking(model, behind, audit, verify_seconds=3)
    admission = Admission(settings.lanes, settings.queue_seconds, lambda: 1)
    async with (
        Door(asking, settings, Listen("127.0.0.1", 0), admission) as door,
        grpc.aio.insecure_channel(f"127.0.0.1:{door.port}") as channel,
    ):
        yield Asked(channel, model, path)
    await audit.aclose()


async def test_the_living_room_at_fifty_percent(ask, home):
    """The light is really on at 128; reply, answer and audit record say what was read back."""
    await ask("turn off the living room light")
    answer = await ask("turn on the living room light at fifty percent")
    state = home.state("light.living_room_light")
    assert (state["state"], state["attributes"]["brightness"]) == ("on", 128)
    assert (answer.intent, answer.action_taken) == ("turn_on_light", True)
    assert answer.path == ai_pb2.PATH_TEMPLATE
    (done,) = answer.actions
    assert (done.entity_id, done.verified, done.state) == ("light.living_room_light", True, "on")
    assert "50" in answer.reply
    record = ask.records()[-1]
    assert (record["entity_id"], record["verified"]) == ("light.living_room_light", True)
    assert (record["before"]["state"], record["after"]["state"]) == ("off", "on")


@pytest.mark.parametrize(
    ("said", "entity_id", "state", "attributes"),
    [
        ("switch on the reading lamp", "light.bedroom_lamp", "on", {}),
        ("turn the bedroom lamp blue", "light.bedroom_lamp", "on", {"rgb_color": [0, 0, 255]}),
        ("turn off the bedroom lamp", "light.bedroom_lamp", "off", {}),
        ("turn on the espresso", "switch.coffee_machine", "on", {}),
        ("turn off the coffee machine", "switch.coffee_machine", "off", {}),
        ("turn on the bedroom fan", "fan.bedroom_fan", "on", {}),
        ("turn off the bedroom fan", "fan.bedroom_fan", "off", {}),
        (
            "open the living room blinds",
            "cover.living_room_blinds",
            "open",
            {"current_position": 100},
        ),
        (
            "set the living room blinds to 30 percent",
            "cover.living_room_blinds",
            "open",
            {"current_position": 30},
        ),
        (
            "set the bedroom thermostat to 21.5 degrees",
            "climate.bedroom_thermostat",
            "heat",
            {"temperature": 21.5},
        ),
        ("turn on the porch light", "light.slow_light", "on", {}),
        ("turn off the porch light", "light.slow_light", "off", {}),
    ],
)
async def test_each_kind_of_thing_does_what_is_said(ask, home, said, entity_id, state, attributes):
    """Names, other names, rooms and details reach the real thing, also one that takes a while."""
    answer = await ask(said)
    assert answer.action_taken, answer.reply
    assert [done.entity_id for done in answer.actions] == [entity_id]
    found = home.state(entity_id)
    assert found["state"] == state
    assert {name: found["attributes"][name] for name in attributes} == attributes


async def test_a_scene_is_seen_to_be_on(ask, home):
    """A scene has no state but the time of its last use, and that has changed."""
    before = home.state("scene.movie_night")["state"]
    answer = await ask("activate movie night")
    assert (answer.intent, answer.action_taken) == ("activate_scene", True)
    assert home.state("scene.movie_night")["state"] != before
    assert home.state("light.living_room_light")["attributes"]["brightness"] == 40


@pytest.mark.parametrize("name", ["cellar", "attic"])
async def test_a_light_that_does_not_come_on_is_not_said_to_be_on(ask, name):
    """One that ignores its order and one that is not there: nothing was done, and that is said."""
    answer = await ask(f"turn on the {name} light")
    assert not answer.action_taken
    assert all(not done.verified for done in answer.actions)
    assert any(word in answer.reply for word in ("didn't work", "unavailable"))


async def test_an_answer_of_the_model_reaches_the_home(ask, home):
    """What no template says goes by the model, and acts on the same real things."""
    said = "would you be so kind and see to it that the kitchen light goes on"
    ask.model.answers[said] = intent("turn_on_light", "kitchen light", "Sure!")
    answer = await ask(said)
    assert answer.path == ai_pb2.PATH_MODEL
    assert answer.action_taken, answer.reply
    assert home.state("light.kitchen_light")["state"] == "on"


async def test_a_home_without_power_is_said_to_be_out_of_reach(ask, home, behind):
    """Unplugged, Home Assistant gives the reply for that; afterwards all works again."""
    await ask("turn off the kitchen light")
    await asyncio.to_thread(home.stop)
    try:
        answer = await ask("turn on the kitchen light")
        assert answer.reply == replies.UNREACHABLE == "I couldn't reach Home Assistant right now."
        assert not answer.action_taken
    finally:
        await asyncio.to_thread(home.start)

    async def back() -> bool:
        return await named(behind, "light.kitchen_light") is not None

    await until(back)
    assert (await ask("turn on the kitchen light")).action_taken
