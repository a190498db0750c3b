"""What the product gives each of its engines, so that a peer can be given the same.

Read from where the product reads it: `config.pbtxt` of the model, what settings put over it, and
the set of weights that is chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from tritone.cli.selection import select
from tritone.errors import SetupError
from tritone.settings import Settings
from tritone.weights import Store

__all__ = ["Given", "given"]


@dataclass(frozen=True, slots=True)
class Given:
    """What one model runs with.

    Attributes:
        weights: folder of its first weights, verified.
        name: of these weights.
        threads: CPU threads of each instance.
        instances: how many there are.
        parameters: all of its parameters, as they are written.
    """

    weights: Path
    name: str
    threads: int
    instances: int
    parameters: Mapping[str, str]


def given(settings: Settings, model: str) -> Given:
    """What the product gives a model.

    Raises:
        SetupError: there is no such model, or a config cannot be read.
        WeightsMissing, WeightsCorrupt: what to fetch is in the message.
    """
    found = [path for folder in settings.repositories for path in folder.glob(f"{model}/*.pbtxt")]
    if not found:
        raise SetupError(f"no repository has a model '{model}': run from a checkout of Tritone")
    config: Any = model_config_pb2.ModelConfig()
    text_format.Parse(found[0].read_text(encoding="utf-8"), config)
    parameters = {key: value.string_value for key, value in config.parameters.items()}
    parameters |= settings.models.get(model, {})
    chosen = select(settings).environment.get(f"TRITONE_MODELS__{model.upper()}__WEIGHTS")
    name = (chosen or parameters["weights"]).split(",")[0].strip()
    return Given(
        weights=Store(settings.home, settings.weights_path).locate(name),
        name=name,
        threads=int(parameters.get("threads", "1")),
        instances=sum(group.count for group in config.instance_group) or 1,
        parameters=parameters,
    )
