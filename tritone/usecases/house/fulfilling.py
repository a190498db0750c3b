"""From wishes to what is said about them: guarded, resolved, done or looked up, in order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from tritone.errors import NotFound, TritoneError
from tritone.house.port import House
from tritone.intents.entities import Entity
from tritone.intents.guard import objection
from tritone.intents.orders import described
from tritone.intents.recognising import Recognised
from tritone.intents.resolving import Ambiguous, Found, resolve
from tritone.intents.spec import IntentSpec
from tritone.intents.table import INTENTS
from tritone.intents.wish import Wish
from tritone.usecases.fan_out import fan_out
from tritone.usecases.house import replies
from tritone.usecases.house.acting import Acting
from tritone.usecases.house.answer import Done
from tritone.usecases.house.listing import listing
from tritone.usecases.house.outcome import Fate, Outcome, told
from tritone.usecases.house.trial import Query

__all__ = ["MOST_WISHES", "Fulfilling", "Part"]

MOST_WISHES: Final = 8
"""Wishes of one sentence that are done; a model may make up more."""
_AT_ONCE: Final = 8
"""Entities of one wish that are seen to at a time."""
_LIST: Final = "list_entities"
log = structlog.get_logger("house")


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one wish.

    Attributes:
        reply: to be said about it.
        intent: its name; empty where nothing was to be done.
        actions: what was to be done in the house.
        reached: whether the house answered.
    """

    reply: str
    intent: str = ""
    actions: tuple[Done, ...] = ()
    reached: bool = True


class Fulfilling:
    """Sees to wishes, one after the other: what is said later may build on what was said before.

    Args:
        house: the home.
        acting: does things in it.
    """

    def __init__(self, house: House, acting: Acting) -> None:
        self._house = house
        self._acting = acting

    async def recognised(
        self, found: Sequence[Recognised], entities: Sequence[Entity], query: Query, reached: bool
    ) -> list[Part]:
        """What came of wishes that templates found: which things are meant is known already.

        Args:
            found: the wishes and their things.
            entities: all that the house has.
            query: what it is done for.
            reached: whether the house answered just now; where not, nothing is tried.
        """
        parts: list[Part] = []
        for each in found:
            spec = INTENTS[each.wish.intent]
            if not reached:
                parts.append(_unreached(spec, each.wish, each.entities))
            else:
                parts.append(await self._fulfil(spec, each.wish, each.entities, entities, query))
            reached = reached and parts[-1].reached
        return parts

    async def wished(
        self, wishes: Sequence[Wish], entities: Sequence[Entity], query: Query, reached: bool
    ) -> list[Part]:
        """What came of wishes that the language model found; arguments as in `recognised`.

        The model's word is not enough for anything to happen: what was really said decides.
        """
        parts: list[Part] = []
        different = [wish for at, wish in enumerate(wishes) if wish not in wishes[:at]]
        vetoed = False
        for wish in different[:MOST_WISHES]:
            part = await self._wished(wish, entities, query, reached)
            if part is None:
                vetoed = True
            else:
                parts.append(part)
                reached = reached and part.reached
        if len(different) > MOST_WISHES:
            parts.append(Part(replies.too_many(MOST_WISHES)))
        if vetoed:
            parts.append(Part(replies.REST_LEFT if parts else replies.NOTHING_CHANGED))
        return parts

    async def _wished(
        self, wish: Wish, entities: Sequence[Entity], query: Query, reached: bool
    ) -> Part | None:
        """What came of a wish; None where nothing that was said speaks for it."""
        spec = INTENTS[wish.intent]
        # Names are compared with what was said: in a large house that takes a while.
        reason = await asyncio.to_thread(objection, wish, query.text, entities)
        if reason is not None:
            log.info("nothing done", intent=spec.name, reason=reason)
            return None
        if not reached:
            return _unreached(spec, wish)
        if spec.name == _LIST:
            return await self._fulfil(spec, wish, (), entities, query)
        found = await asyncio.to_thread(resolve, wish, query.text, entities)
        if isinstance(found, Found):
            return await self._fulfil(spec, wish, found.entities, entities, query)
        reply = (
            replies.which_one(found.candidates)
            if isinstance(found, Ambiguous)
            else replies.not_found(wish.entity)
        )
        return Part(reply, spec.name, _undone(spec, wish))

    async def _fulfil(
        self,
        spec: IntentSpec,
        wish: Wish,
        meant: Sequence[Entity],
        entities: Sequence[Entity],
        query: Query,
    ) -> Part:
        if spec.name == _LIST:
            return Part(listing(query.text, entities), spec.name)

        async def one(_: int, entity: Entity) -> Outcome:
            if spec.acts:
                return await self._acting.act(spec, wish, entity, query)
            return await self._look(spec, entity)

        outcomes = await fan_out(one, meant, at_once=_AT_ONCE)
        return Part(
            " ".join(told(outcomes)),
            spec.name,
            tuple(outcome.done for outcome in outcomes) if spec.acts else (),
            reached=all(outcome.fate is not Fate.UNREACHABLE for outcome in outcomes),
        )

    async def _look(self, spec: IntentSpec, entity: Entity) -> Outcome:
        try:
            seen = await self._house.entity(entity.entity_id)
        except NotFound:
            fate, words, state = Fate.GONE, "", ""
        except TritoneError as error:
            log.error(  # noqa: TRY400 - the reason says it all
                "the house failed",
                code=error.code,
                reason=error.message,
                entity_id=entity.entity_id,
            )
            fate, words, state = Fate.UNREACHABLE, "", ""
        else:
            fate, words, state = Fate.SHOWN, described(spec, seen), seen.state
        done = Done(intent=spec.name, entity_id=entity.entity_id, state=state)
        return Outcome(fate=fate, name=entity.name, done=done, words=words)


def _unreached(spec: IntentSpec, wish: Wish, meant: Sequence[Entity] = ()) -> Part:
    return Part(replies.UNREACHABLE, spec.name, _undone(spec, wish, meant), reached=False)


def _undone(spec: IntentSpec, wish: Wish, meant: Sequence[Entity] = ()) -> tuple[Done, ...]:
    ids = [entity.entity_id for entity in meant] or [""]
    return tuple(
        Done(intent=spec.name, entity_id=each, params=wish.params) for each in ids if spec.acts
    )
