"""wyoming-faster-whisper: what people with Home Assistant run for speech to text.

It transcribes each recording by itself with faster-whisper, in the full window of 30 s, in a pool
of threads. It is given the product's weights, in int8 as the product runs them (its own default
would be float32), and as many threads as there are cores (its own default is 4). All else is its
default: a beam of 5, the language detected.
"""

import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from perf.bench.peers.environment import installed, pinned
from perf.bench.peers.given import given
from perf.bench.peers.peer import Peer
from perf.bench.peers.wyoming import describes

__all__ = ["WyomingStt"]


class WyomingStt(Peer):
    """The server on a free port."""

    option = "wyoming_stt"
    title = "wyoming-faster-whisper"

    def command(self) -> Sequence[str]:
        python = installed(self.settings.home, self.on_line)
        weights = given(self.settings, "stt").weights
        return [
            *(str(python), "-m", "wyoming_faster_whisper"),
            *("--uri", f"tcp://{self.address}"),
            *("--stt-library", "faster-whisper"),
            *("--model", str(weights)),
            *("--compute-type", "int8"),
            *("--cpu-threads", str(self.cores)),
            *("--data-dir", tempfile.gettempdir(), "--local-files-only"),
        ]

    def serves(self) -> bool:
        return describes(self.port)

    @property
    def facts(self) -> Mapping[str, Any]:
        return {
            "version": pinned("wyoming-faster-whisper"),
            "engine": f"faster-whisper {pinned('faster-whisper')}",
            "weights": given(self.settings, "stt").name,
            "threads": self.cores,
            "beam": 5,
        }
