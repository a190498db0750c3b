"""llama.cpp's own server, as the wheel of xllamacpp carries it: the OpenAI API over HTTP.

It is the same build of the same engine that `llm` loads, with the same weights, slots, context and
threads. All else is the server's default: among them batches of 2,048 tokens where `llm` takes 64,
which reads prompts faster and lets others wait longer.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import httpx

from perf.bench.peers.given import given
from perf.bench.peers.peer import Peer
from tritone.errors import SetupError

__all__ = ["LlamacppServer", "gguf"]

_PROCESS: Final = Path(__file__).with_name("llamacpp_process.py")


class LlamacppServer(Peer):
    """The server on a free port."""

    option = "llamacpp"
    title = "llama.cpp's server"

    @property
    def address(self) -> str:
        return f"http://{super().address}"

    def command(self) -> Sequence[str]:
        options = {"port": self.port, **self._options()}
        return [sys.executable, "-P", str(_PROCESS), json.dumps(options)]

    def serves(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health", timeout=2).is_success
        except httpx.HTTPError:
            return False

    @property
    def facts(self) -> Mapping[str, Any]:
        options = self._options()
        return {
            "version": f"xllamacpp {version('xllamacpp')}",
            "weights": given(self.settings, "llm").name,
            **{name: options[name] for name in ("threads", "slots", "context")},
        }

    def _options(self) -> dict[str, Any]:
        llm = given(self.settings, "llm")
        return {
            "model": str(gguf(llm.weights)),
            "threads": llm.threads,
            "slots": int(llm.parameters.get("slots", "8")),
            "context": int(llm.parameters.get("context", "4096")),
        }


def gguf(folder: Path) -> Path:
    """The one model in a folder. Raises SetupError: there is none, or more than one."""
    models = sorted(folder.glob("*.gguf"))
    if len(models) != 1:
        raise SetupError(f"{folder} holds {len(models)} .gguf files, expected one")
    return models[0]
