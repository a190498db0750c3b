"""How a fetch tells of its progress, without knowing who looks on."""

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Receives a fetch's progress. Calls come from several threads."""

    def begin(self, name: str, source: str, total: int) -> None:
        """The entry `name` starts to come from `source`: `total` bytes, or about that many.

        Called again, from zero, when another source is tried.
        """

    def advance(self, name: str, count: int) -> None:
        """`count` more bytes are there; negative when a server made us start again."""

    def done(self, name: str) -> None:
        """The entry is complete and verified."""

    def warn(self, message: str) -> None:
        """Something went wrong that another source or another try may still mend."""


class Silent:
    """Looks away."""

    def begin(self, name: str, source: str, total: int) -> None: ...

    def advance(self, name: str, count: int) -> None: ...

    def done(self, name: str) -> None: ...

    def warn(self, message: str) -> None: ...
