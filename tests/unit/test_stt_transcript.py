"""From tokens to segments and words."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from tritone.engines.stt.checks import Decoding
from tritone.engines.stt.transcript import pieces, words
from tritone.engines.stt.windows import Window

pytestmark = pytest.mark.unit

TIME = 100
WINDOW = Window(start=10.0, end=16.0, speech_start=10.5, speech_end=15.5)


@dataclass
class Letters:
    """A tokenizer whose tokens are single texts, below the tokens of time."""

    texts: list[str] = field(default_factory=list)
    timestamp_begin: int = TIME

    def split_to_word_tokens(self, tokens):
        return [self.texts[token] for token in tokens], [[token] for token in tokens]


def at(seconds):
    """The token of a time, seconds from the window's start."""
    return TIME + round(seconds / 0.02)


def spans(*tokens):
    """Pieces as (start, end, tokens)."""
    found = pieces(Decoding(tokens, "", 0, 0), WINDOW, Letters())
    return [(piece.start, piece.end, piece.tokens) for piece in found]


def test_without_tokens_of_time_the_window_is_one_piece_over_its_speech():
    """Silero's times stand where the decoder gave none."""
    assert spans(1, 2, 3) == [(10.5, 15.5, (1, 2, 3))]


def test_tokens_of_time_cut_sentences_and_count_from_the_window():
    """Times are the recording's, not the window's."""
    found = spans(at(1), 1, 2, at(2), at(3), 3, at(4))
    assert found == [(11.0, 12.0, (1, 2)), (13.0, 14.0, (3,))]


def test_times_never_leave_the_speech_or_run_backwards():
    """A decoder that names an end of 28 s for six seconds of audio is not believed."""
    assert spans(at(0), 1, at(28)) == [(10.5, 15.5, (1,))]
    assert spans(at(4), 1, at(2)) == [(14.0, 14.0, (1,))]


def test_a_sentence_that_is_not_closed_ends_with_the_speech():
    """The budget may stop the decoder before its last token of time."""
    assert spans(at(1), 1, at(2), at(3), 2) == [(11.0, 12.0, (1,)), (13.0, 15.5, (2,))]


def test_nothing_decoded_makes_no_pieces():
    """Tokens of time alone are no sentence."""
    assert spans() == []
    assert spans(at(0), at(2)) == []


def test_words_carry_their_punctuation_times_and_mean_probability():
    """A comma belongs to the word before it, and its probability counts in that word's."""
    tokenizer = Letters([" Hello", ",", " world"])
    found = list(
        words([0, 1, 2], np.array([1.0, 2.0, 2.5, 3.0]), [0.9, 0.7, 0.6], WINDOW, tokenizer)
    )
    assert [(first, w.word, w.start, w.end) for first, w in found] == [
        (0, "Hello,", 11.0, 12.5),
        (2, "world", 12.5, 13.0),
    ]
    assert found[0][1].probability == pytest.approx(0.8)
