"""wyoming-piper: what people with Home Assistant run for text to speech.

It speaks one sentence at a time, whoever asks, and sends it when all of it is spoken. It is given
the product's voice; onnxruntime takes as many threads as there are cores. All else is its default.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from perf.bench.peers.environment import installed, pinned
from perf.bench.peers.given import given
from perf.bench.peers.peer import Peer
from perf.bench.peers.wyoming import describes
from tritone.errors import SetupError

__all__ = ["WyomingTts"]


class WyomingTts(Peer):
    """The server on a free port."""

    option = "wyoming_tts"
    title = "wyoming-piper"

    def command(self) -> Sequence[str]:
        python = installed(self.settings.home, self.on_line)
        folder = given(self.settings, "tts").weights
        voices = sorted(folder.glob("*.onnx"))
        if len(voices) != 1:
            raise SetupError(f"{folder} holds {len(voices)} voices (*.onnx), expected one")
        return [
            *(str(python), "-m", "wyoming_piper"),
            *("--uri", f"tcp://{self.address}"),
            *("--voice", voices[0].stem),
            *("--data-dir", str(folder)),
            "--local-files-only",
        ]

    def serves(self) -> bool:
        return describes(self.port)

    @property
    def facts(self) -> Mapping[str, Any]:
        return {
            "version": pinned("wyoming-piper"),
            "engine": f"piper-tts {pinned('piper-tts')}",
            "weights": given(self.settings, "tts").name,
            "threads": self.cores,
        }
