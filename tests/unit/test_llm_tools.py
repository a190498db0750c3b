"""Tools and schemas of a request: what is read from them, and what is refused."""

import json

import pytest

from tritone.contract import LlmRequest
from tritone.engines.llm import schemas
from tritone.engines.llm.prompts import conversation, response_grammar, sampling, text
from tritone.engines.llm.tools import toolbox
from tritone.errors import InvalidSchema, InvalidTools, TritoneError

pytestmark = pytest.mark.unit

CONTEXT = 4096
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def tool(name: str, parameters: object = CITY, **more: object) -> dict:
    """An OpenAI tool."""
    return {"type": "function", "function": {"name": name, "parameters": parameters, **more}}


def box(*tools: object, choice: object = None, parallel: bool = True):
    """What is read from a request with these tools."""
    chosen = choice if isinstance(choice, str | None) else json.dumps(choice)
    return toolbox(
        LlmRequest(
            text_input="hi",
            tools=json.dumps(tools),
            tool_choice=chosen,
            parallel_tool_calls=parallel,
        )
    )


def named(name: str) -> dict:
    """A choice of one tool."""
    return {"type": "function", "function": {"name": name}}


@pytest.mark.parametrize(
    ("choice", "callable_", "must", "parallel"),
    [
        (None, ["a", "b"], False, True),
        ("auto", ["a", "b"], False, True),
        ("required", ["a", "b"], True, True),
        (named("b"), ["b"], True, False),
        (
            {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [named("a")]}},
            ["a"],
            False,
            True,
        ),
    ],
)
def test_a_choice_says_what_may_and_must_be_called(choice, callable_, must, parallel):
    """All tools stay listed in the prompt, so that its beginning is the same for every choice."""
    found = box(tool("a"), tool("b"), choice=choice)
    assert [each["function"]["name"] for each in found.shown] == ["a", "b"]
    assert [each.name for each in found.callable] == callable_
    assert (found.must, found.parallel) == (must, parallel)


def test_without_tools_to_call_there_is_no_toolbox():
    """None were sent, or the choice is none."""
    assert toolbox(LlmRequest(text_input="hi")) is None
    assert box(tool("a"), choice="none") is None


@pytest.mark.parametrize(
    ("tools", "choice"),
    [
        ("[]", None),
        ("{}", None),
        ("nonsense", None),
        ("[1]", None),
        (json.dumps([{"type": "custom", "custom": {"name": "a"}}]), None),
        (json.dumps([tool("a b")]), None),
        (json.dumps([tool("")]), None),
        (json.dumps([tool("a"), tool("a")]), None),
        (json.dumps([tool("a", [])]), None),
        (json.dumps([tool("a", {"type": "string"})]), None),
        (json.dumps([tool(f"t{i}") for i in range(129)]), None),
        ("[" * 1000 + "]" * 1000, None),
        (json.dumps([tool("a")]), "sometimes"),
        (json.dumps([tool("a")]), "[]"),
        (json.dumps([tool("a")]), json.dumps(named("b"))),
        (json.dumps([tool("a")]), '{"type": "allowed_tools"}'),
        (None, "required"),
    ],
)
def test_what_is_no_tool_or_no_choice_is_refused(tools, choice):
    """The message names the tensor."""
    with pytest.raises(InvalidTools) as caught:
        toolbox(LlmRequest(text_input="hi", tools=tools, tool_choice=choice))
    assert caught.value.message


def test_one_call_or_several():
    """A grammar of several calls is an array; the first call may be fixed."""
    several = box(tool("a"), tool("b")).grammar()
    assert '"["' in several
    one = box(tool("a"), tool("b"), parallel=False).grammar("b")
    assert '"["' not in one
    assert one.splitlines()[1] == 'start: "\\t" (call_1)'


@pytest.mark.parametrize("parameters", [None, {}, {"type": "object"}, {"properties": {}}])
def test_a_function_without_parameters_gets_none(parameters):
    """A schema that says nothing would let a model invent some."""
    (found,) = box(tool("now", parameters)).callable
    assert found.parameters["additionalProperties"] is False


