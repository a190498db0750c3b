"""A home behind the gateway is the home itself: what is read, what is done, what fails."""

import asyncio

import pytest

from tests.unit.house.certificates_kit import Authority
from tests.unit.house.gateway_kit import COVER, LIGHT, Held, client, gateway
from tritone.errors import HouseUnreachable, InvalidInput, NotFound, Unsupported
from tritone.house.port import Order

pytestmark = pytest.mark.unit


@pytest.fixture
def held():
    """The home."""
    return Held()


@pytest.fixture
async def house(held, tmp_path):
    """The same home, through the gateway."""
    authority = Authority(tmp_path)
    async with (
        gateway(held, authority.server()) as door,
        client(door.port, authority.files("tritone")) as opened,
    ):
        yield opened


async def test_entities_come_through_as_they_are(house):
    """Names, rooms, other names, state and attributes survive the way."""
    assert list(await house.entities()) == [LIGHT, COVER]
    assert await house.entity("light.kitchen") == LIGHT


async def test_a_light_is_turned_on_with_its_parameters(house, held):
    """LightService takes what a light is turned on with."""
    order = Order(
        action="light.turn_on", entity_id="light.kitchen", params={"brightness_pct": "50"}
    )
    await house.perform(order)
    assert held.orders == [order]


@pytest.mark.parametrize(
    "order",
    [
        Order(action="light.turn_off", entity_id="light.kitchen"),
        Order(action="light.turn_off", entity_id="light.kitchen", params={"transition": "2"}),
        Order(action="light.toggle", entity_id="light.kitchen"),
        Order(
            action="cover.set_cover_position", entity_id="cover.blinds", params={"position": "30"}
        ),
    ],
    ids=lambda order: order.action,
)
async def test_other_orders_arrive_whole(house, held, order):
    """What LightService has no call or no field for goes by ActionService."""
    await house.perform(order)
    assert held.orders == [order]


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (Order(action="light.turn_on", entity_id="light.attic"), NotFound),
        (Order(action="light.turn_on", entity_id="cover.blinds"), InvalidInput),
        (
            Order(
                action="light.turn_on", entity_id="light.kitchen", params={"area_id": "everywhere"}
            ),
            InvalidInput,
        ),
        (Order(action="lock.unlock", entity_id="lock.door"), Unsupported),
        (Order(action="homeassistant.restart", entity_id="light.kitchen"), Unsupported),
        (Order(action="cover./../x", entity_id="cover.blinds"), Unsupported),
    ],
    ids=["no such", "no light", "another target", "a lock", "the system", "no action"],
)
async def test_what_must_not_be_done_is_not_done(house, held, order, error):
    """The gateway refuses it, each in its way, and the home hears nothing of it."""
    with pytest.raises(error):
        await house.perform(order)
    assert held.orders == []


async def test_a_home_that_is_away_is_told_as_such(house, held):
    """Every call says that the home is not reached, and why."""
    held.failure = HouseUnreachable("the plug is out")
    calls = (
        house.entities(),
        house.entity("light.kitchen"),
        house.perform(Order(action="light.turn_on", entity_id="light.kitchen")),
    )
    for call in calls:
        with pytest.raises(HouseUnreachable, match="the plug is out"):
            await call


async def test_a_defect_of_the_gateway_is_not_explained(house, held):
    """A client learns that it failed, and nothing of how."""
    held.failure = RuntimeError("secret inner workings")
    with pytest.raises(HouseUnreachable) as caught:
        await house.entities()
    assert "INTERNAL" in caught.value.message
    assert "secret" not in caught.value.message


async def test_who_asks_at_once_is_answered_by_one_list(house, held):
    """Many who want the list make one call, and who comes within a second makes none."""
    held.gate.clear()
    asking = [asyncio.create_task(house.entities()) for _ in range(20)]
    await asyncio.sleep(0.05)
    asking[0].cancel()  # the others still get theirs
    held.gate.set()
    found = await asyncio.gather(*asking[1:])
    assert all(each == (LIGHT, COVER) for each in found)
    await house.entities()
    assert held.lists == 1


async def test_a_list_that_has_not_changed_is_the_same_object(house):
    """Who keeps something made of a list sees by its identity whether it is still good."""
    first = await house.entities()
    await house.perform(Order(action="light.turn_on", entity_id="light.kitchen"))
    assert await house.entities() is first


async def test_an_action_makes_the_list_old(house, held):
    """After something was done the list is asked for again."""
    await house.entities()
    await house.perform(Order(action="light.turn_on", entity_id="light.kitchen"))
    await house.entities()
    assert held.lists == 2


async def test_a_call_that_is_given_up_is_given_up_there_too(house, held):
    """Cancelling a call reaches the home behind the gateway."""
    arrived, ended = asyncio.Event(), asyncio.Event()

    async def waits() -> None:
        arrived.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    held._pass = waits
    call = asyncio.create_task(house.entity("light.kitchen"))
    async with asyncio.timeout(10):
        await arrived.wait()
        call.cancel()
        await ended.wait()
    assert call.cancelled()
