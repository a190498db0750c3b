"""How a handler asks for what `edge.app` gives it: ``caller: Given[Caller]``, by parameter name."""

from typing import TypeAlias, TypeVar

from litestar.di import NamedDependency
from litestar.params import SkipValidation

__all__ = ["Given"]

T = TypeVar("T")

Given: TypeAlias = SkipValidation[NamedDependency[T]]
"""A dependency as it is. Litestar would validate it by class, which a protocol cannot be, and
which a test's double is not."""
