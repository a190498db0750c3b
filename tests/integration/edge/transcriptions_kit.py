"""Sentences, recordings made of them, and words in a form to compare."""

import io
import random
import re
from collections.abc import AsyncIterator, Iterator

import numpy as np
import soundfile

RATE = 16_000
PARTS = """
the baker, a young doctor, the old sailor, our teacher, the captain, her brother, a farmer
carried, found, painted, repaired, sold, forgot, borrowed, noticed, cleaned
a wooden table, the yellow bicycle, two heavy suitcases, an empty bottle, the broken window, \
a basket of apples, seven letters, the kitchen clock, a blue umbrella, three chairs
behind the station, near the river, in the library, across the bridge, at the market
yesterday morning, last winter, before lunch, after the storm, at midnight, a week ago
"""


def sentences(count: int) -> list[str]:
    """Sentences of which none is said twice."""
    dice = random.Random(0)
    parts = [line.split(", ") for line in PARTS.strip().splitlines()]
    made = (" ".join(map(dice.choice, parts)) + "." for _ in range(2 * count))
    return [each[0].upper() + each[1:] for each in dict.fromkeys(made)][:count]


def plain(text: str) -> str:
    """Words as they are compared."""
    return " ".join(re.sub(r"[^\w\s]", "", text.lower()).split())


def recording(
    spoken: dict[str, np.ndarray], seconds: float, low: float, high: float
) -> Iterator[tuple[str, np.ndarray]]:
    """Sentences in any order, with pauses of some length between them, over a faint noise."""
    dice, noise = random.Random(seconds), np.random.default_rng(0)
    at = 0
    while at < seconds * RATE:
        text = dice.choice([*spoken])
        audio = np.pad(spoken[text], (0, round(dice.uniform(low, high) * RATE)))
        if high == 0:  # no pause at all: not even the voice's own
            loud = np.flatnonzero(np.abs(audio) > 0.01)
            audio = audio[loud[0] : loud[-1]]
        at += audio.size
        yield text, (audio + noise.normal(0, 5e-4, audio.size)).astype(np.float32)


async def by_tens(pieces: list[np.ndarray]) -> AsyncIterator[np.ndarray]:
    """As a decoder gives them."""
    audio = np.concatenate(pieces)
    for start in range(0, audio.size, 10 * RATE):
        yield audio[start : start + 10 * RATE]


def wav(audio: np.ndarray, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, audio, rate, format="WAV")
    return file.getvalue()
