"""What a model was configured with: `parameters` of its config.pbtxt, overridden by settings."""

import json
from collections.abc import Mapping
from pathlib import Path

from tritone.errors import SetupError
from tritone.settings import settings
from tritone.weights import Store

__all__ = ["Options"]


class Options:
    """The parameters of one model.

    Args:
        model: the model's name.
        model_config: the JSON text that Triton passes to `initialize`.
    """

    def __init__(self, model: str, model_config: str) -> None:
        parameters = json.loads(model_config).get("parameters", {})
        self.model = model
        self._values: Mapping[str, str] = {
            key: value["string_value"] for key, value in parameters.items()
        } | settings().models.get(model, {})

    def text(self, key: str, default: str = "") -> str:
        """A parameter as it is written."""
        return self._values.get(key, default)

    def integer(self, key: str, default: int) -> int:
        """A parameter as a whole number. Raises SetupError when it is none."""
        return int(self._number(key, default))

    def real(self, key: str, default: float) -> float:
        """A parameter as a number. Raises SetupError when it is none."""
        return self._number(key, default)

    def _number(self, key: str, default: float) -> float:
        text = self._values.get(key)
        try:
            return default if text is None else float(text)
        except ValueError:
            raise SetupError(
                f"parameter '{key}' of model '{self.model}' is '{text}', not a number"
            ) from None

    def weights(self) -> Path:
        """The folder of the first weights named by parameter `weights`, verified."""
        return next(iter(self.all_weights().values()))

    def all_weights(self) -> dict[str, Path]:
        """Every weights named by parameter `weights` (comma-separated), by name, verified.

        Raises:
            WeightsMissing, WeightsCorrupt: what to fetch is in the message.
            SetupError: no weights are named.
        """
        names = [name.strip() for name in self.text("weights").split(",") if name.strip()]
        if not names:
            raise SetupError(f"model '{self.model}' names no weights in its config.pbtxt")
        store = Store(settings().home, settings().weights_path)
        return {name: store.locate(name) for name in names}