def test_objects_are_closed_where_that_is_safe():
    """Those that speak about other properties, or are put together, stay as they are."""
    inner = {"type": "object", "properties": {"x": {}}, "additionalProperties": True}
    schema = {
        "type": "object",
        "properties": {"properties": CITY, "open": inner, "free": {"type": "object"}},
        "allOf": [CITY],
    }
    made = schemas.closed(schema)
    assert made["properties"]["properties"] == {**CITY, "additionalProperties": False}
    assert made["properties"]["open"] == inner
    assert made["properties"]["free"] == {"type": "object"}
    assert made["allOf"] == [CITY]
    assert "additionalProperties" not in made
    assert schemas.closed({**CITY, "required": ["other"]}) == {**CITY, "required": ["other"]}


def test_a_grammar_that_is_not_in_force_is_found_out():
    """The mark is cut off; without it the message names what cannot be enforced."""
    taken: list[str] = []

    def take(piece: str) -> bool:
        taken.append(piece)
        return False

    marked = schemas.Marked(take, InvalidSchema, "the schema", {"a": [{"not": {}}]})
    assert not marked("\t")
    marked('{"a"')
    marked("\t}")
    assert taken == ['{"a"', "\t}"]
    unmarked = schemas.Marked(take, InvalidSchema, "the schema", {"a": [{"not": {}}]})
    with pytest.raises(InvalidSchema, match="leave out not"):
        unmarked("Sure!")


@pytest.mark.parametrize(
    "response_format",
    [
        "{",
        "[]",
        "{}",
        '{"type": "xml"}',
        '{"type": "json_schema"}',
        '{"type": "json_schema", "json_schema": {"schema": 1}}',
        '{"type": "json_schema", "json_schema": {"schema": ' + '{"items":' * 99 + "1" + "}" * 101,
    ],
)
def test_what_is_no_response_format_is_refused(response_format):
    """With one code."""
    with pytest.raises(InvalidSchema):
        response_grammar(LlmRequest(text_input="hi", response_format=response_format))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"max_tokens": 0}, "PARAMETER_OUT_OF_RANGE"),
        ({"temperature": 2.1}, "PARAMETER_OUT_OF_RANGE"),
        ({"temperature": float("nan")}, "PARAMETER_OUT_OF_RANGE"),
        ({"top_p": 0.0}, "PARAMETER_OUT_OF_RANGE"),
        ({"presence_penalty": -2.5}, "PARAMETER_OUT_OF_RANGE"),
        ({"frequency_penalty": 3.0}, "PARAMETER_OUT_OF_RANGE"),
        ({"stop_words": ("a",) * 17}, "PARAMETER_OUT_OF_RANGE"),
    ],
)
def test_numbers_out_of_range_are_refused(fields, code):
    """The message begins with the tensor's name, which doors pass on."""
    with pytest.raises(TritoneError) as caught:
        sampling(LlmRequest(text_input="hi", **fields), CONTEXT)
    assert caught.value.code == code
    assert caught.value.message.startswith(f"'{next(iter(fields))}'")


@pytest.mark.parametrize(("asked", "most"), [(1, 1), (7, 7), (2**31 - 1, CONTEXT)])
def test_an_answer_is_as_long_as_the_context_at_most(asked, most):
    """What exceeds it means all of it."""
    assert sampling(LlmRequest(text_input="a", max_tokens=asked), CONTEXT)["max_tokens"] == most


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text_input": ""}, "TEXT_EMPTY"),
        ({}, "MISSING_INPUT"),
        ({"text_input": "a", "messages": "[]"}, "INVALID_INPUT"),
        ({"text_input": "a", "tools": "[]"}, "INVALID_INPUT"),
        ({"text_input": "a" * 40_000}, "TEXT_TOO_LONG"),
    ],
)
def test_a_text_to_continue_stands_alone(fields, code):
    """Without the chat template there are no messages, tools and formats."""
    with pytest.raises(TritoneError) as caught:
        text(LlmRequest(apply_chat_template=False, **fields), CONTEXT)
    assert caught.value.code == code


def test_a_text_may_be_a_blank():
    """It is continued as it stands."""
    assert text(LlmRequest(text_input="\n", apply_chat_template=False), CONTEXT) == "\n"


@pytest.mark.parametrize(
    "messages",
    [
        "",
        "[]",
        "{}",
        '[{"role": "user"}]',
        '[{"role": "nobody", "content": "hi"}]',
        '[{"content": "hi"}]',
    ],
)
def test_what_is_no_conversation_is_refused(messages):
    """With one code."""
    with pytest.raises(TritoneError) as caught:
        conversation(LlmRequest(messages=messages), CONTEXT)
    assert caught.value.code == "INVALID_MESSAGES"
