"""Ray Serve, the platform's backend before Triton: the same engines behind `@serve.batch`.

Its applications (`ray_app`) are given what the product gives its own models: weights, threads,
instances, slots and context. Ray itself is left at its defaults, less its dashboard and usage
reports.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx

from perf.bench.peers.environment import installed, pinned
from perf.bench.peers.given import given
from perf.bench.peers.llamacpp_server import gguf
from perf.bench.peers.peer import Peer
from tritone.settings import Settings

__all__ = ["RayServe"]

MODELS: Final = ("stt", "tts", "embedder", "llm")
_ROOT: Final = Path(__file__).resolve().parents[3]


class RayServe(Peer):
    """A Ray of one node, with its applications, on a free port."""

    option = "ray"
    title = "Ray Serve"
    start_seconds = 300.0
    stop_seconds = 20.0

    def __init__(self, settings: Settings, on_line: Callable[[str], None]) -> None:
        super().__init__(settings, on_line)
        # Sockets lie in it, whose paths may have 107 bytes.
        self._folder = tempfile.mkdtemp(prefix="tritone-ray-", dir="/tmp")

    @property
    def address(self) -> str:
        return f"http://{super().address}"

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            **super().environment,
            "PYTHONPATH": str(_ROOT),
            "RAY_USAGE_STATS_ENABLED": "0",
            # Else Ray limits each replica to one thread of OpenMP.
            "OMP_NUM_THREADS": str(self.cores),
        }

    def command(self) -> Sequence[str]:
        python = installed(self.settings.home, self.on_line)
        options: dict[str, Any] = {
            "port": self.port,
            "cores": self.cores,
            "folder": self._folder,
            **{name: self._options(name) for name in MODELS},
        }
        return [str(python), "-m", "perf.bench.peers.ray_app", json.dumps(options)]

    def serves(self) -> bool:
        try:
            routes = httpx.get(f"{self.address}/-/routes", timeout=2)
        except httpx.HTTPError:
            return False
        return routes.is_success and "/voice" in routes.text  # the last that is deployed

    @property
    def facts(self) -> Mapping[str, Any]:
        threads = {name: self._options(name)["threads"] for name in MODELS}
        return {"version": f"ray {pinned('ray')}", "threads": threads}

    def close(self) -> None:
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _options(self, model: str) -> dict[str, Any]:
        own = given(self.settings, model)
        options = {"weights": str(own.weights), "threads": own.threads, "instances": own.instances}
        if model == "llm":
            options["weights"] = str(gguf(own.weights))
            options["slots"] = int(own.parameters.get("slots", "8"))
            options["context"] = int(own.parameters.get("context", "4096"))
        return options
