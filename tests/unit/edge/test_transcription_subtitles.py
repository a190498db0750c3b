"""Subtitles: what is shown, when, and how it is written down."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.subtitles import LINE, LINES, SECONDS, cues, srt, vtt
from tritone.messages import Segment, Word

pytestmark = pytest.mark.unit


def segment(text, start=0.0, pace=0.3, timed=True):
    """A segment whose words take the same time each."""
    words = tuple(
        Word(word=word, start=start + i * pace, end=start + (i + 1) * pace, probability=0.9)
        for i, word in enumerate(text.split())
    )
    return Segment(
        start=start,
        end=start + pace * len(words),
        text=text,
        no_speech_prob=0.0,
        avg_logprob=-0.1,
        compression_ratio=1.0,
        temperature=0.0,
        tokens=(),
        words=words if timed else (),
    )


def test_a_short_segment_is_one_cue():
    """In both formats, as their descriptions have it."""
    spoken = [segment("The kettle is ready.", 3661.5)]
    assert srt(spoken) == "1\n01:01:01,500 --> 01:01:02,700\nThe kettle is ready.\n\n"
    assert vtt(spoken) == "WEBVTT\n\n01:01:01.500 --> 01:01:02.700\nThe kettle is ready.\n\n"


def test_nothing_said_is_an_empty_file():
    """WebVTT has a head all the same."""
    assert (srt([]), vtt([])) == ("", "WEBVTT\n\n")


def test_long_segments_are_cut_at_sentences():
    """And every cue has the time of its words."""
    first = "This is a sentence of some length that fills a cue."
    second = "Here is another one, which is not much shorter than that."
    one, other = cues([segment(f"{first} {second}")])
    assert (one.text.replace("\n", " "), other.text.replace("\n", " ")) == (first, second)
    assert one.end == other.start == pytest.approx(0.3 * len(first.split()))


def test_what_a_segment_without_words_says_is_shown_whole():
    """There are no times to cut by."""
    long = "word " * 40
    (only,) = cues([segment(long.strip(), timed=False)])
    assert only.text.split() == long.split()


def test_text_cannot_pretend_to_be_structure():
    """Arrows, tags and entities in what was said."""
    spoken = [segment("a --> b <b>&amp;</b>")]
    assert vtt(spoken).count("-->") == srt(spoken).count("-->") == 1
    assert "a --&gt; b &lt;b&gt;&amp;amp;&lt;/b&gt;" in vtt(spoken)


def test_scripts_without_spaces_are_broken_too():
    """A letter of theirs is two columns wide."""
    text = "日本語" * 12
    words = tuple(
        Word(word=letter, start=i * 0.1, end=i * 0.1 + 0.1, probability=1.0)
        for i, letter in enumerate(text)
    )
    made = segment(text, timed=False)
    found = cues(
        [Segment(**{f: getattr(made, f) for f in made.__struct_fields__} | {"words": words})]
    )
    assert "".join(cue.text.replace("\n", "") for cue in found) == text
    assert all(len(line) <= LINE // 2 for cue in found for line in cue.text.split("\n"))


@given(
    st.lists(
        st.tuples(
            st.lists(st.from_regex(r"\A[a-z]{1,14}[.,?]?\Z"), min_size=1, max_size=60).map(
                " ".join
            ),
            st.floats(0.05, 1.5),
            st.floats(0, 3),
        ),
        max_size=6,
    )
)
def test_cues_are_readable_complete_and_in_order(spoken):
    """Two lines, seven seconds, every word once, and no cue reaches into the next."""
    at, segments = 0.0, []
    for text, pace, gap in spoken:
        segments.append(segment(text, at + gap, pace))
        at = segments[-1].end
    found = cues(segments)
    assert " ".join(" ".join(cue.text.split()) for cue in found) == " ".join(
        each.text for each in segments
    )
    for cue in found:
        lines = cue.text.split("\n")
        assert len(lines) <= LINES
        assert all(len(line) <= LINE for line in lines)
        assert 0 < cue.end - cue.start <= SECONDS + 1e-6
    assert all(one.end <= other.start + 0.0011 for one, other in pairwise(found))
    numbers = re.findall(r"^(\d+)\n\d\d:", srt(segments), re.MULTILINE)
    assert [*map(int, numbers)] == [*range(1, len(found) + 1)]
