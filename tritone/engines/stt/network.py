"""Whisper's weights under CTranslate2: features, encodings, decodings, alignments.

Encoding is arithmetic and gains nothing from a batch (measured: windows of a batch of 8 take up to
1.5 times as long each, for they no longer fit the cache). Decoding reads all the decoder's weights
for each token, so a batch shares that. Hence windows are encoded singly and decoded together.
"""

import functools
import re
from collections.abc import Sequence
from pathlib import Path

import ctranslate2
import numpy as np
import numpy.typing as npt
import tokenizers
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer

from tritone.engines.audio import Samples
from tritone.engines.stt.checks import Decoding
from tritone.errors import WeightsMissing

__all__ = ["PROMPT_TOKENS", "Encoding", "Network"]

Encoding = npt.NDArray[np.float32]
"""Encoder output of one window: (1, frames / 2, width)."""
TOKENS_PER_SECOND = 50
"""Encoder positions in a second: the encoder halves the 100 frames."""
PROMPT_TOKENS = 223
"""The most that Whisper was trained to look back on: half of its context, less the token that
opens it."""
_CONTEXT = 448
"""Tokens of Whisper's text context: prompt and transcript."""
_DYNAMIC_RANGE = 2.0
"""Whisper's features reach so far down from their maximum: 8 decades, divided by 4. What it heard
as padding in training is this floor; padding with zeros, as is common, costs accuracy (12 sentences
in 4 conditions, whisper-base, 1,000 frames: word error rate 0.013 with zeros, 0.008 with this)."""
_NOTHING = -1.5
"""The feature of digital silence: (log10(1e-10) + 4) / 4."""
_LANGUAGE_TOKEN = re.compile(r"<\|([a-z]{2,3})\|>")


