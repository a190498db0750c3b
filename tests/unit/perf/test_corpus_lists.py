"""The lists that items are drawn from."""

import re
from pathlib import Path

import pytest

from perf.bench.corpus.lists import LISTS, texts
from perf.bench.words import plain

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", LISTS)
def test_no_text_comes_twice(name):
    """A list holds each text once, whatever its case and punctuation."""
    found = [" ".join(plain(text)) for text in texts(name)]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("name", ["questions", "sentences", "passages"])
def test_lists_are_far_longer_than_a_run_needs(name):
    """So that another seed asks other things."""
    assert len(texts(name)) >= 300


def test_headings_are_no_texts():
    """What names a kind of texts is left out, and so are empty lines."""
    assert not any(text.startswith("#") or not text for name in LISTS for text in texts(name))


def test_no_question_is_one_of_the_products_own():
    """The shipped recordings are what the product is tried with, not what it is measured with."""
    shipped = re.findall(r"\| ([A-Z][^|]*\?) \|", (ROOT / "samples" / "README.md").read_text())
    assert shipped
    asked = {" ".join(plain(text)) for text in texts("questions")}
    assert asked.isdisjoint(" ".join(plain(question)) for question in shipped)


def test_questions_are_short():
    """A question is said in a few seconds."""
    assert max(len(plain(text)) for text in texts("questions")) <= 14
