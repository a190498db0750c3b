"""A sentence becomes intents, one for each part of it, by decoding under JSON schemas.

The table says which intents the words of a part leave open, and the schema allows no others; names
of things are data in the prompt, and values come from what was said.
"""

import contextlib
import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from tritone import messages
from tritone.contract import IntentRequest, IntentResponse, LlmRequest, LlmResponse
from tritone.errors import IntentUnparsable, TextEmpty, TextTooLong
from tritone.intents import pronouns
from tritone.intents.choices import NONE, open_intents, relevant
from tritone.intents.evidence import cued, details
from tritone.intents.guard import masked, name_forms
from tritone.intents.parts import MOST_PARTS, parts
from tritone.intents.spec import IntentSpec
from tritone.intents.table import INTENTS
from tritone.intents.words import Words, tokens, words
from tritone.messages import AlsoIntent, ChatMessage, Intent
from tritone.pipelines.prompts import intent_examples, intent_question, intent_system

__all__ = ["MOST_CHARS", "MOST_NAMES", "NAME_CHARS", "understand"]

MOST_CHARS: Final = 2_000
MOST_NAMES: Final = 12
"""Names shown to the model: those that share a word with the sentence."""
NAME_CHARS: Final = 60
"""Characters of a name that are shown."""
_ENTITY_CHARS: Final = 60
_REPLY_CHARS: Final = 240
_ACTION_REPLY_CHARS: Final = 80
"""What is said to an action comes from what became of it; the model's words are a courtesy."""
_MOST_TOKENS: Final = 200
_NOTHING_DONE: Final = "I have changed nothing."
_BOAST: Final = re.compile(
    r"\b(?:turn|switch|sett?|open|clos|activat|start|dimm|adjust|chang|mak|stopp?)(?:ing|ed)\b",
    re.IGNORECASE,
)
"""Words of a reply that claim something is being done."""


class Think(Protocol):
    """Asks the language model."""

    def __call__(self, request: LlmRequest, /) -> Generator[LlmResponse]:
        """Its answers as they come."""


class _Part(msgspec.Struct, frozen=True):
    """One part of the sentence: its words, its text, and the intents that it leaves open.

    `about` are the words that tell which things it may be about: its own, unless it says "it".
    """

    words: Words
    text: str
    open: tuple[str, ...]
    about: Words


def understand(
    request: IntentRequest, think: Think, table: Mapping[str, IntentSpec] = INTENTS
) -> IntentResponse:
    """Finds what a sentence asks for.

    Raises:
        TextEmpty, TextTooLong: the sentence.
        IntentUnparsable: the model's answer, which the message ends with, is not an intent.
        TritoneError: what `think` raises.
    """
    if not request.text.strip():
        raise TextEmpty("'text' is empty: send what the user said")
    if len(request.text) > MOST_CHARS:
        raise TextTooLong(f"'text' has {len(request.text):,} characters, at most {MOST_CHARS:,}")
    asked = _parts(request, table)
    found = [(part, _ask(part, request.entities, think, table)) for part in asked]
    wanted = [one for one in found if one[1].intent != NONE] or found[:1]
    (first, intent), *others = wanted
    several = len(asked) > 1
    return IntentResponse(
        intent=messages.encode(
            msgspec.structs.replace(
                intent,
                said=first.text if several else "",
                also=tuple(
                    AlsoIntent(
                        intent=one.intent, entity=one.entity, params=one.params, said=part.text
                    )
                    for part, one in others
                ),
            )
        )
    )


def _parts(request: IntentRequest, table: Mapping[str, IntentSpec]) -> list[_Part]:
    """The parts to ask about: those that may ask for something, else the whole sentence."""
    said = tokens(request.text)
    found: list[_Part] = []
    for part in parts(request.text):
        text = " ".join(part).replace(" ,", ",")
        before = found[-1].about if found and pronouns.used(part) else ()
        allowed = open_intents(part, said, request.entities, table)
        found.append(_Part(part, text, allowed, before + part))
    if len(found) > 1:
        wanted = [part for part in found if part.open != (NONE,)]
        if wanted:
            return wanted[:MOST_PARTS]
    whole = found[0].open if len(found) == 1 else (NONE,)
    about = found[0].words if found else said
    return [_Part(about, request.text.strip(), whole, about)]


def _ask(
    part: _Part, names: Sequence[str], think: Think, table: Mapping[str, IntentSpec]
) -> Intent:
    """The model's choice for one part, its details as they were said."""
    things = [name[:NAME_CHARS] for name in relevant(part.about, names, MOST_NAMES)]
    plain = masked(part.words, name_forms(names))
    asked = LlmRequest(
        messages=messages.encode(list(_conversation(part.text, things, table))),
        response_format=messages.encode(_format(part, things, plain, table)),
        max_tokens=_MOST_TOKENS,
        temperature=0.0,
    )
    with contextlib.closing(think(asked)) as pieces:
        answer = "".join(piece.text_output for piece in pieces)
    try:
        intent: Intent = messages.decode(Intent, answer)
    except msgspec.MsgspecError as error:
        raise IntentUnparsable(f"the model's answer is not an intent ({error}): {answer}") from None
    if intent.intent not in table:
        raise IntentUnparsable(f"the model's answer is not an intent of the table: {answer}")
    spec = table[intent.intent]
    reply = intent.reply
    if intent.intent == NONE:
        # What was refused, or is no command after all, must not be said to be under way.
        wanted = any(one.acts and cued(one, plain) for one in table.values())
        reply = _NOTHING_DONE if wanted and _BOAST.search(reply) else reply
    return msgspec.structs.replace(
        intent,
        entity="" if intent.intent == NONE else intent.entity,
        params={**details(spec, plain)},
        reply=reply,
    )


def _conversation(
    sentence: str, things: Sequence[str], table: Mapping[str, IntentSpec]
) -> Iterable[ChatMessage]:
    yield ChatMessage(role="system", content=intent_system(table))
    for question, answer in intent_examples(table):
        yield ChatMessage(role="user", content=question)
        yield ChatMessage(role="assistant", content=answer)
    yield ChatMessage(role="user", content=intent_question(sentence, things))


def _format(
    part: _Part, things: Sequence[str], plain: Words, table: Mapping[str, IntentSpec]
) -> dict[str, Any]:
    """The schema of the answer: what the words leave open, in the order of `Intent`."""
    values = {
        name: {"type": "string", "enum": [value]}
        for intent in part.open
        for name, value in details(table[intent], plain).items()
    }
    said = [name for name in things if masked(part.words, [words(name)]) != part.words]
    entity: dict[str, Any] = {"type": "string", "maxLength": _ENTITY_CHARS}
    if said:
        entity = {"type": "string", "enum": [*said, *([""] if NONE in part.open else [])]}
    longest = _REPLY_CHARS if NONE in part.open else _ACTION_REPLY_CHARS
    schema = {
        "type": "object",
        "properties": {
            "intent": {"type": "string", "enum": list(part.open)},
            "entity": entity,
            "params": {"type": "object", "properties": values, "additionalProperties": False},
            "reply": {"type": "string", "maxLength": longest},
        },
        "required": ["intent", "entity", "params", "reply"],
        "additionalProperties": False,
    }
    return {
        "type": "json_schema",
        "json_schema": {"name": "intent", "schema": schema, "strict": True},
    }
