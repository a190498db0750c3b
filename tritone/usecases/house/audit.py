"""What was done in the house, for whom, and what came of it: one record an action."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

__all__ = ["Audit", "AuditRecord"]


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One action.

    Attributes:
        time: when it was ordered, UTC, RFC 3339 with milliseconds.
        request_id: of the query, as in the logs.
        source: what the client calls itself.
        peer: the name in its certificate, or its address.
        text: what was said.
        path: how it was understood: ``template`` or ``model``.
        intent: ``turn_on_light``.
        entity_id: ``light.kitchen``.
        action: as the house took it: ``light.turn_on``.
        params: as the house took them: ``{"brightness_pct": "50"}``.
        before: the state and its attributes before.
        after: the same when it was read back; None where that was not possible.
        verified: whether `after` shows what was asked for.
        error: why it was not, as ``CODE: message``, or empty.
    """

    time: str
    request_id: str
    source: str
    peer: str
    text: str
    path: str
    intent: str
    entity_id: str
    action: str
    params: Mapping[str, str]
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    verified: bool
    error: str


class Audit(Protocol):
    """Where records are kept."""

    async def write(self, record: AuditRecord) -> None:
        """Keeps a record for good before it returns, also when the wait for that is cancelled.

        It never fails: what cannot be kept is told in the log.
        """
        ...
