"""Telling a good decoding from a hallucinated one. Pure.

Thresholds without another source are Whisper's own: https://arxiv.org/abs/2212.04356, section 4.5.
"""

import difflib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "MAX_TOKENS",
    "Decoding",
    "alike",
    "compression_ratio",
    "echoes",
    "is_silence",
    "is_suspicious",
    "repeats",
    "token_budget",
]

COMPRESSION_LIMIT = 2.4
"""Text that deflate shrinks by more repeats itself."""
LOGPROB_LIMIT = -1.0
"""Mean log probability of a token, below which the decoder was guessing."""
NO_SPEECH_LIMIT = 0.6
"""Probability of the no-speech token, above which a guess is not worth a second look."""
LOOP_REPEATS = 5
"""Times a phrase comes in a row before it counts as a loop. "No, no, no, no" is spoken."""
LOOP_TOKENS = 12
"""Longest phrase looked at, in tokens; what is longer, compression finds."""
TOKENS_PER_SECOND = 16
"""Fast English is 6 tokens a second; scripts of many tokens a letter need more."""
TOKENS_FREE = 16
"""Tokens allowed on top, for very short clips."""
ECHO_TOKENS = 8
"""Tokens in a row that a text has in common with its prompt, from which it may be the prompt. A
name or two is what prompts are for."""
ALIKE = 0.6
"""Share of words that two texts of the same sound have in common."""
MAX_TOKENS = 224
"""Half of Whisper's text context, the most it decodes for one window."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """What the decoder made of one window."""

    tokens: tuple[int, ...]
    text: str
    avg_logprob: float
    no_speech_prob: float
    temperature: float = 0.0


def token_budget(seconds: float) -> int:
    """The most tokens that so much speech can hold. Bounds the time that a loop can take."""
    return min(MAX_TOKENS, TOKENS_FREE + round(TOKENS_PER_SECOND * seconds))


def repeats(decoding: Decoding) -> bool:
    """Whether the decoder went round in circles."""
    return _loops(decoding.tokens) or compression_ratio(decoding.text) > COMPRESSION_LIMIT


def _loops(tokens: tuple[int, ...]) -> bool:
    """Whether some phrase of up to `LOOP_TOKENS` tokens comes `LOOP_REPEATS` times in a row."""
    for size in range(1, LOOP_TOKENS + 1):
        run = 0
        for i in range(size, len(tokens)):
            run = run + 1 if tokens[i] == tokens[i - size] else 0
            if run >= size * (LOOP_REPEATS - 1):
                return True
    return False


def compression_ratio(text: str) -> float:
    """How many times shorter deflate makes a text, as Whisper defines it; 0 for no text."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def echoes(tokens: Sequence[int], prompt: Sequence[int]) -> bool:
    """Whether a decoding has a phrase of its prompt in it: the decoder may have copied it."""
    match = difflib.SequenceMatcher(None, tokens, prompt, autojunk=False).find_longest_match()
    return match.size >= min(ECHO_TOKENS, max(len(prompt), ECHO_TOKENS // 2))


def alike(one: str, other: str) -> bool:
    """Whether two texts may be the same speech, by their words."""
    words, others = (re.findall(r"\w+", text.casefold()) for text in (one, other))
    return difflib.SequenceMatcher(None, words, others, autojunk=False).ratio() >= ALIKE


def is_silence(decoding: Decoding) -> bool:
    """Whether the decoder both suspects silence and guesses its words."""
    return (
        decoding.no_speech_prob > NO_SPEECH_LIMIT and decoding.avg_logprob < LOGPROB_LIMIT
    ) or not decoding.text.strip()


def is_suspicious(decoding: Decoding, budget: int) -> bool:
    """Whether a decoding that could take `budget` tokens deserves a second one."""
    return (
        decoding.avg_logprob < LOGPROB_LIMIT or len(decoding.tokens) >= budget or repeats(decoding)
    )