class Network:
    """One copy of the weights; answers one call at a time.

    Args:
        weights: folder with `model.bin`, `config.json`, `tokenizer.json` and the vocabulary.
        threads: CPU threads of the arithmetic.

    Raises:
        WeightsMissing: the folder lacks a file.
    """

    def __init__(self, weights: Path, *, threads: int) -> None:
        for name in ("model.bin", "config.json", "tokenizer.json"):
            if not (weights / name).is_file():
                raise WeightsMissing(f"{weights} has no {name}: it is no CTranslate2 Whisper model")
        self._model = ctranslate2.models.Whisper(
            str(weights), device="cpu", compute_type="int8", intra_threads=threads
        )
        self._tokens = tokenizers.Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._features = FeatureExtractor(feature_size=self._model.n_mels)
        self.multilingual: bool = self._model.is_multilingual
        self.languages = self._languages()
        # One tokenizer for each language and task it was asked for; at most 2 x 100 small objects.
        self.tokenizer = functools.cache(self._tokenizer)

    def _languages(self) -> frozenset[str]:
        """The ISO 639-1 (a few 639-3) codes the model knows."""
        if not self.multilingual:
            return frozenset({"en"})
        found = map(_LANGUAGE_TOKEN.fullmatch, self._tokens.get_vocab())
        return frozenset(match.group(1) for match in found if match)

    def _tokenizer(self, language: str, task: str) -> Tokenizer:
        return Tokenizer(self._tokens, self.multilingual, task=task, language=language)

    def prompt(self, text: str) -> tuple[int, ...]:
        """A prompt as the decoder reads it: text tokens, of which the last `PROMPT_TOKENS` count.

        Tokens with a meaning of their own, such as the end of text, are no words: they are left
        out, or a text could pretend to be the transcript.
        """
        if not text.strip():
            return ()
        tokenizer = self.tokenizer("en", "transcribe")
        words = (token for token in tokenizer.encode(f" {text.strip()}") if token < tokenizer.eot)
        return tuple(words)[-PROMPT_TOKENS:]

    def encode(self, audio: Samples, frames: int) -> Encoding:
        """Encodes 16 kHz audio in a window of so many frames, padded with silence."""
        features = self._features(audio)[:, :frames]
        silence = max(float(features.max(initial=_NOTHING)) - _DYNAMIC_RANGE, _NOTHING)
        padded = np.full((1, features.shape[0], frames), silence, np.float32)
        padded[0, :, : features.shape[1]] = features
        view = ctranslate2.StorageView.from_array(padded)
        return np.array(self._model.encode(view, to_cpu=True))

    def detect(self, encoding: Encoding) -> tuple[str, float]:
        """The language that is spoken, and how sure that is (0 to 1)."""
        if not self.multilingual:
            return "en", 1.0
        view = ctranslate2.StorageView.from_array(encoding)
        token, probability = self._model.detect_language(view)[0][0]
        return token.removeprefix("<|").removesuffix("|>"), float(probability)

    def decode(
        self,
        encodings: Sequence[Encoding],
        spoken: Sequence[tuple[str, str]],
        *,
        timed: bool,
        budget: int,
        temperature: float = 0.0,
        prompts: Sequence[Sequence[int]] = (),
    ) -> list[Decoding]:
        """Decodes windows of one size together.

        Args:
            encodings: of windows that have the same number of frames.
            spoken: language and task of each.
            timed: whether tokens of time stand around each sentence.
            budget: most tokens for each.
            temperature: 0 takes the likeliest token (greedy), more samples.
            prompts: of each, from `prompt`; all of one length (CTranslate2 wants the start of the
                transcript at one place). Left out, there are none.
        """
        known = [self.tokenizer(*pair) for pair in spoken]
        begins = [
            [*((each.sot_prev, *told) if told else ()), *each.sot_sequence]
            for each, told in zip(known, prompts or [()] * len(known), strict=True)
        ]
        untimed = [() if timed else (each.no_timestamps,) for each in known]
        results = self._model.generate(
            ctranslate2.StorageView.from_array(np.concatenate(encodings)),
            [[*begin, *end] for begin, end in zip(begins, untimed, strict=True)],
            beam_size=1,
            # CTranslate2 stops at the lesser of half of this, and this less what it begins with.
            max_length=min(max(2 * budget, budget + len(begins[0])), _CONTEXT),
            return_scores=True,
            return_no_speech_prob=True,
            sampling_topk=0 if temperature else 1,
            sampling_temperature=temperature or 1.0,
        )
        return [
            _decoding(each, result, temperature)
            for each, result in zip(known, results, strict=True)
        ]

    def align(
        self, encoding: Encoding, spoken: tuple[str, str], tokens: Sequence[int], frames: int
    ) -> tuple[npt.NDArray[np.float64], list[float]]:
        """When each token is said, by dynamic time warping over the decoder's attention.

        Args:
            encoding: of the window.
            spoken: language and task.
            tokens: text tokens, without tokens of time.
            frames: frames of the window that are not padding.

        Returns:
            The start in seconds of each token and of the end of text (one more than tokens), and
            each token's probability.
        """
        result = self._model.align(
            ctranslate2.StorageView.from_array(encoding),
            self.tokenizer(*spoken).sot_sequence,
            [list(tokens)],
            frames,
        )[0]
        token_at, time_at = np.array(result.alignments, np.int64).reshape(-1, 2).T
        first = np.searchsorted(token_at, np.arange(len(tokens) + 1))
        return time_at[np.minimum(first, time_at.size - 1)] / TOKENS_PER_SECOND, list(
            result.text_token_probs
        )


def _decoding(
    tokenizer: Tokenizer, result: ctranslate2.models.WhisperGenerationResult, temperature: float
) -> Decoding:
    tokens = tuple(result.sequences_ids[0])
    # The score is the mean over the tokens; Whisper's also counts the end-of-text token.
    mean = result.scores[0] * len(tokens) / (len(tokens) + 1)
    return Decoding(
        tokens, tokenizer.decode(list(tokens)), mean, result.no_speech_prob, temperature
    )
