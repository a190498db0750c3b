"""OpenAI's `system_fingerprint`: which model answered, so that equal seeds can be compared."""

from typing import Any

from tritone.contract import Model

__all__ = ["fingerprint_of"]


def fingerprint_of(model: Model[Any, Any]) -> str:
    """The resolved model and, where the caller named one, its version."""
    return f"fp_{model.name}@{model.version}" if model.version else f"fp_{model.name}"
