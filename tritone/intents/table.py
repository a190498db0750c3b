"""Every intent, declared: what it means, what it acts on, how it is said, what shows it worked.

The prompt, the JSON schema, the templates of the fast path, the guard, the resolver, the orders and
their verification all read this table, so that a new intent is one new entry.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tritone.intents.spec import IntentSpec, Slot, Things
from tritone.intents.vocabulary import listed

__all__ = ["INTENTS", "IntentSpec", "Slot"]

_LIGHTS: Final[Things] = {"light": ("light lighting lite bulb", "lamp")}
_SWITCHES: Final[Things] = {
    "switch": ("plug socket outlet",),
    "fan": ("fan ventilator ventilation",),
}
_COVERS: Final[Things] = {
    "cover": ("cover", "blind shade shutter", "curtain drape", "door gate", "awning")
}
_CLIMATES: Final[Things] = {
    "climate": ("thermostat heating heater radiator temperature climate heat ac aircon",)
}
_SCENES: Final[Things] = {"scene": ("scene mode mood",)}
_SENSORS: Final[Things] = {"sensor": ("sensor",), "binary_sensor": ("sensor",)}

_BRIGHTNESS: Final = Slot(
    name="brightness",
    kind="percent",
    param="brightness_pct",
    attribute="brightness",
    whole=255,
    least=1,
)
_COLOUR: Final = Slot(name="color", kind="colour", param="color_name", attribute="rgb_color")
_POSITION: Final = Slot(
    name="position",
    kind="percent",
    param="position",
    attribute="current_position",
    required=True,
)
_TEMPERATURE: Final = Slot(
    name="temperature",
    kind="temperature",
    param="temperature",
    attribute="temperature",
    required=True,
    least=7,
    most=35,
)

_ON: Final = listed(
    "turn on, switch on, turned on, switched on, put on, power on, flip on, flick on, on.",
    "on_with",
)
_OFF: Final = listed(
    "turn off, switch off, turned off, switched off, shut off, put off, power off, flip off",
    "flick off, cut off, off., off_with, ^kill, deactivate, disable, power down, shut down",
)
_MORE: Final = listed(
    "set, change, adjust, make, put, raise, lower, increase, decrease, reduce, bring up",
    "bring down, crank, bump, drop, turn to, turn up, turn down",
)

_ENTRIES: Final = (
    IntentSpec(
        name="turn_on_light",
        meaning="a light on, brighter, dimmer or in a colour",
        things=_LIGHTS,
        action="light.turn_on",
        slots=(_BRIGHTNESS, _COLOUR),
        sentences=(
            "(turn|switch|put) on <thing> [[<at>] <brightness>]",
            "(turn|switch|put) <thing> on [[<at>] <brightness>]",
            "<thing> on [[<at>] <brightness>]",
            "(set|dim|turn|change|put|brighten|lower|raise) <thing> [brightness] <at> <brightness>",
            "(set|change|lower|raise|turn) [the] brightness of <thing> <at> <brightness>",
            "<thing> [<at>] <brightness>",
            "(set|turn|make|change|put) <thing> [to|color to|colour to] <color>",
            "(set|turn|switch) (on <thing>|<thing> [on]) [<at>] <brightness> [and] <color>",
            "(set|turn|switch) (on <thing>|<thing> [on]) [to|in] <color> [and] [<at>] <brightness>",
        ),
        cues=(
            *_ON,
            *_MORE,
            *listed(
                "light up, lights up, brighten, brighter, illuminate, dim, dimmer, darker",
                "gloomy, too_dark, so_dark, pitch_dark, it's_dark, is_dark, very_dark",
                "really_dark, pretty_dark, quite_dark, dark_in_here, can't see, cannot see",
                "hard_to_see, hardly see, barely see, give light, need light, more light",
                "some light, want light, have light, want on, like on, need on, should_be_on",
                "must_be_on, get on, light on, lights on, lamp on, enable, activate, start",
                "ensure on, make_sure on, see_to_it on",
            ),
        ),
        hints=listed(
            "dark, need to see, dim in",
        ),
        states=("on",),
        examples=(
            ("it is so dark in the cellar", "cellar", {}, "Turning on the light in the cellar."),
        ),
    ),
    IntentSpec(
        name="turn_off_light",
        meaning="a light off",
        things=_LIGHTS,
        action="light.turn_off",
        sentences=(
            "(turn|switch|put|shut) off <thing>",
            "(turn|switch|put|shut) <thing> off",
            "<thing> off",
            "kill <thing>",
        ),
        cues=(
            *_OFF,
            *listed(
                "out., lights out, light out, put_out, turn_out, extinguish, douse, want off",
                "need off, like off, should_be_off, must_be_off, get off, enough light",
                "light off, lights off, lamp off, ensure off, make_sure off, see_to_it off",
            ),
        ),
        hints=listed(
            "too_bright, so_bright, blinding",
        ),
        states=("off",),
        examples=(
            (
                "could you get the attic light off",
                "attic light",
                {},
                "Turning off the attic light.",
            ),
        ),
    ),
    IntentSpec(
        name="turn_on_switch",
        meaning="a fan, plug or appliance on",
        things=_SWITCHES,
        action="{domain}.turn_on",
        sentences=(
            "(turn|switch|put|power) on <thing>",
            "(turn|switch|put|power) <thing> on",
            "<thing> on",
            "start <thing>",
        ),
        cues=(
            *_ON,
            *listed(
                "start, run, fire up, power up, enable, activate, get going, get running, brew",
                "make, warm up, heat up, boot, want on, need on, like on, get on, have running",
                "need running, want running, should_be_on, ensure on, make_sure on, see_to_it on",
            ),
        ),
        hints=listed(
            "need, want, would like, would love, i'd like, i'd love, fancy, could use",
            "could do with, hot, stuffy, too_warm, so_warm, boiling, fresh_air, sweating",
        ),
        states=("on",),
    ),
    IntentSpec(
        name="turn_off_switch",
        meaning="a fan, plug or appliance off",
        things=_SWITCHES,
        action="{domain}.turn_off",
        sentences=(
            "(turn|switch|put|power|shut) off <thing>",
            "(turn|switch|put|power|shut) <thing> off",
            "<thing> off",
            "stop <thing>",
        ),
        cues=(
            *_OFF,
            *listed(
                "stop, unplug, quit, want off, need off, like off, get off, should_be_off",
                "must_be_off, ensure off, make_sure off, see_to_it off",
            ),
        ),
        hints=listed(
            "done with, finished with, too_loud, noisy, draughty, drafty",
        ),
        states=("off",),
    ),
    IntentSpec(
        name="activate_scene",
        meaning="a scene or mode by its name",
        things=_SCENES,
        action="scene.turn_on",
        sentences=(
            "(activate|start|turn on|switch on|run|set|enable|trigger) <thing> [scene|mode]",
            "(turn|switch) <thing> [scene|mode] on",
            "(set|switch|change|go) to <thing> [scene|mode]",
        ),
        cues=(
            *_ON,
            *listed(
                "activate, start, set, run, enable, trigger, launch, switch to, go to, change to",
                "scene, mode, mood, time_for, ready_for, let's, let_us, going_to_bed, off_to_bed",
                "heading_to_bed, go_to_bed, time_to",
            ),
        ),
        hints=listed(
            "watch, want, going_to, about_to, would like, i'd like, serve, make, have, bed",
        ),
        examples=(("time for party mode", "party mode", {}, "Starting party mode."),),
    ),
    IntentSpec(
        name="open_cover",
        meaning="blinds, curtains or a garage door open",
        things=_COVERS,
        action="cover.open_cover",
        sentences=(
            "open <thing>",
            "open up <thing>",
            "(raise|lift) <thing>",
            "(pull|roll) up <thing>",
            "(pull|roll|put) <thing> up",
            "<thing> (open|up)",
        ),
        cues=listed(
            "open, raise, roll up, pull up, put up, lift, up., wind up, let_in, bring up",
            "pull back, draw back, unroll",
        ),
        hints=listed(
            "daylight, sunlight, sunshine, sun, fresh_air, natural_light",
        ),
        states=("open",),
        full=("current_position", 100),
    ),
    IntentSpec(
        name="close_cover",
        meaning="blinds, curtains or a garage door closed",
        things=_COVERS,
        action="cover.close_cover",
        sentences=(
            "(close|shut) <thing>",
            "lower <thing>",
            "(pull|roll) down <thing>",
            "(pull|roll|put) <thing> down",
            "<thing> (closed|shut|down)",
        ),
        cues=listed(
            "close, shut, lower, roll down, pull down, put down, draw, drop, bring down, down.",
            "wind down, let down, closed., shut., ensure closed, make_sure closed",
        ),
        hints=listed(
            "sun, glare, sunlight, blinding, privacy, dazzling",
        ),
        states=("closed",),
        full=("current_position", 0),
    ),
    IntentSpec(
        name="set_cover_position",
        meaning="blinds or curtains at a percentage",
        things=_COVERS,
        action="cover.set_cover_position",
        slots=(_POSITION,),
        sentences=(
            "(set|move|put|open|raise|lower) <thing> [position] <at> <position>",
            "(open|raise|lower) <thing> <position>",
        ),
        cues=(
            *_MORE,
            *listed(
                "open, close, shut, move, pull, roll, draw, bring, leave",
            ),
        ),
    ),
    IntentSpec(
        name="set_temperature",
        meaning="heating or cooling at a temperature",
        things=_CLIMATES,
        action="climate.set_temperature",
        slots=(_TEMPERATURE,),
        sentences=(
            "(set|turn|change|put|adjust|raise|lower) <thing> [temperature] <at> <temperature>",
            "(set|change|raise|lower) [the] temperature (of|on|for|in) <thing> <at> <temperature>",
            "(heat|warm|cool) <thing> <at> <temperature>",
            "<thing> [<at>] <temperature>",
        ),
        cues=(
            *_MORE,
            *listed(
                "heat, warm, cool, warmer, cooler, colder, hotter, degrees, keep, want, like",
                "need, temperature",
            ),
        ),
        hints=listed(
            "cold, freezing, chilly, hot, boiling, sweating, stuffy",
        ),
        examples=(
            (
                "i want nineteen degrees in the nursery",
                "nursery",
                {"temperature": "19"},
                "Setting the nursery to nineteen degrees.",
            ),
        ),
    ),
    IntentSpec(
        name="get_state",
        meaning="a question about how a thing is",
        things={**_LIGHTS, **_SWITCHES, **_COVERS, **_CLIMATES, **_SENSORS},
        sentences=(
            "(is|are) <thing> [currently|still] (on|off|open|opened|closed|shut|running)",
            "what is <the> (state|status|position|brightness) of <thing>",
        ),
        cues=listed(
            "^is on, ^is off, ^is open, ^is closed, ^is shut, ^is running, ^is up, ^is down",
            "^is still, ^is set, ^is_it in, ^are on, ^are off, ^are open, ^are closed, ^are shut",
            "^are running, ^are up, ^are down, ^are still, status, state_of, ^what temperature",
            "^what's temperature, ^what position, ^what set, ^what's set, ^what color",
            "^what colour, ^what on, ^what open, ^what brightness, ^what's brightness",
            "^what state, ^what's state, ^how warm, ^how cold, ^how hot, ^how bright, ^how far",
            "^how open, ^which on, ^which off, ^which open, ^did, ^has, ^have left, ^check",
            "^do running, ^do on, ^do open, ^do still, ^does on, ^does running, tell if",
            "tell whether, know if, know whether, see if, ^was left",
        ),
        narrowing={
            **dict.fromkeys(("warm", "cold", "hot", "temperature"), ("climate", "sensor")),
            "bright": ("light",),
            **dict.fromkeys(("on", "off", "running"), ("light", "switch", "fan", "climate")),
            **dict.fromkeys(("open", "closed", "shut"), ("cover", "binary_sensor")),
        },
        examples=(("is the radio still on", "radio", {}, "I will look."),),
    ),
    IntentSpec(
        name="list_entities",
        meaning="a question about which things there are",
        things={},
        sentences=(
            "(list|show|show me|name) [all] [the|my] (devices|things|entities|lights|scenes)",
            "(what|which) (devices|things|entities|lights|scenes|lamps) "
            "(do i have|do you know|are there|can you control|can i control)",
            "what can (you|i) control",
        ),
        cues=listed(
            "what control, which control, what_devices, which_devices, what things, which things",
            "what_lights, which_lights, what_scenes, which_scenes, what_lamps, which_lamps",
            "what_switches, which_switches, what_blinds, which_blinds, what_rooms, list, show_me",
            "show all, name all, devices, gadgets, appliances, what do_i_have, what can_i",
            "what can_you, what are_there, what have, can_control, you control",
        ),
        examples=(("which devices can you control", "", {}, "Here is what I can control."),),
    ),
    IntentSpec(
        name="none",
        meaning="only talk",
        things={},
        examples=(
            ("how are you today", "", {}, "I am well, thank you."),
            ("i bought a new lamp yesterday", "", {}, "That sounds nice."),
        ),
    ),
)

INTENTS: Final[Mapping[str, IntentSpec]] = MappingProxyType({spec.name: spec for spec in _ENTRIES})
"""Every intent by its name."""
