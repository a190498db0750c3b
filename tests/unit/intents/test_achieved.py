"""Whether a state that was read back shows what was asked for."""

import pytest

from tests.unit.intents.intents_kit import thing
from tritone.intents.entities import Entity
from tritone.intents.orders import Action, achieved
from tritone.intents.table import INTENTS

pytestmark = pytest.mark.unit

BEFORE = thing("light.a", "A")


def shows(intent: str, after: Entity, before: Entity = BEFORE, **params: str) -> bool:
    """Whether it does."""
    spec = INTENTS[intent]
    return achieved(spec, Action(action=spec.action, params=params), before, after)


@pytest.mark.parametrize(
    ("intent", "params", "details"),
    [
        ("turn_on_light", {}, {"state": "on"}),
        ("turn_on_light", {"brightness_pct": "50"}, {"state": "on", "brightness": 128}),
        ("turn_on_light", {"brightness_pct": "50"}, {"state": "on", "brightness": 126}),
        ("turn_on_light", {"color_name": "red"}, {"state": "on", "rgb_color": (255, 0, 0)}),
        ("turn_on_light", {"color_name": "green"}, {"state": "on", "rgb_color": (0, 255, 0)}),
        (
            "turn_on_light",
            {"color_temp_kelvin": "2700"},
            {"state": "on", "color_temp_kelvin": 2702},
        ),
        ("turn_off_light", {}, {"state": "off"}),
        ("open_cover", {}, {"state": "open"}),
        ("open_cover", {}, {"state": "open", "current_position": 99}),
        ("close_cover", {}, {"state": "closed", "current_position": 0}),
        ("set_cover_position", {"position": "40"}, {"state": "open", "current_position": 41}),
        ("set_temperature", {"temperature": "21.5"}, {"state": "heat", "temperature": 21.5}),
        (
            "set_temperature",
            {"temperature": "21.3"},
            {"state": "heat", "temperature": 21, "target_temp_step": 1},
        ),
        ("activate_scene", {}, {"state": "2024-03-01T10:00:00+00:00"}),
    ],
)
def test_a_state_that_fits_is_success(intent, params, details):
    """Within the rounding that a house does."""
    assert shows(intent, thing("x.a", "A", **details), **params)


@pytest.mark.parametrize(
    ("intent", "params", "details"),
    [
        ("turn_on_light", {}, {"state": "off"}),
        ("turn_on_light", {}, {"state": "unavailable"}),
        ("turn_on_light", {"brightness_pct": "50"}, {"state": "on", "brightness": 131}),
        ("turn_on_light", {"brightness_pct": "50"}, {"state": "on"}),
        ("turn_on_light", {"color_name": "red"}, {"state": "on", "rgb_color": (0, 0, 255)}),
        ("turn_on_light", {"color_name": "red"}, {"state": "on", "rgb_color": (255, 255, 255)}),
        ("turn_on_light", {"color_name": "red"}, {"state": "on"}),
        (
            "turn_on_light",
            {"color_temp_kelvin": "2700"},
            {"state": "on", "color_temp_kelvin": 5000},
        ),
        ("turn_off_light", {}, {"state": "on"}),
        ("open_cover", {}, {"state": "opening", "current_position": 99}),
        ("open_cover", {}, {"state": "open", "current_position": 40}),
        ("close_cover", {}, {"state": "open"}),
        ("set_cover_position", {"position": "40"}, {"state": "open", "current_position": 50}),
        ("set_temperature", {"temperature": "21.5"}, {"state": "heat", "temperature": 20.0}),
        ("activate_scene", {}, {"state": "unknown"}),
    ],
)
def test_a_state_that_does_not_fit_is_no_success(intent, params, details):
    """Another state, another value, or no value at all."""
    assert not shows(intent, thing("x.a", "A", **details), **params)


def test_a_scene_must_have_been_activated_anew():
    """Its state is when that was; the same moment as before shows nothing."""
    early, late = (
        thing("scene.a", "A", state=f"2024-03-01T1{hour}:00:00+00:00") for hour in (0, 1)
    )
    assert shows("activate_scene", late, early)
    assert not shows("activate_scene", early, early)
