"""What is read of a real home: directly, and through the gateway."""

import pytest

from tests.house.waiting_kit import named, until
from tritone.errors import NotFound
from tritone.house.port import Order

pytestmark = pytest.mark.house
LAMP = "light.bedroom_lamp"


@pytest.fixture(params=["assistant", "behind"])
def house(request):
    """The same home by both ways."""
    return request.getfixturevalue(request.param)


async def test_names_rooms_and_other_names_are_known(house):
    """An entity has its friendly name, its room, and what its owner also calls both."""
    lamp, light = await named(house, LAMP), await named(house, "light.living_room_light")
    assert (lamp.name, lamp.area, lamp.aliases) == ("Bedroom Lamp", "Bedroom", ("reading lamp",))
    assert (light.area, light.area_aliases) == ("Living Room", ("lounge",))
    assert light.attributes["supported_color_modes"] == ["brightness"]


async def test_every_kind_of_thing_is_there(house):
    """Lights, switches, fans, covers, thermostats, scenes and sensors are listed, lights first."""
    domains = [each.domain for each in await house.entities()]
    assert set(domains) == {"light", "switch", "fan", "cover", "climate", "scene", "sensor"}
    assert domains[0] == "light"


async def test_what_its_owner_hides_is_not_there(house):
    """A hidden entity is neither listed, nor read, nor changed."""
    assert await named(house, "light.hidden_light") is None
    with pytest.raises(NotFound):
        await house.entity("light.hidden_light")
    with pytest.raises(NotFound):
        await house.perform(Order(action="light.turn_on", entity_id="light.hidden_light"))


@pytest.mark.parametrize("entity_id", ["light.no_such", "sun.sun", "", "light", "light.x/../../y"])
async def test_what_is_not_there_is_not_found(house, entity_id):
    """Unknown, foreign and malformed ids are told apart from a home that is away."""
    with pytest.raises(NotFound):
        await house.entity(entity_id)


async def test_one_entity_is_read_at_this_moment(house, home):
    """What has just been changed elsewhere is what is read."""
    async with home.websocket() as owner:
        for service, state in (("turn_on", "on"), ("turn_off", "off")):
            await owner.call_service("light", service, target={"entity_id": "light.kitchen_light"})
            assert (await house.entity("light.kitchen_light")).state == state


async def test_the_list_follows_the_home(house, home):
    """A change made elsewhere is in the list soon, state and attributes."""

    async def follows() -> bool:
        found = await named(house, LAMP)
        return (found.state, found.attributes.get("brightness")) == ("on", 77)

    async with home.websocket() as owner:
        await owner.call_service("light", "turn_on", {"brightness": 77}, {"entity_id": LAMP})
        await until(follows)
        await owner.call_service("light", "turn_off", target={"entity_id": LAMP})


async def test_names_follow_the_home(house, home):
    """A name given while we are connected is known soon, and forgotten when it is taken away."""
    before = (await named(house, LAMP)).aliases

    async def has(aliases) -> bool:
        return (await named(house, LAMP)).aliases == aliases

    async with home.websocket() as owner:
        await home.change(owner, LAMP, aliases=[*before, "night light"])
        await until(lambda: has(("night light", *before)))
        await home.change(owner, LAMP, aliases=list(before))
        await until(lambda: has(before))


async def test_what_voice_assistants_shall_not_have_is_not_there(house, home):
    """An entity that is not exposed to Assist is hidden from us as well."""

    async def shown(wanted: bool) -> bool:
        return (await named(house, "light.kitchen_light") is not None) is wanted

    async with home.websocket() as owner:
        for exposed in (False, True):
            await owner.send_command(
                "homeassistant/expose_entity",
                assistants=["conversation"],
                entity_ids=["light.kitchen_light"],
                should_expose=exposed,
            )
            await until(lambda wanted=exposed: shown(wanted))
