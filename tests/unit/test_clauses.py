"""Cutting a growing text into clauses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.pipelines.clauses import MOST_CHARS, ClauseSplitter

pytestmark = pytest.mark.unit


def split(text: str, sizes=(1,)) -> list[str]:
    """Feeds a text in pieces of the given sizes, over and over."""
    splitter, clauses, at, turn = ClauseSplitter(), [], 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        clauses += splitter.feed(text[at : at + size])
        at, turn = at + size, turn + 1
    return clauses + splitter.flush()


def squeeze(text: str) -> str:
    """A text without its white space."""
    return re.sub(r"\s+", "", text)


texts = st.text(alphabet=st.sampled_from("ab Z.,!?;:…。\n\"'12 é—"), max_size=600)


@given(texts)
def test_nothing_is_lost_or_added(text):
    """The clauses are the text, apart from white space."""
    assert squeeze("".join(split(text))) == squeeze(text)


@given(texts, st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_clauses_are_bounded_however_the_text_arrives(text, sizes):
    """No clause is empty or much longer than the limit, whatever pieces the model sends."""
    for clause in split(text, sizes):
        assert clause.strip() == clause != ""
        assert len(clause) <= MOST_CHARS + max(sizes)


def test_the_first_clause_is_cut_at_a_comma():
    """A listener waits for the first clause only; later ones are whole sentences."""
    text = "Well of course, the capital of it is Paris. It is on the Seine, in France. Bye."
    assert split(text) == [
        "Well of course,",
        "the capital of it is Paris.",
        "It is on the Seine, in France.",
        "Bye.",
    ]


def test_a_short_start_is_not_cut_at_a_comma():
    """A lone "Yes," would buy no time."""
    assert split("Yes, that is right.")[0] == "Yes, that is right."


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith lives at 3.5 St. James Street in London.",
        "It costs 3.14 dollars, e.g. at the market on No. 5 road.",
        "J. R. R. Tolkien wrote many books.",
    ],
)
def test_abbreviations_and_numbers_do_not_end_a_sentence(text):
    """A full stop inside a name or a number is not an end."""
    assert all(clause[-1] in ".," and clause != "Dr." for clause in split(text))
    assert split(text)[-1].endswith(text[-8:])
    assert len(split(text)) <= 2


def test_a_clause_is_known_before_the_text_goes_on():
    """White space after the full stop is enough; the next word is not waited for."""
    splitter = ClauseSplitter()
    assert splitter.feed("The sky is blue.") == []
    assert splitter.feed(" ") == ["The sky is blue."]


def test_short_later_sentences_are_joined():
    """Single words spoken one by one sound chopped."""
    assert split("This is the first one. No. Yes. Maybe so, who knows.")[1].startswith("No. Yes.")


def phrases(text: str) -> list[str]:
    """The clauses of a text that comes word by word, for somebody who waits."""
    splitter = ClauseSplitter(phrases=True)
    pieces = re.findall(r"\s*\S+", text)
    return [clause for piece in pieces for clause in splitter.feed(piece)] + splitter.flush()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The largest planet in our solar system is Jupiter.", "The largest planet"),
        ("The sky appears blue because of scattered light.", "The sky appears blue"),
        ("An average is a measure of the values of a set.", "An average is a measure"),
        ("Well of course, the capital of it is Paris.", "Well of course,"),
        ("Paris is the capital.", "Paris is the capital."),
    ],
)
def test_who_waits_hears_the_first_phrase(text, first):
    """The first clause ends where English begins another phrase, if no comma comes before."""
    assert phrases(text)[0] == first


def test_a_phrase_does_not_end_in_a_word_that_belongs_to_the_next():
    """Nobody pauses between "is" and "at", or after "the"."""
    assert phrases("The North Pole is at minus forty.") == ["The North Pole is at minus forty."]
    long = "Sourdough bread makers everywhere always recommend the overnight proofing method."
    assert phrases(long)[0] == "Sourdough bread makers everywhere always recommend"


def test_only_the_first_clause_is_a_phrase():
    """What follows is whole sentences: the listener is busy listening."""
    text = "The largest planet in our solar system is Jupiter. It has a lot of moons in its orbit."
    assert phrases(text)[1:] == [
        "in our solar system is Jupiter.",
        "It has a lot of moons in its orbit.",
    ]


@given(texts, st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_phrases_lose_nothing_either(text, sizes):
    """The clauses are the text, apart from white space, whatever pieces it comes in."""
    splitter, clauses, at, turn = ClauseSplitter(phrases=True), [], 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        clauses += splitter.feed(text[at : at + size])
        at, turn = at + size, turn + 1
    clauses += splitter.flush()
    assert squeeze("".join(clauses)) == squeeze(text)
    assert all(clause.strip() == clause != "" for clause in clauses)
