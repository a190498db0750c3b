"""Tool calls in a model's text: noticed where it writes freely, read where it is constrained."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.llm.calls import CallReader, CallSpotter
from tritone.engines.llm.history import answered, repeats

pytestmark = pytest.mark.unit

NAMES = ("get_weather", "now")


def spot(text: str, cuts: list[int] | None = None) -> tuple[str, CallSpotter]:
    """What is shown of a text that comes in pieces, and the spotter afterwards."""
    spotter = CallSpotter(NAMES)
    shown = ""
    for piece in pieces(text, cuts or []):
        shown += spotter.feed(piece)
        if spotter.found:
            return shown, spotter
    return shown + spotter.rest(), spotter


def pieces(text: str, cuts: list[int]) -> list[str]:
    """A text cut at some places."""
    places = sorted({cut % (len(text) + 1) for cut in cuts} | {0, len(text)})
    return [text[a:b] for a, b in itertools.pairwise(places)]


CALL = '{"name": "get_weather", "arguments": {"city": "Paris"}}'


@pytest.mark.parametrize(
    ("text", "shown", "name"),
    [
        ("<tool_call>\n" + CALL, "", ""),
        (CALL, "", "get_weather"),
        (f"[{CALL}]", "", "get_weather"),
        (f"```json\n{CALL}\n```", "", "get_weather"),
        (f"```\n[\n {CALL}\n]\n```", "", "get_weather"),
        ('{\n  "name": "now",\n  "arguments": {}\n}', "", "now"),
        ('{"name": "now", "parameters": {}}', "", "now"),
        (f"Let me see.\n\n{CALL}", "Let me see.\n\n", "get_weather"),
        (f"I use `now` <b>here</b>: {CALL}", "I use `now` <b>here</b>: ", "get_weather"),
    ],
)
@given(cuts=st.lists(st.integers(0, 200), max_size=30))
def test_the_beginning_of_a_call_is_noticed(text, shown, name, cuts):
    """However the text is cut, nothing of the call is shown and all before it is."""
    seen, spotter = spot(text, cuts)
    assert spotter.found
    assert spotter.name == name
    assert seen == shown


@pytest.mark.parametrize(
    "text",
    [
        "The weather is fine.",
        '```json\n{"name": "John", "age": 30}\n```',
        '{"name": "get_weather"}',
        '{"name": "get_wind", "arguments": {}}',
        "```python\nprint({'a': [1]})\n```",
        "a < b and <tool> [x] {y} `z`",
        "<tool_call",
        '{"name": "now", ',
    ],
)
@given(cuts=st.lists(st.integers(0, 200), max_size=30))
def test_other_text_is_shown_whole(text, cuts):
    """JSON, code and tags that are no call come out as they went in."""
    seen, spotter = spot(text, cuts)
    assert not spotter.found
    assert seen == text


def test_plain_text_is_not_held_back():
    """Each piece is shown at once unless it may begin a call."""
    spotter = CallSpotter(NAMES)
    assert spotter.feed("Hello") == "Hello"
    assert spotter.feed(" you <") == " you "
    assert spotter.feed("3") == "<3"


ARGUMENTS = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=12),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    max_size=4,
)


@given(
    made=st.lists(st.tuples(st.sampled_from(NAMES), ARGUMENTS), min_size=1, max_size=4),
    ascii_only=st.booleans(),
    cuts=st.lists(st.integers(0, 2000), max_size=60),
)
def test_calls_are_read_however_they_are_cut(made, ascii_only, cuts):
    """Names and arguments come out as they were written; deltas add up to the whole calls."""
    written = [
        f'{{"name": "{name}", "arguments": {json.dumps(values, ensure_ascii=ascii_only)}}}'
        for name, values in made
    ]
    text = written[0] if len(made) == 1 else f"[{', '.join(written)}]"
    reader = CallReader()
    deltas = [delta for piece in pieces(text, cuts) for delta in reader.feed(piece)]
    heads = [delta for delta in deltas if "id" in delta]
    assert [head["index"] for head in heads] == list(range(len(made)))
    assert len({head["id"] for head in heads}) == len(made)
    for index, (name, values) in enumerate(made):
        own = [delta["function"] for delta in deltas if delta["index"] == index]
        assert own[0] == {"name": name, "arguments": ""}
        assert json.loads("".join(each["arguments"] for each in own)) == values
        call = reader.calls[index]
        assert (call["type"], call["function"]["name"]) == ("function", name)
        assert json.loads(call["function"]["arguments"]) == values


def test_arguments_stream():
    """They are passed on as they come, not when they are complete."""
    reader = CallReader()
    (head,) = reader.feed('{"name": "now", "arguments": ')
    assert head["function"] == {"name": "now", "arguments": ""}
    assert reader.feed('{"zone": "Eu') == [{"index": 0, "function": {"arguments": '{"zone": "Eu'}}]
    assert reader.feed('rope"}}') == [{"index": 0, "function": {"arguments": 'rope"}'}}]


def call(name: str, **arguments: object) -> dict:
    """A call in OpenAI's shape."""
    return {"id": "c", "function": {"name": name, "arguments": json.dumps(arguments)}}


USER = {"role": "user", "content": "Weather?"}
TOLD = {"role": "tool", "tool_call_id": "c", "content": "fine"}


def test_calls_of_the_present_exchange_are_known():
    """Those before the user's last message are not."""
    past = {"role": "assistant", "tool_calls": [call("now")]}
    present = {"role": "assistant", "tool_calls": [call("get_weather", city="Paris")]}
    assert answered([USER, past, TOLD, USER, present, TOLD]) == [("get_weather", {"city": "Paris"})]
    assert answered([USER, past, TOLD, USER]) == []
    assert answered([USER, {"role": "assistant", "tool_calls": [{"function": "odd"}]}, TOLD]) == [
        ("None", None)
    ]


def test_a_call_that_says_more_or_less_is_the_same():
    """Another value, another tool or one new call among several is not."""
    made = [("get_weather", {"city": "Paris"}), ("now", {})]
    assert repeats([call("get_weather", city="Paris")], made)
    assert repeats([call("get_weather", city="Paris", unit="C"), call("now")], made)
    assert not repeats([call("get_weather", city="Rome")], made)
    assert not repeats([call("get_weather", city="Paris"), call("get_wind")], made)
