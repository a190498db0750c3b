"""Items drawn by seed."""

from pathlib import Path

import pytest

from perf.bench.corpus.drawing import Drawing
from perf.bench.corpus.lists import texts
from perf.bench.corpus.waves import length
from perf.bench.scenario import Draw
from tests.unit.perf.corpus_kit import AFTER, Mute
from tritone.errors import SetupError

pytestmark = pytest.mark.unit


@pytest.fixture
def speaker(tmp_path: Path) -> Mute:
    return Mute(tmp_path)


def asked(drawing: Drawing, kind: str, count: int) -> list[str]:
    return [item.text for item in drawing.drawn(Draw(kind=kind), count)]


def test_same_seed_draws_the_same(speaker):
    """Also when other kinds were drawn in between."""
    one, other = Drawing(3, speaker), Drawing(3, speaker)
    other.drawn(Draw(kind="text"), 5)
    assert asked(one, "chat", 20) == asked(other, "chat", 20)


def test_another_seed_draws_others(speaker):
    """Two runs share few items."""
    one, other = (set(asked(Drawing(seed, speaker), "passage", 30)) for seed in (1, 2))
    assert len(one & other) < 15


def test_nothing_comes_twice_before_everything_came(speaker):
    """A list is gone through to its end, and then again in another order."""
    drawing = Drawing(1, speaker)
    every = len(texts("prompts"))
    first, second = asked(drawing, "chat", every), asked(drawing, "chat", every)
    assert set(first) == set(second) == set(texts("prompts"))
    assert first != second


def test_speech_is_a_recording_of_its_text(speaker):
    """With its length, and where its speech ends."""
    (item,) = Drawing(1, speaker).drawn(Draw(kind="speech", max_tokens=24), 1)
    assert item.kind == "speech"
    assert item.max_tokens == 24
    assert item.text in texts("questions")
    assert length(Path(item.path)) == pytest.approx(item.seconds, abs=0.001)
    assert item.end_of_speech == pytest.approx(item.seconds - AFTER)


def test_seed_chooses_how_a_text_is_spoken(speaker):
    """One text is not spoken alike in all runs, and always alike in one."""
    for seed in range(3):
        Drawing(seed, speaker).drawn(Draw(kind="speech"), len(texts("questions")))
    ways = len(set(speaker.spoken)) / len(texts("questions"))
    assert 1.5 < ways < 3.0


def test_conversations_bring_turns_of_their_own(speaker):
    """Each item has another session, and what was said before in it, question and answer."""
    one, other = Drawing(1, speaker).drawn(Draw(kind="speech", turns=2), 2)
    assert one.session != other.session
    assert [turn.role for turn in one.history] == ["user", "assistant"] * 2
    assert one.history != other.history


def test_commands_are_answered_in_writing(speaker):
    """Who asks AIService asks in writing."""
    (item,) = Drawing(1, speaker).drawn(Draw(kind="command"), 1)
    assert item.kind == "chat"
    assert item.text in texts("commands")


def test_long_recording_is_as_long_as_wanted_and_not_longer(speaker):
    """It says passages, and its text is theirs."""
    (item,) = Drawing(1, speaker).drawn(Draw(kind="recording", seconds=90.0), 1)
    assert 80.0 < item.seconds <= 90.0
    assert length(Path(item.path)) == pytest.approx(item.seconds)
    assert item.seconds - AFTER == pytest.approx(item.end_of_speech)
    rest = item.text
    for text in texts("passages"):
        rest = rest.replace(text, "")
    assert not rest.strip()


def test_long_recordings_of_a_run_say_the_same_in_other_orders(speaker):
    """Few passages have to be spoken for many long recordings."""
    one, other = Drawing(1, speaker).drawn(Draw(kind="recording", seconds=60.0), 2)
    assert one.text != other.text
    assert len({text for text, _ in speaker.spoken}) < 30
    shared = set(one.text.split(". ")) & set(other.text.split(". "))
    assert len(shared) > 10


def test_too_short_a_recording_is_refused(speaker):
    """No passage fits into a second."""
    with pytest.raises(SetupError, match="no room"):
        Drawing(1, speaker).drawn(Draw(kind="recording", seconds=1.0), 1)
