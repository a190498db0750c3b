"""How large the batches were that Triton made: its statistics, before and after.

See https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_statistics.md
"""

from collections.abc import Mapping
from typing import Any

import httpx

__all__ = ["Batches", "batches", "since"]

Batches = Mapping[str, Mapping[str, int]]
"""How often a model ran with each batch size, by model."""


def batches(address: str) -> Batches:
    """So far, of the Triton whose HTTP is at this host:port; empty when it does not answer."""
    try:
        answer = httpx.get(f"http://{address}/v2/models/stats", timeout=5)
        stats: list[dict[str, Any]] = answer.raise_for_status().json()["model_stats"]
    except (httpx.HTTPError, ValueError, KeyError):
        return {}
    found: dict[str, dict[str, int]] = {}
    for model in stats:
        sizes = found.setdefault(model["name"], {})
        for row in model.get("batch_stats", ()):
            size, count = str(row["batch_size"]), int(row["compute_infer"]["count"])
            sizes[size] = sizes.get(size, 0) + count  # versions together
    return found


def since(before: Batches, after: Batches) -> dict[str, dict[str, int]]:
    """What came between the two; models that did nothing are left out."""
    found = {}
    for model, sizes in after.items():
        old = before.get(model, {})
        new = {size: count - old.get(size, 0) for size, count in sizes.items()}
        if any(new.values()):
            found[model] = {size: count for size, count in new.items() if count}
    return found
