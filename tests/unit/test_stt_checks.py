"""Telling a good decoding from a hallucinated one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.stt.checks import (
    MAX_TOKENS,
    Decoding,
    alike,
    echoes,
    is_silence,
    is_suspicious,
    repeats,
    token_budget,
)

pytestmark = pytest.mark.unit


def decoding(text="turn on the light", tokens=(1, 2, 3, 4), logprob=-0.2, no_speech=0.01):
    """A decoding that is fine unless told otherwise."""
    return Decoding(tuple(tokens), text, logprob, no_speech)


def test_a_good_decoding_is_neither_silence_nor_suspicious():
    """The usual case takes no second look."""
    assert not is_silence(decoding())
    assert not is_suspicious(decoding(), 50)


@pytest.mark.parametrize(
    ("logprob", "no_speech", "silent"),
    [(-1.5, 0.7, True), (-0.2, 0.7, False), (-1.5, 0.3, False)],
)
def test_silence_needs_both_signs(logprob, no_speech, silent):
    """A confident sentence is kept whatever the no-speech token says, and the reverse."""
    assert is_silence(decoding(logprob=logprob, no_speech=no_speech)) is silent


def test_text_of_nothing_but_spaces_is_silence():
    """An empty transcript must not become an empty segment."""
    assert is_silence(decoding(text="  "))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.lists(st.integers(10, 99)))
def test_a_phrase_five_times_in_a_row_is_a_loop(phrase, before):
    """Any phrase of up to twelve tokens, wherever the loop begins."""
    assert repeats(decoding(tokens=[*before, *phrase * 5]))


def test_a_word_said_four_times_is_no_loop():
    """People say: no, no, no, no."""
    assert not repeats(decoding(text="no no no no", tokens=[7, 7, 7, 7]))
    assert not repeats(decoding(tokens=[1, 2, 1, 2, 1, 2, 1, 2]))


@given(st.lists(st.integers(), unique=True, max_size=200))
def test_tokens_that_never_repeat_are_no_loop(tokens):
    """No false alarm on text without repetition."""
    assert not repeats(decoding(tokens=tokens))


def test_long_repetition_is_found_by_compression():
    """A paragraph over and over is longer than any phrase looked at, but deflates."""
    paragraph = "I went to the market to buy some bread and came home with three goats. "
    assert repeats(decoding(text=paragraph * 4, tokens=range(80)))
    assert not repeats(decoding(text=paragraph, tokens=range(20)))


@pytest.mark.parametrize("bad", [decoding(logprob=-1.2), decoding(tokens=range(50))])
def test_guesses_and_full_budgets_are_suspicious(bad):
    """Low certainty, or a decoder that was stopped rather than done, earns a second look."""
    assert is_suspicious(bad, 50)


@given(st.floats(0, 30), st.floats(0, 30))
def test_the_budget_grows_with_the_speech_and_is_bounded(one, other):
    """More speech never has less room, and none exceeds what Whisper decodes."""
    short, long = sorted((one, other))
    assert 16 <= token_budget(short) <= token_budget(long) <= MAX_TOKENS


def test_a_phrase_of_the_prompt_is_an_echo_and_a_name_is_none():
    """Prompts are for names; sentences of a prompt are not said by chance."""
    prompt = tuple(range(20))
    assert echoes((90, *prompt[3:12], 91), prompt)
    assert not echoes((90, *prompt[3:6], 91), prompt)
    assert echoes((90, *prompt[:5], 91), prompt[:5])
    assert not echoes(prompt[:1], prompt[:1])


def test_texts_of_one_sound_are_alike_whatever_their_spelling():
    """Case, punctuation and a word or two aside."""
    assert alike("Turn on the light, please!", "turn on the lights please")
    assert not alike("Turn on the light.", "Minutes of the meeting")
