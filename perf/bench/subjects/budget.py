"""What an engine in a subject's own process is given: the product's weights, and its threads.

The product's threads of a model are those of all its instances: a floor may use as many cores as
the model that it is compared with.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from perf.bench.peers.given import given
from perf.bench.subjects.base import Options
from tritone.settings import Settings, settings

__all__ = ["Budget", "budget", "used"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Of one engine.

    Attributes:
        weights: their folder.
        name: theirs.
        threads: CPU threads.
    """

    weights: Path
    name: str
    threads: int


def used(options: Options) -> Settings:
    """The settings that the options speak of."""
    ours = settings()
    home = Path(options.home) if options.home else ours.home
    return ours.model_copy(update={"home": home, "weights_set": options.weights_set})


def budget(options: Options, model: Literal["stt", "tts", "llm", "embedder"]) -> Budget:
    """What the engine of a model is given. Raises as `perf.bench.peers.given.given`."""
    found = given(used(options), model)
    return Budget(
        weights=found.weights,
        name=found.name,
        threads=options.threads or found.threads * found.instances,
    )
