"""Where the name of a model leads."""

from typing import Protocol, TypeVar

from tritone.contract import Model

__all__ = ["Names"]

Req = TypeVar("Req")
Resp = TypeVar("Resp")


class Names(Protocol):
    """A catalog of models."""

    def resolve(self, name: str, like: Model[Req, Resp]) -> Model[Req, Resp]:
        """The model of a name, to be called as `like` is. Raises TritoneError."""
        ...
