"""One Piper voice: text to phonemes, phonemes to samples with their lengths."""

import functools
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tritone.engines.tts.levels import gain_for
from tritone.engines.tts.timing import BEGIN, END, PAD, share_out
from tritone.engines.tts.visemes import SILENCE, viseme_of
from tritone.engines.tts.voice_files import find_model, load_graph, load_phonemizer, read_config
from tritone.engines.tts.voice_graph import FRAMES, LATENT, LATENT_NOISE
from tritone.engines.tts.words import word_sounds

__all__ = ["Voice"]

LONGEST_RUN: Final = 300
"""Phonemes spoken in one run of the graph: attention grows with their square, memory with them."""
_TAPE: Final = 1024  # frames of latent noise drawn, 12 s; longer runs hear it again
_KNOWN_WORDS: Final = 4096  # whose sounds are remembered: phonemizing one takes 0.2 ms
_CALIBRATION: Final = "The quick brown fox jumps over the lazy dog."

# espeak-ng keeps its voice and its buffers in global variables.
_espeak = threading.Lock()


class Voice:
    """A voice folder, loaded: one ``*.onnx`` with its ``*.onnx.json``.

    `name` is the data set's name in the voice's configuration ("joe"), or the file's.
    `exact_timing` says whether phoneme lengths come from the voice itself; otherwise they are
    an even share. `seeded` says whether a seed can change its prosody.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        """Loads the voice and speaks one sentence, which warms it up and sets its loudness.

        Raises:
            WeightsMissing: the folder holds no voice.
            WeightsCorrupt: a file of it cannot be read.
            SetupError: piper-tts is not installed, or the voice needs another phonemizer.
        """
        path = find_model(folder)
        self._config = read_config(path)
        self.name = str(self._config.get("dataset") or path.stem)
        self.sample_rate = int(self._config["audio"]["sample_rate"])
        self._ids: Mapping[str, list[int]] = self._config["phoneme_id_map"]
        self._clusters = {tuple(c) for c in self._config.get("vowel_clusters", ())} or None
        self._phonemizer = load_phonemizer()
        self.sounds_of = functools.lru_cache(_KNOWN_WORDS)(self._sounds_alone)
        """The sounds of one word said on its own, as `words.time_words` compares them."""
        self._session, self.exact_timing, self._duration_noise = load_graph(path, threads)
        self.seeded = self._duration_noise is not None
        self._outputs = [self._session.get_outputs()[0].name]
        self._hop = int(self._config.get("hop_length", 256))
        self._channels = 1
        if self.seeded:
            self._channels = self._count_channels()
        if self.exact_timing:
            self._outputs.append(FRAMES)
        self.gain = 1.0
        spoken = [audio for audio, _ in self.speak(self.phonemize(_CALIBRATION), 1.0, 0)]
        self.gain = gain_for(np.concatenate(spoken), self.sample_rate)

    def phonemize(self, text: str) -> list[list[str]]:
        """Runs of at most `LONGEST_RUN` phonemes, cut at sentences and then between words.

        `text` must hold no NUL. Runs without any sound (punctuation only) are left out.
        """
        runs = [run for sentence in self._sentences(text) for run in _split(sentence)]
        return [run for run in runs if any(self._sounds(symbol) for symbol in run)]

    def _sentences(self, text: str) -> list[list[str]]:
        with _espeak:
            return self._phonemizer.phonemize(self._config["espeak"]["voice"], text, self._clusters)

    def _sounds_alone(self, word: str) -> tuple[str, ...]:
        symbols = (symbol for sentence in self._sentences(word) for symbol in [*sentence, " "])
        return word_sounds(symbol for symbol in symbols if symbol in self._ids)

    def _sounds(self, symbol: str) -> bool:
        return symbol in self._ids and viseme_of(symbol) != SILENCE

    def speak(
        self, runs: Sequence[Sequence[str]], speed: float, seed: int
    ) -> Iterator[tuple[npt.NDArray[np.float32], list[tuple[str, int]]]]:
        """Synthesizes each run: FP32 samples (before `gain`), and each symbol with its samples.

        Seed 0 takes the most likely prosody, without noise; any other seed draws the voice's
        own amount of noise from a generator of that seed.
        """
        draw = np.random.Generator(np.random.Philox(seed)) if seed else None
        for run in runs:
            symbols, ids = self._to_ids(run)
            feeds = self._feeds(ids, speed, draw)
            audio, *frames = self._session.run(self._outputs, feeds)
            samples = np.ascontiguousarray(audio, dtype=np.float32).reshape(-1)
            if frames:
                lengths = (frames[0].reshape(-1).astype(np.int64) * self._hop).tolist()
            else:
                lengths = share_out(len(samples), len(ids))
            yield samples, list(zip(symbols, lengths, strict=True))

    def _to_ids(self, run: Sequence[str]) -> tuple[list[str], list[int]]:
        """Symbols and their ids, padding between; symbols that the voice lacks are skipped."""
        symbols, ids = [], []
        for symbol in (BEGIN, *(s for s in run if s in self._ids), END):
            own = self._ids[symbol]
            pads = [] if symbol == END else self._ids[PAD]
            ids += own + pads
            symbols += [symbol] * len(own) + [PAD] * len(pads)
        return symbols, ids

    def _feeds(
        self, ids: list[int], speed: float, draw: np.random.Generator | None
    ) -> dict[str, npt.NDArray[Any]]:
        inference = self._config.get("inference", {})
        noise = float(inference.get("noise_scale", 0.667)) if draw else 0.0
        noise_w = float(inference.get("noise_w", 0.8)) if draw else 0.0
        scale = float(inference.get("length_scale", 1.0)) / speed
        feeds: dict[str, npt.NDArray[Any]] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([noise, scale, noise_w], np.float32),
        }
        if int(self._config.get("num_speakers", 1)) > 1:
            feeds["sid"] = np.array([int(self._config.get("default_speaker_id", 0))], np.int64)
        if self._duration_noise is None:
            feeds["scales"][[0, 2]] = 0.0  # unseeded noise would make every call differ
        elif draw:
            feeds[self._duration_noise] = draw.standard_normal((1, 2, len(ids)), np.float32)
            feeds[LATENT_NOISE] = draw.standard_normal((1, self._channels, _TAPE), np.float32)
        else:
            feeds[self._duration_noise] = np.zeros((1, 2, len(ids)), np.float32)
            feeds[LATENT_NOISE] = np.zeros((1, self._channels, 1), np.float32)
        return feeds

    def _count_channels(self) -> int:
        """Width of the latent, which the graph may leave open: 192, or 96 in x_low voices."""
        latent = next(out for out in self._session.get_outputs() if out.name == LATENT)
        if isinstance(latent.shape[1], int):
            return latent.shape[1]
        feeds = self._feeds(self._to_ids("a")[1], 1.0, None)  # one channel of zeros fits any
        return int(self._session.run([LATENT], feeds)[0].shape[1])


def _split(sentence: list[str]) -> Iterator[list[str]]:
    """Pieces of at most `LONGEST_RUN` symbols, cut behind the last gap between words if any."""
    while len(sentence) > LONGEST_RUN:
        head = sentence[:LONGEST_RUN]
        gaps = [place for place, symbol in enumerate(head) if symbol == " "]
        cut = gaps[-1] + 1 if gaps else LONGEST_RUN
        yield sentence[:cut]
        sentence = sentence[cut:]
    yield sentence
