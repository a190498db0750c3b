"""Written text becomes what a person would read aloud."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.tts.spoken import spoken

pytestmark = pytest.mark.unit

_words = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
_sentence = st.lists(_words, min_size=1, max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**Paris** is the *capital* of France.", "Paris is the capital of France."),
        ("***Bold _and italic_***", "Bold and italic"),
        ("~~old~~ new", "old new"),
        ("foo**bar**baz", "foobarbaz"),
        ("**Paris", "Paris"),
        ("Paris** is", "Paris is"),
        ("call `print(x)` now", "call print(x) now"),
        ("snake_case_name", "snake case name"),
        ("2 * 3 and 5*6", "2 × 3 and 5 × 6"),
        ("a < b > c", "a < b > c"),
        ("see [the docs](https://x.example/y) now", "see the docs now"),
        ("![a cat](cat.png)", "a cat"),
        ("see https://www.example.com/a/b?c=d. Next", "see example.com. Next"),
        ("one<br>two <b>three</b>", "one two three"),
        ("It's 5 o'clock 😊", "It's 5 o'clock"),
        ("20°C ± 5%", "20°C ± 5%"),
        ("Really?!?! Wow!!!", "Really? Wow!"),
    ],
)
def test_marks_inside_a_line_are_not_read(written: str, read: str) -> None:
    """Emphasis, code, links, tags, addresses and emoji keep their words and lose their marks."""
    assert spoken(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("# Title\n\n- one\n- two\n\nThis goes\non here.", "Title. one. two. This goes on here."),
        ("1. First\n2. Second", "1. First. 2. Second"),
        ("> quoted\n> more", "quoted more"),
        ("- [x] done\n- [ ] open", "done. open"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a, b. 1, 2"),
        ("above\n\n---\n\nbelow", "above. below"),
        ("Is it?\n\nYes", "Is it? Yes"),
        ("a\r\nb", "a b"),
    ],
)
def test_blocks_become_sentences(written: str, read: str) -> None:
    """Headings, items, table rows and paragraphs end like a sentence; wrapped lines flow on."""
    assert spoken(written) == read


def test_code_is_left_out_beside_words() -> None:
    """A fenced block is not read where there is something else to say."""
    assert spoken("Do this:\n```python\nx = 1\n```\nThen run it.") == "Do this: Then run it."


def test_code_alone_is_read() -> None:
    """An answer that is nothing but code is not silent."""
    assert spoken("```python\nprint(1)\n```") == "print(1)"


@pytest.mark.parametrize(
    "text", ["", " \n\t", "🙂👍🏽", "…", "!!!", "- ", "***", "\x00\x07", "---"]
)
def test_nothing_to_say_is_empty(text: str) -> None:
    """Emoji, punctuation and marks alone are silence, not "exclamation mark"."""
    assert spoken(text) == ""


@given(_sentence)
def test_plain_words_stay(sentence: str) -> None:
    """Prose without marks is read as it is written."""
    assert spoken(sentence) == sentence


@given(_sentence, st.sampled_from(["*", "**", "***", "_", "__", "~~", "`"]))
def test_emphasised_words_stay(sentence: str, mark: str) -> None:
    """Whatever marks enclose a sentence, its words are all that is read."""
    assert spoken(f"{mark}{sentence}{mark}") == sentence


@given(st.text(max_size=300))
def test_any_text_is_one_clean_line(text: str) -> None:
    """No text crashes it, and none leaves control characters or line breaks behind."""
    read = spoken(text)
    assert read == read.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in read)


@given(st.text(alphabet="*_`~#->|[]()!ab 1\n", max_size=200))
def test_no_emphasis_mark_survives(text: str) -> None:
    """However Markdown's marks are jumbled, no asterisk or backtick is read aloud."""
    assert not set("*`") & set(spoken(text))
