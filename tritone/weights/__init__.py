"""Weights: which there are, where they come from, and bringing them here verified.

store = Store(home)
store.fetch(["silero-vad"])
folder = store.locate("silero-vad")     # raises WeightsMissing when it is not here
"""

from tritone.weights.manifest import Manifest, Weights, load_manifest
from tritone.weights.progress import Progress, Silent
from tritone.weights.store import ALL_SOURCES, Check, Status, Store

__all__ = [
    "ALL_SOURCES",
    "Check",
    "Manifest",
    "Progress",
    "Silent",
    "Status",
    "Store",
    "Weights",
    "load_manifest",
]
