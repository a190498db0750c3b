"""A message as a stream keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass

from nats.js.api import Header

__all__ = ["Stored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A message in a stream.

    Attributes:
        subject: of the message.
        seq: its place.
        at: when it was stored, in Unix seconds.
        data: its payload.
        headers: its own, and some of the server's.
    """

    subject: str
    seq: int
    at: float
    data: bytes
    headers: Mapping[str, str]

    @property
    def message_id(self) -> str:
        """What tells it from others, or an empty text."""
        return self.headers.get(Header.MSG_ID.value, "")
