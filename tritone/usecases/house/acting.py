"""Doing one thing to one entity: looked at, ordered, looked at again, and written down."""

import asyncio
import weakref
from typing import Final

import structlog

from tritone.errors import HouseUnreachable, InvalidInput, NotFound, PermissionDenied, TritoneError
from tritone.house.port import House, Order
from tritone.intents.entities import Entity
from tritone.intents.orders import achieved, described, order
from tritone.intents.spec import IntentSpec
from tritone.intents.wish import Wish
from tritone.usecases.house.answer import Done
from tritone.usecases.house.audit import Audit
from tritone.usecases.house.outcome import Fate, Outcome
from tritone.usecases.house.trial import Query, Trial

__all__ = ["Acting"]

_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0
_LOOK_SECONDS: Final = 1.0
"""A look may take this long, also when there is less time left to wait for the state."""
_UNAVAILABLE: Final = "unavailable"
log = structlog.get_logger("house")


class Acting:
    """Does things, one at a time for each entity: what is read back is what was asked for.

    Args:
        house: the home.
        audit: where each order is written down.
        verify_seconds: how long a state may take to become what was asked for.
    """

    def __init__(self, house: House, audit: Audit, verify_seconds: float) -> None:
        self._house = house
        self._audit = audit
        self._verify_seconds = verify_seconds
        self._turns: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def act(self, spec: IntentSpec, wish: Wish, entity: Entity, query: Query) -> Outcome:
        """What became of it; it raises nothing but CancelledError.

        An order that was given is written down whatever becomes of it, also when this is cancelled.
        """
        turn = self._turns.setdefault(entity.entity_id, asyncio.Lock())
        async with turn:
            try:
                before = await self._house.entity(entity.entity_id)
            except TritoneError as error:
                return _failed(error, spec, wish, entity)
            if before.state == _UNAVAILABLE:
                return _outcome(Fate.UNAVAILABLE, spec, wish, before)
            try:
                action = order(spec, before, wish, query.text)
            except InvalidInput as error:
                return _outcome(Fate.OUT_OF_RANGE, spec, wish, entity, words=error.message)
            return await self._order(Trial(query, spec, action, before), wish)

    async def _order(self, trial: Trial, wish: Wish) -> Outcome:
        spec, before = trial.spec, trial.before
        try:
            await self._house.perform(
                Order(
                    action=trial.action.action,
                    entity_id=before.entity_id,
                    params=trial.action.params,
                )
            )
            await self._look_back(trial)
        except asyncio.CancelledError:
            trial.broken = "CANCELLED: nobody waited for the state to be read back"
            raise
        except TritoneError as error:
            trial.error = error
        except Exception as error:
            trial.broken = f"INTERNAL: {type(error).__name__}"
            raise
        finally:
            await self._audit.write(trial.record())
        log.info(
            "acted",
            intent=spec.name,
            entity_id=before.entity_id,
            verified=trial.verified,
            **({"code": trial.error.code} if trial.error is not None else {}),
        )
        if trial.error is not None:
            return _failed(trial.error, spec, wish, before)
        seen = trial.after or before
        if seen.state == _UNAVAILABLE:
            return _outcome(Fate.UNAVAILABLE, spec, wish, seen)
        fate = Fate.SHOWN if trial.verified else Fate.NOT_SHOWN
        return _outcome(fate, spec, wish, seen, words=described(spec, seen))

    async def _look_back(self, trial: Trial) -> None:
        """Reads the state until it shows what was asked for, or the time for that is over.

        Raises:
            HouseUnreachable: it could not be read in the end.
            NotFound: there is no such entity any more.
        """
        now = asyncio.get_running_loop().time
        end = now() + self._verify_seconds
        if trial.query.until is not None:
            # The answer must get out, so that it is known what is not known.
            end = min(end, trial.query.until - _LOOK_SECONDS)
        pause = _FIRST_PAUSE
        while True:
            failure: HouseUnreachable | None = None
            try:
                async with asyncio.timeout(max(end - now(), _LOOK_SECONDS)):
                    trial.after = await self._house.entity(trial.before.entity_id)
            except TimeoutError:
                failure = HouseUnreachable("the state was not read in time")
            except HouseUnreachable as error:
                failure = error
            else:
                if achieved(trial.spec, trial.action, trial.before, trial.after):
                    trial.verified = True
                    return
            left = end - now()
            if left <= 0:
                if failure is not None:
                    raise failure
                return
            await asyncio.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)


def _failed(error: TritoneError, spec: IntentSpec, wish: Wish, entity: Entity) -> Outcome:
    if isinstance(error, NotFound):
        fate = Fate.GONE
    elif isinstance(error, InvalidInput | PermissionDenied):
        fate = Fate.REFUSED
    else:
        fate = Fate.UNREACHABLE
    log.error(
        "the house failed",
        code=error.code,
        reason=error.message,
        intent=spec.name,
        entity_id=entity.entity_id,
    )
    return _outcome(fate, spec, wish, entity)


def _outcome(
    fate: Fate, spec: IntentSpec, wish: Wish, entity: Entity, *, words: str = ""
) -> Outcome:
    read = fate in {Fate.SHOWN, Fate.NOT_SHOWN, Fate.UNAVAILABLE}
    done = Done(
        intent=spec.name,
        entity_id=entity.entity_id,
        params=wish.params,
        verified=fate is Fate.SHOWN,
        state=entity.state if read else "",
    )
    return Outcome(fate=fate, name=entity.name, done=done, words=words)
