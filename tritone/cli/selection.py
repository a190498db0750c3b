"""What the models of the repositories will load, and how to make them load another set.

A model's `config.pbtxt` names its weights; `TRITONE_MODELS__<MODEL>__WEIGHTS` overrides that. A
set other than the default is such an override, derived from the manifest: weights outside the set
give way to those of the set that serve the same purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritone.errors import SetupError
from tritone.settings import Settings
from tritone.weights import Manifest, load_manifest
from tritone.weights.manifest import SetName

__all__ = ["Selection", "select"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a server will run.

    Attributes:
        models: names of the models of all repositories.
        weights: names of the weights that they load, each once.
        environment: variables that tell the models so.
    """

    models: tuple[str, ...]
    weights: tuple[str, ...]
    environment: Mapping[str, str]


def select(
    settings: Settings, set_name: SetName | None = None, manifest: Manifest | None = None
) -> Selection:
    """Reads the repositories of the settings.

    Args:
        settings: repositories, overrides, and the set when `set_name` is None.
        set_name: which set.
        manifest: Tritone's own unless a test has another.

    Raises:
        SetupError: a repository is not there, or a config cannot be read.
    """
    chosen = set_name or settings.weights_set
    manifest = manifest or load_manifest()
    models: list[str] = []
    weights: list[str] = []
    environment: dict[str, str] = {"TRITONE_WEIGHTS_SET": chosen}
    for config in _configs(settings):
        model = config.parent.name
        models.append(model)
        override = settings.models.get(model, {}).get("weights")
        named = _names(override if override is not None else _configured(config))
        if override is None and chosen != "default":
            named = _in_set(named, chosen, manifest)
            if named:
                environment[f"TRITONE_MODELS__{model.upper()}__WEIGHTS"] = ",".join(named)
        weights += named
    return Selection(tuple(models), tuple(dict.fromkeys(weights)), environment)


def _configs(settings: Settings) -> list[Path]:
    for folder in settings.repositories:
        if not folder.is_dir():
            raise SetupError(
                f"there is no model repository '{folder}': run from a checkout of Tritone, or set "
                "TRITONE_REPOSITORIES"
            )
    found = [
        path for folder in settings.repositories for path in sorted(folder.glob("*/config.pbtxt"))
    ]
    if not found:
        raise SetupError("the model repositories are empty: set TRITONE_REPOSITORIES")
    return found


def _configured(path: Path) -> str:
    """Parameter `weights` of a config, or nothing."""
    from google.protobuf import text_format
    from tritonclient.grpc import model_config_pb2

    config: Any = model_config_pb2.ModelConfig()
    try:
        text_format.Parse(path.read_text(encoding="utf-8"), config)
    except text_format.ParseError as error:
        raise SetupError(f"'{path}' cannot be read: {error}") from None
    # Looking a key up in this map would add it.
    return config.parameters["weights"].string_value if "weights" in config.parameters else ""


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _in_set(named: list[str], chosen: SetName, manifest: Manifest) -> list[str]:
    members = manifest.in_set(chosen)
    taken: list[str] = []
    for name in named:
        if name in members:
            taken.append(name)
            continue
        purpose = manifest.get(name).purpose
        same = [member for member in members if manifest.get(member).purpose == purpose]
        taken += same or [name]
    return list(dict.fromkeys(taken))
