"""The driver: starts Ray and the applications, and serves until it is told to end.

Options are JSON: ``port``, ``cores``, ``folder`` (where Ray keeps its own files), and for each of
``stt``, ``tts``, ``embedder`` and ``llm`` what it is given: ``weights``, ``threads``,
``instances``; for ``llm`` also ``slots`` and ``context`` (tokens of each slot).
"""

import json
import signal
import sys
import threading
from typing import Any

import ray
from ray import serve

from perf.bench.peers.ray_app.embedder import Embedder
from perf.bench.peers.ray_app.llm import Llm
from perf.bench.peers.ray_app.stt import Stt
from perf.bench.peers.ray_app.tts import Tts
from perf.bench.peers.ray_app.voice import Voice

__all__ = ["main"]


def main(text: str) -> None:
    """Serves with these options until it is told to end."""
    options = json.loads(text)
    ray.init(
        num_cpus=options["cores"],
        include_dashboard=False,
        object_store_memory=100 * 1024**2,
        logging_level="warning",
        _temp_dir=options["folder"],
    )
    serve.start(
        http_options={"host": "127.0.0.1", "port": options["port"]},
        logging_config={"enable_access_log": False},  # a line for each request takes time
    )
    works = {"stt": Stt, "tts": Tts, "embedder": Embedder, "llm": Llm}
    for name, work in works.items():
        given = options[name]
        deployment = _deployment(work, name, given["instances"])
        serve.run(deployment.bind(given), name=name, route_prefix=f"/{name}")
    voice = _deployment(Voice, "voice", 1)
    serve.run(voice.bind(), name="voice", route_prefix="/voice")
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    ending.wait()
    serve.shutdown()
    ray.shutdown()


def _deployment(work: type, name: str, replicas: int) -> Any:
    # A share of 0: which replica gets which core is the operating system's affair, as it is ours.
    return serve.deployment(
        work,
        name=name,
        num_replicas=replicas,
        max_ongoing_requests=128,
        ray_actor_options={"num_cpus": 0},
    )


if __name__ == "__main__":
    # Ctrl-C at the terminal is the runner's; it ends this process in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(sys.argv[1])
