"""Two hearings of the same words made one."""

import pytest

from tritone.messages import Segment, Word
from tritone.usecases.transcription.seams import agree, keep, not_before

pytestmark = pytest.mark.unit


def said(text, start, pace=0.3):
    """Words that follow each other."""
    return [
        Word(word=word, start=start + i * pace, end=start + (i + 1) * pace, probability=0.9)
        for i, word in enumerate(text.split())
    ]


def joined(before, after, cut):
    kept, dropped = agree(before, after, cut)
    return " ".join(word.word for word in [*before[:kept], *after[dropped:]])


def segment(text, words):
    return Segment(
        start=words[0].start,
        end=words[-1].end,
        text=text,
        no_speech_prob=0.0,
        avg_logprob=-0.1,
        compression_ratio=1.0,
        temperature=0.0,
        tokens=(1, 2, 3),
        words=tuple(words),
    )


def test_the_middle_of_what_both_heard_is_the_seam():
    """The ends of both, where words are cut, are left out."""
    before = said("the old sailor sold a blue umb", 10.0)
    after = said("ailor sold a blue umbrella by the lake", 10.6)
    assert joined(before, after, 11.2) == "the old sailor sold a blue umbrella by the lake"


def test_case_and_punctuation_do_not_part_words():
    """A sentence's end is guessed at the end of an excerpt."""
    before = said("near the river during the holiday.", 10.0)
    after = said("The river, during the holidays. A farmer", 10.3)
    assert joined(before, after, 11.0) == "near the river during the holidays. A farmer"


def test_the_same_word_at_another_time_is_another_word():
    """One "the" was heard by both, the other ones were not."""
    before = said("the one the two", 10.0, pace=1.0)
    after = said("the two the three", 12.0, pace=1.0)
    assert joined(before, after, 13.0) == "the one the two the three"


def test_where_both_heard_something_else_the_cut_decides():
    """Nothing is written twice, and nothing on either side is left out."""
    before = said("aa bb cc dd", 10.0, pace=1.0)
    after = said("xx yy zz", 11.1, pace=1.0)
    assert joined(before, after, 12.0) == "aa bb yy zz"


def test_one_may_have_heard_nothing():
    """What the other heard is kept on its side."""
    words = said("aa bb", 10.0, pace=1.0)
    assert joined(words, [], 11.0) == "aa"
    assert joined([], words, 11.0) == "bb"
    assert agree([], [], 11.0) == (0, 0)


def test_segments_keep_the_text_of_the_words_that_stay():
    """As it was written, with its punctuation; whose tokens those are is not known."""
    first = segment("Hello, my friend.", said("Hello, my friend.", 0.0))
    second = segment("No, no.", said("No, no.", 1.0))
    whole, part = keep([first, second], 0, 4)
    assert whole is first
    assert (part.text, part.end, part.tokens) == ("No,", pytest.approx(1.3), ())
    (rest,) = keep([first, second], 4, 5)
    assert (rest.text, rest.start) == ("no.", pytest.approx(1.3))
    assert keep([first, second], 3, 3) == ()


def test_times_never_run_backwards_over_a_seam():
    """The second hearing of a word may begin a little before the end of the first."""
    (late,) = not_before([segment("aa bb", said("aa bb", 1.0, pace=0.2))], 1.3)
    assert (late.start, late.end) == (1.3, pytest.approx(1.4))
    assert [(word.start, word.end) for word in late.words] == [
        (1.3, 1.3),
        (1.3, pytest.approx(1.4)),
    ]
