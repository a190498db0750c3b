"""What perf_analyzer is to send, as the JSON of its ``--input-data``.

Format: https://github.com/triton-inference-server/perf_analyzer/blob/main/docs/input_data.md
Tensors are named by `tritone.contract` alone; those at their default are left out, as clients do.
"""

import base64
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from perf.bench.corpus.waves import floats
from perf.bench.subjects import prompts
from perf.bench.subjects.base import Item
from perf.bench.subjects.completions import body
from perf.bench.subjects.spoken_turn import spoken
from tritone.contract import EmbedRequest, SttRequest, TtsRequest
from tritone.tensors import AnyArray, encode

__all__ = ["asked", "tensors", "written"]

_LONGEST_LIST: Final = 64
"""Numbers beyond this are written as base64: exact, and a tenth as long."""


def written(model: str, items: Sequence[Item], path: Path) -> Path:
    """Writes the items as requests to a model, or to the edge where it is `openai`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {"data": [asked(model, item) for item in items]}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def asked(model: str, item: Item) -> dict[str, Any]:
    """One item as one request."""
    if model == "openai":
        return {"payload": [{"model": "chat", **body(item)}]}
    if model == "llm":
        return tensors(prompts.asked(item))
    if model == "tts":
        return tensors(TtsRequest(text=item.text))
    if model == "embedder":
        return tensors(EmbedRequest(text=item.text))
    if model == "stt":
        return tensors(SttRequest(audio=floats(Path(item.path))))
    return tensors(spoken(item))


def tensors(request: Any) -> dict[str, Any]:
    """The tensors of a request that are not at their default, by name."""
    arrays = encode(request)
    return {
        field.name: _content(arrays[field.name])
        for field in dataclasses.fields(request)
        if field.name in arrays
        and (field.default is dataclasses.MISSING or getattr(request, field.name) != field.default)
    }


def _content(array: AnyArray) -> Any:
    if array.dtype == np.object_:
        return [text.decode() for text in array]
    if array.size <= _LONGEST_LIST:
        return array.tolist()
    code = base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()
    return {"content": {"b64": code}, "shape": list(array.shape)}
