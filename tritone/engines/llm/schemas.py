"""JSON schemas as grammars that hold while decoding.

llama.cpp hands grammars that begin with ``%llguidance`` to llguidance, whose Lark dialect takes
JSON schemas as they are. A grammar it cannot make is not reported: decoding then goes on without
one. So every grammar here demands a mark before anything else, which no model writes by itself;
an answer without the mark shows that the schema cannot be enforced.
Grammar: https://github.com/guidance-ai/llguidance/blob/main/docs/syntax.md
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from tritone.errors import InvalidInput

__all__ = [
    "MARK",
    "OPEN",
    "SPACED",
    "TIGHT",
    "WORDS",
    "Marked",
    "closed",
    "grammar",
    "parse_json",
    "rule",
]

MARK: Final = "\t"
WORDS: Final = r"%llguidance {}" "\n" r"start: /[^{}<`\[\s\x00-\x1f][^\x00]*/"
"""A text that does not begin like JSON, code or a tag."""
DEEPEST: Final = 64
"""Levels of nesting in JSON; parsers further down recurse."""

TIGHT: Final = {"item_separator": ",", "key_separator": ":"}
"""JSON without blanks, as OpenAI's models answer."""
SPACED: Final = {"item_separator": ", ", "key_separator": ": "}
"""JSON as chat templates show the calls of tools."""

_VALUES: Final = frozenset(("const", "default", "enum", "examples"))
OPEN: Final = frozenset(("$ref", "additionalProperties", "allOf", "anyOf", "patternProperties"))
"""Keywords that say more about an object's properties than their names."""
_UNENFORCEABLE: Final = frozenset(
    (
        *("contains", "dependentRequired", "dependentSchemas", "else", "if", "maxProperties"),
        *("minProperties", "not", "propertyNames", "then", "unevaluatedItems"),
        *("unevaluatedProperties", "uniqueItems"),
    )
)


def parse_json(name: str, text: str, error: type[InvalidInput]) -> Any:
    """The value of a tensor that holds JSON; raises `error` when it does not."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise error(f"'{name}' is not JSON: {problem}") from None
    level = [value]
    for _ in range(DEEPEST):
        level = [part for whole in level for part in _parts(whole)]
    if level:
        raise error(f"'{name}' is nested deeper than {DEEPEST} levels")
    return value


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def grammar(start: str, *rules: str) -> str:
    """A whole grammar: the mark, then what the expression `start` says."""
    return "\n".join(("%llguidance {}", f"start: {json.dumps(MARK)} {start}", *rules))


def rule(name: str, schema: Mapping[str, Any], style: Mapping[str, str], *, strict: bool) -> str:
    """A rule that matches the JSON values of a schema.

    There is one form of each value: where blanks are free a weak model writes them for ever.

    Args:
        name: of the rule, lower case.
        schema: as the caller sent it.
        style: `TIGHT` or `SPACED`.
        strict: a keyword that cannot be enforced spoils the grammar; otherwise it is ignored.
    """
    options = {"whitespace_flexible": False, "coerce_one_of": True, "lenient": not strict}
    return f"{name}: %json {json.dumps({**schema, 'x-guidance': {**options, **style}})}"


def closed(schema: Any, *, shut: bool = True) -> Any:
    """The schema with objects that hold no more than the properties they name.

    A schema that says nothing about other properties allows them, and a model then invents some.
    Objects that say something stay as they are, and so does what `allOf` puts together.
    """
    if isinstance(schema, list):
        return [closed(item, shut=shut) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        key: value if key in _VALUES else closed(value, shut=key != "allOf")
        for key, value in schema.items()
    }
    names = schema.get("properties")
    if shut and isinstance(names, dict) and names and not schema.keys() & OPEN:
        required = schema.get("required", [])
        if isinstance(required, list) and all(name in names for name in required):
            made["additionalProperties"] = False
    return made


class Marked:
    """Takes a constrained text, checks that it begins with the mark, and passes on the rest.

    Args:
        take: takes the text; True stops the generation.
        error: raised when the grammar was not in force.
        about: what the message calls the schema; `schemas` are looked through for the reason.
    """

    def __init__(
        self,
        take: Callable[[str], bool],
        error: type[InvalidInput],
        about: str,
        *schemas: Any,
    ) -> None:
        self._take = take
        self._error = error
        self._about = about
        self._schemas = schemas
        self._begun = False

    def __call__(self, text: str) -> bool:
        """Takes the next text.

        Raises:
            InvalidInput: of the class given; the schema cannot be enforced.
        """
        if not self._begun:
            self._begun = True
            if not text.startswith(MARK):
                raise self._error(self._reason())
            text = text.removeprefix(MARK)
        return self._take(text) if text else False

    def _reason(self) -> str:
        words = sorted(set().union(*(_keywords(schema) for schema in self._schemas)))
        reason = f"{self._about} cannot be enforced: "
        if words:
            return reason + f"leave out {', '.join(words)}"
        return reason + "a type, $ref, pattern or format is unknown, or no value can satisfy it"


def _keywords(schema: Any) -> set[str]:
    """The keywords in a schema that are known not to be enforceable."""
    if isinstance(schema, list):
        return set().union(*(_keywords(item) for item in schema))
    if not isinstance(schema, dict):
        return set()
    found = set().union(*(_keywords(value) for value in schema.values()))
    return found | (_UNENFORCEABLE & schema.keys())
