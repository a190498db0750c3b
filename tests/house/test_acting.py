"""What is done in a real home: directly, and through the gateway with mutual TLS."""

import pytest

from tests.house.waiting_kit import until
from tritone.errors import InvalidInput, NotFound, Unsupported
from tritone.house.port import Order

pytestmark = pytest.mark.house


@pytest.fixture(params=["assistant", "behind"])
def house(request):
    """The same home by both ways."""
    return request.getfixturevalue(request.param)


def order(action: str, entity_id: str, **params: str) -> Order:
    """An order."""
    return Order(action=action, entity_id=entity_id, params=params)


async def test_a_light_at_half_is_really_on_at_128(house, home):
    """Fifty percent is 128 of 255, and Home Assistant itself says so."""
    light = "light.living_room_light"
    await house.perform(order("light.turn_off", light))
    assert home.state(light)["state"] == "off"
    await house.perform(order("light.turn_on", light, brightness_pct="50"))
    state = home.state(light)
    assert (state["state"], state["attributes"]["brightness"]) == ("on", 128)
    found = await house.entity(light)
    assert (found.state, found.attributes["brightness"]) == ("on", 128)
    await house.perform(order("light.turn_off", light))


async def test_a_lamp_takes_a_colour(house, home):
    """A colour is given by its name."""
    await house.perform(order("light.turn_on", "light.bedroom_lamp", color_name="blue"))
    assert home.state("light.bedroom_lamp")["attributes"]["rgb_color"] == [0, 0, 255]
    await house.perform(order("light.turn_on", "light.bedroom_lamp", rgb_color="[255, 0, 0]"))
    assert home.state("light.bedroom_lamp")["attributes"]["rgb_color"] == [255, 0, 0]
    await house.perform(order("light.turn_off", "light.bedroom_lamp"))


@pytest.mark.parametrize(
    ("done", "state", "attributes"),
    [
        (order("switch.turn_on", "switch.coffee_machine"), "on", {}),
        (order("switch.turn_off", "switch.coffee_machine"), "off", {}),
        (order("fan.turn_on", "fan.bedroom_fan"), "on", {}),
        (order("fan.turn_off", "fan.bedroom_fan"), "off", {}),
        (
            order("cover.open_cover", "cover.living_room_blinds"),
            "open",
            {"current_position": 100},
        ),
        (
            order("cover.set_cover_position", "cover.living_room_blinds", position="30"),
            "open",
            {"current_position": 30},
        ),
        (
            order("cover.close_cover", "cover.living_room_blinds"),
            "closed",
            {"current_position": 0},
        ),
        (
            order("climate.set_temperature", "climate.bedroom_thermostat", temperature="21.5"),
            "heat",
            {"temperature": 21.5},
        ),
    ],
    ids=lambda each: each.action if isinstance(each, Order) else "",
)
async def test_other_things_do_what_they_are_told(house, home, done, state, attributes):
    """Switches, fans, covers and thermostats take their actions and parameters."""
    await house.perform(done)
    found = home.state(done.entity_id)
    assert found["state"] == state
    assert {name: found["attributes"][name] for name in attributes} == attributes


async def test_a_scene_changes_what_it_holds(house, home):
    """A scene sets the lights that are in it."""
    await house.perform(order("light.turn_on", "light.kitchen_light"))
    await house.perform(order("scene.turn_on", "scene.movie_night"))
    light = home.state("light.living_room_light")
    assert (light["state"], light["attributes"]["brightness"]) == ("on", 40)
    assert home.state("light.kitchen_light")["state"] == "off"
    await house.perform(order("light.turn_off", "light.living_room_light"))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (order("light.turn_on", "light.no_such"), NotFound),
        (order("light.turn_on", "switch.coffee_machine"), InvalidInput),
        (order("light.turn_on", "light.living_room_light", brightness_pct="500"), InvalidInput),
        (order("light.turn_on", "light.living_room_light", loudness="5"), InvalidInput),
        (order("light.turn_on", "light.living_room_light", area_id="kitchen"), InvalidInput),
        (order("light.explode", "light.living_room_light"), Unsupported),
        (order("homeassistant.stop", "light.living_room_light"), Unsupported),
        (order("light.turn_on/../../events/x", "light.living_room_light"), Unsupported),
    ],
    ids=lambda each: f"{each.action} {each.entity_id}" if isinstance(each, Order) else "",
)
async def test_what_cannot_be_done_is_refused(house, home, wrong, error):
    """The kind of error says whether the entity, the parameters or the action is wrong."""
    before = home.state("light.living_room_light")
    with pytest.raises(error):
        await house.perform(wrong)
    assert home.state("light.living_room_light") == before


async def test_accepted_is_not_done(house, home):
    """A light that ignores its orders takes them without an error, and its state shows it."""
    await house.perform(order("light.turn_on", "light.broken_light"))
    assert (await house.entity("light.broken_light")).state == "off"
    await house.perform(order("light.turn_on", "light.unavailable_light"))
    assert (await house.entity("light.unavailable_light")).state == "unavailable"


async def test_a_slow_light_is_on_a_little_later(house, home):
    """What is read at once is the old state; reading again shows the new one."""
    await house.perform(order("light.turn_on", "light.slow_light"))
    assert (await house.entity("light.slow_light")).state == "off"

    async def on() -> bool:
        return (await house.entity("light.slow_light")).state == "on"

    await until(on)
    await house.perform(order("light.turn_off", "light.slow_light"))
