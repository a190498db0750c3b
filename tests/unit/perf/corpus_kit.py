"""A double of the speaker: recordings of nothing, a tenth of a second for each word."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from perf.bench.corpus.speaking import Recording
from perf.bench.corpus.waves import write
from tritone.contract import SAMPLE_RATE

__all__ = ["Mute"]

AFTER = 0.25


class Mute:
    """Speaks nothing, but writes files as long as speech would be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spoken: list[tuple[str, int]] = []

    def recordings(self, texts: Sequence[str], variants: Sequence[int]) -> list[Recording]:
        found = []
        for text, variant in zip(texts, variants, strict=True):
            self.spoken.append((text, variant))
            path = self.kept(f"{text} {variant}".encode())
            seconds = len(text.split()) / 10 + AFTER
            write(path, np.zeros(round(seconds * SAMPLE_RATE), np.int16))
            found.append(Recording(path, seconds, seconds - AFTER))
        return found

    def kept(self, content: bytes) -> Path:
        return self.folder / f"{hash(content)}.wav"
