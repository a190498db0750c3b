"""Brings a model back whose stub process was killed.

Triton 24.10 believes such a model is still loaded, and an unchanged `load` does nothing. A load
with a changed configuration makes it start new processes; a counter in `parameters` is the change
that means nothing else.
"""

import json
import time
from typing import Any, Final

import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from tritone.errors import ModelNotReady

__all__ = ["revive"]

_COUNTER: Final = "revived"


def revive(url: str, model: str) -> None:
    """Loads `model` anew in the Triton at `url` (host:port of its gRPC).

    Raises:
        ModelNotReady: Triton could not load it.
    """
    client = triton.InferenceServerClient(url)
    try:
        config: dict[str, Any] = client.get_model_config(model, as_json=True)["config"]
        parameters = config.setdefault("parameters", {})
        parameters[_COUNTER] = {"string_value": str(time.time_ns())}
        client.load_model(model, config=json.dumps(config))
    except InferenceServerException as error:
        raise ModelNotReady(f"Triton cannot load '{model}': {error}") from None
    finally:
        client.close()
