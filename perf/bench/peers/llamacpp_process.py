"""The process of `llamacpp_server`: ``python llamacpp_process.py OPTIONS``.

Options are JSON: ``model`` (path of a GGUF file), ``port``, ``threads``, ``slots``, ``context``
(tokens of each slot). It serves until it is told to end.
"""

import json
import signal
import sys
from typing import Any

__all__ = ["main"]


def main(text: str) -> None:
    """Serves with these options."""
    import xllamacpp

    options: dict[str, Any] = json.loads(text)
    params = xllamacpp.CommonParams()
    params.model.path = options["model"]
    params.hostnames = ["127.0.0.1"]
    params.port = options["port"]
    params.n_parallel = options["slots"]
    params.n_ctx = options["slots"] * options["context"]
    params.cpuparams.n_threads = options["threads"]
    params.cpuparams_batch.n_threads = options["threads"]
    params.n_gpu_layers = 0
    params.use_jinja = True
    params.verbosity = -1
    # Ctrl-C at the terminal is the runner's; it ends this process in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wanted = {signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    server = xllamacpp.Server(params)
    signal.sigwait(wanted)
    del server


if __name__ == "__main__":
    main(sys.argv[1])
