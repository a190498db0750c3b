"""What a sentence asks for: by templates where they fit completely, else by the language model."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from tritone import messages
from tritone.calls import Caller
from tritone.contract import INTENT, IntentRequest
from tritone.errors import EngineDied, IntentUnparsable
from tritone.intents.entities import Entity
from tritone.intents.recognising import Recognised, Recogniser
from tritone.intents.table import INTENTS
from tritone.intents.understood import said_names, wishes
from tritone.intents.wish import Wish
from tritone.intents.words import words
from tritone.messages import Intent

__all__ = ["Templates", "Understood", "understand"]

_MOST_REPLY_CHARS: Final = 2_000
_NONE: Final = "none"

_Names = tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...]


class Templates:
    """The recogniser of the house as it is now: built once for each list of names.

    All of it runs in threads, as it takes milliseconds, and more in a large house.
    """

    def __init__(self) -> None:
        self._building = asyncio.Lock()
        self._names: _Names | None = None
        self._entities: Sequence[Entity] | None = None
        self._recogniser: Recogniser | None = None

    async def read(self, text: str, entities: Sequence[Entity]) -> tuple[Recognised, ...] | None:
        """The wishes of a sentence; None where it is not obvious what is wanted."""
        recogniser = await self._of(entities)
        return await asyncio.to_thread(recogniser.recognise, text)

    async def _of(self, entities: Sequence[Entity]) -> Recogniser:
        """A recogniser of these; their states change all the time, and do not matter to it."""
        async with self._building:
            if self._recogniser is None or entities is not self._entities:
                names = await asyncio.to_thread(_names, entities)
                if self._recogniser is None or names != self._names:
                    self._recogniser = await asyncio.to_thread(Recogniser, entities)
                self._names, self._entities = names, entities
            return self._recogniser


@dataclass(frozen=True, slots=True)
class Understood:
    """What the language model made of a sentence: wishes, and what to say where there is none."""

    wishes: tuple[Wish, ...]
    reply: str


async def understand(
    caller: Caller,
    text: str,
    entities: Sequence[Entity],
    *,
    timeout: float | None,  # noqa: ASYNC109 - it travels to the server as well
    request_id: str,
) -> Understood:
    """Asks the language model.

    Raises:
        IntentUnparsable: what it wrote is no intent; the message is what it wrote.
        TritoneError: what the `intent` ensemble refused or failed at.
    """
    names = await asyncio.to_thread(said_names, entities)
    asked = caller.stream(
        INTENT, IntentRequest(text=text, entities=names), timeout=timeout, request_id=request_id
    )
    async with contextlib.aclosing(asked) as responses:
        answers = [response.intent async for response in responses]
    if not answers:
        raise EngineDied(f"'{INTENT.name}' ended without an answer: try again")
    intent = _read(answers[-1], text)
    found = await asyncio.to_thread(wishes, intent, text, entities)
    wanted = tuple(wish for wish in found if wish.intent != _NONE)
    return Understood(wanted, intent.reply.strip()[:_MOST_REPLY_CHARS])


def _read(answer: str, text: str) -> Intent:
    """An answer of the ensemble; what it says was said counts only where it was."""
    try:
        intent: Intent = messages.decode(Intent, answer)
    except msgspec.MsgspecError:
        raise IntentUnparsable(answer) from None
    if not {intent.intent, *(each.intent for each in intent.also)} <= set(INTENTS):
        raise IntentUnparsable(answer)
    also = tuple(
        msgspec.structs.replace(each, said=_if_in(each.said, text)) for each in intent.also
    )
    return msgspec.structs.replace(intent, said=_if_in(intent.said, text), also=also)


def _if_in(part: str, text: str) -> str:
    """A part of a text; empty where nobody said so: a part speaks for doing things."""
    said, whole = words(part), words(text)
    found = any(whole[at : at + len(said)] == said for at in range(len(whole)))
    return part if found else ""


def _names(entities: Sequence[Entity]) -> _Names:
    return tuple(
        (
            entity.entity_id,
            entity.name,
            entity.area,
            tuple(entity.aliases),
            tuple(entity.area_aliases),
        )
        for entity in entities
    )
