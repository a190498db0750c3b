"""States and registries of Home Assistant become entities."""

import pytest

from tritone.house.assistant_registry import Registries
from tritone.house.assistant_states import States
from tritone.house.offered import MOST_ENTITIES

pytestmark = pytest.mark.unit
NONE = Registries([], [], [])


def added(*entity_ids: str, state: str = "off", **attributes: object) -> dict:
    """An event that adds entities."""
    return {"a": {each: {"s": state, "a": attributes} for each in entity_ids}}


def seen(states: States, registries: Registries = NONE) -> dict[str, tuple[str, dict]]:
    """What is shown: state and attributes of each."""
    return {
        each.entity_id: (each.state, dict(each.attributes)) for each in states.shown(registries)
    }


def test_changes_are_laid_over_what_was_known():
    """A change may bring a state, attributes, or take attributes away; the rest stays."""
    states = States()
    states.apply(added("light.a", brightness=10, effect="rainbow"))
    states.apply({"c": {"light.a": {"+": {"s": "on"}}}})
    assert seen(states) == {"light.a": ("on", {"brightness": 10, "effect": "rainbow"})}
    states.apply({"c": {"light.a": {"+": {"a": {"brightness": 20}}, "-": {"a": ["effect"]}}}})
    assert seen(states) == {"light.a": ("on", {"brightness": 20})}


def test_what_is_removed_is_gone():
    """A removed entity is not shown; a change of one that is not known is nothing."""
    states = States()
    states.apply(added("light.a", "light.b"))
    states.apply({"r": ["light.a", "light.never"], "c": {"light.other": {"+": {"s": "on"}}}})
    assert list(seen(states)) == ["light.b"]


def test_the_same_list_is_the_same_object():
    """Who keeps something made of a list sees by its identity whether it is still good."""
    states = States()
    states.apply(added("light.a"))
    first = states.shown(NONE)
    assert states.shown(NONE) is first
    assert states.shown(Registries([], [], [])) is not first
    states.apply({"c": {"light.a": {"+": {"s": "on"}}}})
    assert states.shown(NONE) is not first


def test_only_so_many_are_shown_and_lights_first():
    """A home with thousands of sensors still shows its lights."""
    states = States()
    states.apply(added(*(f"sensor.s{number}" for number in range(MOST_ENTITIES))))
    states.apply(added("light.a"))
    shown = list(seen(states))
    assert len(shown) == MOST_ENTITIES
    assert shown[0] == "light.a"


@pytest.mark.parametrize(
    "row",
    [
        {"hidden_by": "user"},
        {"disabled_by": "integration"},
        {"entity_category": "config"},
        {"options": {"conversation": {"should_expose": False}}},
    ],
    ids=lambda row: next(iter(row)),
)
def test_what_is_not_for_everybody_is_not_shown(row):
    """Hidden, disabled and technical entities stay out, and those kept from voice assistants."""
    states = States()
    states.apply(added("light.a", "light.b"))
    rows = [{"entity_id": "light.a", **row}, {"entity_id": "light.b", "options": {"light": {}}}]
    assert list(seen(states, Registries(rows, [], []))) == ["light.b"]


def test_kinds_that_nobody_asks_for_are_not_shown():
    """Only kinds that can be controlled or asked for are listed."""
    states = States()
    states.apply(added("sun.sun", "update.core", "lock.door", "light.a"))
    assert list(seen(states)) == ["light.a", "lock.door"]


def test_a_room_is_the_entitys_own_or_its_devices():
    """An entity's own room goes before that of the device it belongs to."""
    states = States()
    states.apply(added("light.a", "light.b", "light.c"))
    registries = Registries(
        [
            {"entity_id": "light.a", "device_id": "d", "area_id": "attic"},
            {"entity_id": "light.b", "device_id": "d", "area_id": None},
            {"entity_id": "light.c", "device_id": "gone", "area_id": "gone"},
        ],
        [{"id": "d", "area_id": "cellar"}],
        [
            {"area_id": "attic", "name": "Attic", "aliases": ["loft"]},
            {"area_id": "cellar", "name": "Cellar"},
        ],
    )
    rooms = [(each.area, each.area_aliases) for each in states.shown(registries)]
    assert rooms == [("Attic", ("loft",)), ("Cellar", ()), ("", ())]


def test_names_that_are_none_are_left_out():
    """A name is the friendly one, or the id; other names are texts with something in them."""
    states = States()
    states.apply(added("light.a"))
    states.apply(added("light.b", friendly_name="Lamp"))
    rows = [{"entity_id": "light.b", "aliases": ["reading", None, " ", 5]}]
    a, b = states.shown(Registries(rows, [], []))
    assert (a.name, a.aliases) == ("light.a", ())
    assert (b.name, b.aliases) == ("Lamp", ("reading",))
