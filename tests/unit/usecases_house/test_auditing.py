"""Each order leaves a record of who, what, before and after, whatever becomes of it."""

import asyncio

import pytest

from tests.unit.usecases_house.house_kit import intent, until
from tritone.errors import DeadlineExceeded
from tritone.usecases.house import acting
from tritone.usecases.house.answer import Asker
from tritone.usecases.house.asking import Asking

pytestmark = pytest.mark.unit


async def test_a_record_says_who_what_before_and_after(ask, kept):
    """All that is needed to know later what happened, and for whom."""
    await ask("set the hallway light to 20 percent")
    [record] = kept
    assert (record.source, record.peer, record.request_id) == ("test", "bot", "r1")
    assert record.text == "set the hallway light to 20 percent"
    assert (record.intent, record.entity_id) == ("turn_on_light", "light.hallway")
    assert (record.action, record.params) == ("light.turn_on", {"brightness_pct": "20"})
    assert record.before["state"] == "on"
    assert record.before["attributes"]["brightness"] == 128
    assert record.after["attributes"]["brightness"] == 51
    assert (record.verified, record.error, record.path) == (True, "", "template")
    assert record.time.endswith("Z")


async def test_looking_leaves_no_record(ask, thinker, kept):
    """Only what may change the house is written down."""
    await ask("is the garage door closed?")
    thinker.otherwise = intent(reply="hello")
    await ask("hello you")
    await ask("list all devices")
    assert not kept


async def test_one_who_goes_away_leaves_a_record(ask, house, kept):
    """The order was given: what came of it is not known, and that is what the record says."""
    house.gate = asyncio.Event()
    asked = asyncio.create_task(ask("turn on the garage light"))
    await until(lambda: house.ordered)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    [record] = kept
    assert (record.entity_id, record.verified, record.after) == ("light.garage", False, None)
    assert record.error.startswith("CANCELLED: ")


async def test_one_who_goes_away_while_it_is_read_back_leaves_what_was_seen(ask, house, kept):
    """As far as it was known then."""
    house.deaf.add("light.garage")
    asked = asyncio.create_task(ask("turn on the garage light"))
    await until(lambda: house.ordered)
    await until(lambda: house.looks.count("light.garage") >= 3)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    [record] = kept
    assert record.after["state"] == "off"
    assert not record.verified


async def test_one_who_waits_for_a_turn_and_goes_away_leaves_nothing(ask, house, kept):
    """It was never ordered; whoever has the turn keeps it."""
    house.gate = asyncio.Event()
    first = asyncio.create_task(ask("turn on the garage light"))
    await until(lambda: house.ordered)
    second = asyncio.create_task(ask("turn off the garage light"))
    await asyncio.sleep(0.01)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    house.gate.set()
    assert (await first).reply == "Garage Light is on."
    assert [record.action for record in kept] == ["light.turn_on"]


async def test_time_that_runs_out_ends_the_query_and_leaves_a_record(asking, house, kept):
    """The caller is told in time that it was too late."""
    house.gate = asyncio.Event()
    reading = await asking.read("turn on the garage light")
    with pytest.raises(DeadlineExceeded):
        await asking.answer(reading, Asker("test"), request_id="r1", timeout=0.5)
    [record] = kept
    assert not record.verified


async def test_time_reaches_the_model(ask, thinker):
    """It is told how much is left, and cancelled when nothing is."""
    await ask("hello you", timeout=5)
    [left] = thinker.timeouts
    assert 0 < left <= 5
    thinker.gate = asyncio.Event()
    with pytest.raises(DeadlineExceeded):
        await ask("hello you", timeout=0.05)
    assert thinker.open == 0


async def test_one_who_goes_away_ends_the_models_work(ask, thinker):
    """Nobody else pays for it."""
    thinker.gate = asyncio.Event()
    asked = asyncio.create_task(ask("hello you"))
    await until(lambda: thinker.open)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert thinker.open == 0


async def test_an_answer_gets_out_before_the_time_is_over(house, thinker, kept, monkeypatch):
    """A state that does not come is given up early enough to say so."""
    monkeypatch.setattr(acting, "_LOOK_SECONDS", 1.8)
    house.deaf.add("light.garage")
    patient = Asking(thinker, house, kept, verify_seconds=60)
    reading = await patient.read("turn on the garage light")
    answer = await patient.answer(reading, Asker("test"), request_id="r1", timeout=2)
    assert answer.reply == "That didn't work: Garage Light is off."


async def test_a_defect_is_written_down_as_well(ask, house, kept):
    """What the house's adapter does wrong is no reason to forget what was ordered."""
    house.refuses["light.garage"] = ZeroDivisionError("a defect")
    with pytest.raises(ZeroDivisionError):
        await ask("turn on the garage light")
    [record] = kept
    assert record.error == "INTERNAL: ZeroDivisionError"
