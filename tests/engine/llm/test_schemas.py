"""The language model with real weights: answers after a schema."""

import enum
import json
from typing import Annotated, Literal

import pytest
from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel, Field

from tests.engine.llm.llm_kit import QUESTIONS, WEATHER, ask, calls_of, said
from tritone.errors import InvalidSchema, InvalidTools

pytestmark = pytest.mark.engine


def test_a_schema_that_cannot_be_enforced_is_refused(engine):
    """Rather than answered without it: unknown, impossible, or beyond the grammar where strict."""
    wrong = (
        {"type": "nonsense"},
        {"$ref": "#/$defs/Nobody"},
        {"type": "integer", "minimum": 5, "maximum": 1},
        {"type": "array", "uniqueItems": True, "items": {"type": "integer"}},
    )
    for schema in wrong:
        held = {"name": "a", "schema": schema, "strict": True}
        with pytest.raises(InvalidSchema):
            ask(
                engine,
                "hi",
                response_format=json.dumps({"type": "json_schema", "json_schema": held}),
            )
    parameters = {"type": "object", "properties": {"a": wrong[0]}}
    tool = {"type": "function", "function": {"name": "a", "parameters": parameters}}
    with pytest.raises(InvalidTools):
        ask(engine, "hi", tools=json.dumps([tool]), tool_choice="required")


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Wheel(BaseModel):
    size: int
    spokes: Annotated[list[float], Field(max_length=4)]


class Bike(BaseModel):
    name: str
    colour: Colour
    kind: Literal["road", "mountain"]
    front: Wheel
    rear: Wheel | None
    owners: Annotated[list[str], Field(max_length=3)]
    price: float | None


@pytest.mark.parametrize("seed", [1, 2])
def test_a_strict_schema_holds(engine, seed):
    """Nested objects, references, enums, arrays, values that may be null; in one line."""
    held = {"name": "bike", "strict": True, "schema": to_strict_json_schema(Bike)}
    responses = ask(
        engine,
        "Invent a bicycle.",
        response_format=json.dumps({"type": "json_schema", "json_schema": held}),
        temperature=0.8,
        random_seed=seed,
        max_tokens=600,
        stream=True,
    )
    text = said(responses)
    assert responses[-1].finish_reason == "stop", text
    assert Bike.model_validate_json(text)
    assert text == text.strip()
    assert "\n" not in text


def test_any_json_object(engine):
    """An object, though the question does not say which."""
    question = "What is the capital of France?"
    text = said(ask(engine, question, response_format='{"type": "json_object"}'))
    assert isinstance(json.loads(text), dict)


def test_a_json_answer_that_is_cut_off_says_so(engine):
    """The limit holds in the middle of a value."""
    held = {"name": "bike", "strict": True, "schema": to_strict_json_schema(Bike)}
    form = json.dumps({"type": "json_schema", "json_schema": held})
    responses = ask(engine, "Invent a bicycle.", response_format=form, max_tokens=6)
    assert (responses[-1].finish_reason, responses[-1].completion_tokens) == ("length", 6)


def test_tools_and_a_schema_together(engine):
    """The answer is a call, or it is after the schema."""
    schema = {
        "type": "object",
        "properties": {"poem": {"type": "string"}},
        "required": ["poem"],
        "additionalProperties": False,
    }
    held = {"name": "poem", "strict": True, "schema": schema}
    fields = {
        "tools": json.dumps([WEATHER]),
        "response_format": json.dumps({"type": "json_schema", "json_schema": held}),
    }
    assert calls_of(ask(engine, QUESTIONS[0], **fields))
    told = ask(engine, QUESTIONS[2], **fields)
    assert not calls_of(told)
    assert set(json.loads(said(told))) == {"poem"}
