"""An order on its way, from what was said to the record of what came of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from tritone.errors import TritoneError
from tritone.intents.entities import Entity
from tritone.intents.orders import Action
from tritone.intents.spec import IntentSpec
from tritone.usecases.house.answer import Asker, Path
from tritone.usecases.house.audit import AuditRecord

__all__ = ["Query", "Trial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What an action is done for.

    Attributes:
        text: what was said.
        asker: who said it.
        request_id: of the query.
        path: how it was understood.
        until: the loop's time at which the answer has to be out, or None.
    """

    text: str
    asker: Asker
    request_id: str
    path: Path
    until: float | None = None


@dataclass(slots=True)
class Trial:
    """An order on its way.

    Attributes:
        query: what it is done for.
        spec: what was understood.
        action: what is ordered.
        before: the entity when it was ordered.
        began: when that was.
        after: the entity as it was last read.
        verified: whether `after` shows what was asked for.
        error: what the home failed at.
        broken: why nothing more is known, where that was no failure of the home's.
    """

    query: Query
    spec: IntentSpec
    action: Action
    before: Entity
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    after: Entity | None = None
    verified: bool = False
    error: TritoneError | None = None
    broken: str = ""

    def record(self) -> AuditRecord:
        """As it is written down."""
        return AuditRecord(
            time=self.began.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            request_id=self.query.request_id,
            source=self.query.asker.source,
            peer=self.query.asker.peer,
            text=self.query.text,
            path=self.query.path,
            intent=self.spec.name,
            entity_id=self.before.entity_id,
            action=self.action.action,
            params=self.action.params,
            before=_state(self.before),
            after=_state(self.after) if self.after is not None else None,
            verified=self.verified,
            error=self.error.to_wire() if self.error is not None else self.broken,
        )


def _state(entity: Entity) -> dict[str, object]:
    # Attributes come from outside: what is no JSON is written as its text.
    attributes = msgspec.to_builtins(entity.attributes, enc_hook=str, str_keys=True)
    return {"state": entity.state, "attributes": attributes}
