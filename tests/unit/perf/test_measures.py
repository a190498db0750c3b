"""Figures of a round, from answers that somebody made up."""

import pytest

from perf.bench.measures import measured, part
from perf.bench.subjects.base import Answer, Item
from perf.bench.wire import Done
from tests.unit.perf.perf_kit import chat

pytestmark = pytest.mark.unit


def done(*answers: Answer, **fields) -> Done:
    return Done(**{"wall": 2.0, "answers": answers, **fields})


def figures(*answers: Answer, **fields) -> dict[str, float]:
    return measured([chat()] * len(answers), done(*answers, **fields))


def test_rates_count_units_and_answers():
    """Throughput is units over the round's time; turns count answers, however large."""
    found = figures(Answer(units=30.0), Answer(units=10.0))
    assert (found["rate"], found["turns"]) == (20.0, 1.0)


def test_times_are_of_first_and_last_piece():
    """The median, and how much longer than it the slowest took."""
    answers = (Answer(first=first, last=first + 1) for first in (0.1, 0.2, 0.4))
    found = figures(*answers)
    assert found["first"] == pytest.approx(0.2)
    assert found["first_slowest"] == pytest.approx(2.0)
    assert found["last"] == pytest.approx(1.2)


def test_answers_in_one_piece_have_no_first():
    """What comes at once has no time to its first piece."""
    assert "first" not in figures(Answer(last=1.0))


def test_errors_are_counted_and_nothing_else_of_them():
    """A quick error makes nothing faster."""
    found = figures(Answer(last=1.0), Answer(last=0.001, error="no"), cpu=3.0)
    assert found["failed"] == 1
    assert found["last"] == 1.0
    assert found["turns"] == 0.5
    assert found["cpu"] == 3.0


def test_a_round_of_errors_has_only_their_number():
    """There is no median of nothing."""
    assert figures(Answer(error="no"), memory=5) == {"failed": 1.0, "memory": 5.0}


def test_worst_of_the_round():
    """Pauses in audio and tokens after a cancel are told by the worst."""
    found = figures(
        Answer(extra={"stall_seconds": 0.1, "tokens_after_cancel": 1}),
        Answer(extra={"stall_seconds": 0.3, "tokens_after_cancel": 4}),
        Answer(),
    )
    assert (found["stall"], found["after_cancel"]) == (0.3, 4.0)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (Answer(extra={"text": "why is the sky red"}), 1.0),
        (Answer(extra={"transcript": "Why is the sky blue?", "text": "Air."}, first=0.1), 0.0),
        (Answer(extra={"text": "Air."}, first=0.1), None),
    ],
    ids=["transcript", "turn", "reply"],
)
def test_word_errors_are_of_transcripts(answer: Answer, wrong: float | None):
    """A transcript is held against what was said; a reply is not."""
    item = Item(kind="speech", text="Why is the sky blue?")
    found = measured([item], done(answer))
    assert found.get("word_errors") == wrong
    assert found.get("words") == (None if wrong is None else 5.0)


def test_part_of_values():
    """The value that 95 % are not above, and the greatest of few."""
    values = [float(number) for number in range(100)]
    assert part(values, 0.95) == 95.0
    assert part([1.0, 2.0], 0.95) == 2.0
