"""Asking a house: from a sentence to what really happened."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

import structlog

from tritone.calls import Caller
from tritone.errors import (
    DeadlineExceeded,
    IntentUnparsable,
    TextEmpty,
    TextTooLong,
    TritoneError,
)
from tritone.house.port import House
from tritone.intents.entities import Entity
from tritone.usecases.house import replies
from tritone.usecases.house.acting import Acting
from tritone.usecases.house.answer import Answer, Asker, Path
from tritone.usecases.house.audit import Audit
from tritone.usecases.house.fulfilling import Fulfilling, Part
from tritone.usecases.house.reading import Reading
from tritone.usecases.house.trial import Query
from tritone.usecases.house.understanding import Templates, understand

__all__ = ["MOST_CHARS", "Asking", "Reading"]

MOST_CHARS: Final = 2_000
_MOST_RAW_CHARS: Final = 4_000
_NONE: Final = "none"
log = structlog.get_logger("house")


class Asking:
    """Answers sentences about one house.

    It may be used by any number of tasks. `Asking.ask` does it all; a door that lets only so many
    sentences wait for the language model calls `Asking.read`, takes a place if the reading's path
    is MODEL, and then calls `Asking.answer`.

    Args:
        caller: what calls the models.
        house: the home. The caller keeps it and closes it.
        audit: where each action is written down.
        verify_seconds: how long a state may take to become what was asked for.
    """

    def __init__(
        self, caller: Caller, house: House, audit: Audit, *, verify_seconds: float = 5.0
    ) -> None:
        self._caller = caller
        self._house = house
        self._fulfilling = Fulfilling(house, Acting(house, audit, verify_seconds))
        self._templates = Templates()
        self._known: Sequence[Entity] = ()

    async def ask(
        self,
        text: str,
        asker: Asker,
        *,
        request_id: str,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the model as well
    ) -> Answer:
        """Reads and answers; arguments and errors as in `read` and `answer`."""
        now = asyncio.get_running_loop().time
        began = now()
        try:
            async with asyncio.timeout(timeout):
                reading = await self.read(text)
        except TimeoutError:
            raise _too_late() from None
        left = None if timeout is None else max(timeout - (now() - began), 0.0)
        return await self.answer(reading, asker, request_id=request_id, timeout=left)

    async def read(self, text: str) -> Reading:
        """Looks at a sentence, without the language model.

        A home that cannot be reached is no error here: what was said may need none.

        Raises:
            TextEmpty: there is nothing in it.
            TextTooLong: more than 2,000 characters.
        """
        said = text.strip()
        if not said:
            raise TextEmpty("the text is empty: send what was said", param="text")
        if len(text) > MOST_CHARS:
            raise TextTooLong(
                f"the text has {len(text):,} characters, at most {MOST_CHARS:,}", param="text"
            )
        reached = True
        try:
            self._known = await self._house.entities()
        except TritoneError as error:
            reached = False
            log.error("the house failed", code=error.code, reason=error.message)  # noqa: TRY400
        entities = self._known
        recognised = await self._templates.read(said, entities) if entities else None
        path = Path.TEMPLATE if recognised else Path.MODEL
        return Reading(said, path, recognised or (), entities, reached)

    async def answer(
        self,
        reading: Reading,
        asker: Asker,
        *,
        request_id: str,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the model as well
    ) -> Answer:
        """Does what was asked for, and says what came of it.

        Cancelling it ends the wait for the model and for the house; an action that the house has
        been given by then is still written into the audit, unverified.

        Args:
            reading: of `read`.
            asker: who asks.
            request_id: names the query in the logs, the audit and at the model.
            timeout: seconds that are left for all of it; None waits as long as it takes.

        Raises:
            DeadlineExceeded: the time ran out.
            Overloaded: the language model has too much to do.
            Unavailable: it is not there, or died.
            TritoneError: anything else it failed at. A home that fails is no error: the reply
                says it.
        """
        until = None if timeout is None else asyncio.get_running_loop().time() + timeout
        query = Query(
            text=reading.text, asker=asker, request_id=request_id, path=reading.path, until=until
        )
        try:
            async with asyncio.timeout_at(until):
                return await self._answer(reading, query)
        except TimeoutError:
            raise _too_late() from None

    async def _answer(self, reading: Reading, query: Query) -> Answer:
        if reading.path is Path.TEMPLATE:
            parts = await self._fulfilling.recognised(
                reading.recognised, reading.entities, query, reading.reached
            )
            return _answer(parts, query)
        try:
            understood = await understand(
                self._caller,
                reading.text,
                reading.entities,
                timeout=_left(query.until),
                request_id=query.request_id,
            )
        except IntentUnparsable as error:
            log.warning("the model's answer is no intent", raw=error.message[:_MOST_RAW_CHARS])
            return _answer([Part(replies.NOT_UNDERSTOOD)], query)
        if not understood.wishes:
            return _answer([Part(understood.reply or replies.NOTHING_TO_SAY)], query)
        parts = await self._fulfilling.wished(
            understood.wishes, reading.entities, query, reading.reached
        )
        return _answer(parts, query)


def _answer(parts: Sequence[Part], query: Query) -> Answer:
    """Several parts as one answer: what was said twice is said once."""
    actions = tuple(done for part in parts for done in part.actions)
    return Answer(
        reply=" ".join(_once(part.reply for part in parts)),
        intent=",".join(_once(part.intent for part in parts if part.intent)) or _NONE,
        action_taken=any(done.verified for done in actions),
        actions=actions,
        path=query.path,
        request_id=query.request_id,
    )


def _once(texts: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(texts)


def _left(until: float | None) -> float | None:
    return None if until is None else max(until - asyncio.get_running_loop().time(), 0.0)


def _too_late() -> DeadlineExceeded:
    return DeadlineExceeded("the time ran out before the sentence was answered")
