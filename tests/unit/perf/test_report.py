"""The report: data that can be read again, a text with every goal, pictures."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rich.console import Console

from perf.bench.noise import Noise
from perf.bench.report import figures
from perf.bench.report.console import show
from perf.bench.report.document import documented, load, pack
from perf.bench.report.markdown import written
from perf.bench.report.plots import drawn
from perf.bench.report.writing import write
from perf.bench.results import Cell, Results
from tests.unit.perf.perf_kit import cell, found, results
from tritone.errors import SetupError

pytestmark = pytest.mark.unit


@pytest.fixture
def run() -> Results:
    """One in which STT is six times as fast, and one subject could not be measured."""
    stt = found(
        "stt",
        *(
            cell(subject, point, number, rate=rate * (1 + number / 10), last=1 / rate)
            for number in range(3)
            for point in ("1", "8")
            for subject, rate in (("triton.stt", 12.0), ("floor.stt", 2.0))
        ),
        lacking={"ray.stt": "Ray | cannot\nbe installed"},
        facts={"triton.stt": {"threads": 1}},
        batches={"stt": {"1": 3, "4": 9}},
        noise=Noise(probe=0.01, variation=0.2, drift=1.01, steal=0.07, load=1.0),
    )
    stages = [("stt", 0.0, 0.15), ("llm", 0.15, 0.4), ("tts", 0.3, 0.45)]
    turns = [
        Cell(
            subject=name,
            point="1",
            round=0,
            wall=1.0,
            measures={"first": first, "last": 1.0, "cpu": 0.8},
            stages=stages,
        )
        for name, first in (("triton.voice", 0.45), ("floor.voice", 1.2))
    ]
    steps = found("start", rows=[{"way": "cold", "seconds": 12.345}])
    return results(stt, found("voice", *turns), steps)


def test_data_can_be_read_again(run: Results, tmp_path: Path):
    """What is kept is what was found, and goals with their figures."""
    path = tmp_path / "latest.json"
    path.write_bytes(pack(documented(run)))
    again = load(path)
    assert again.results.found["stt"].series("triton.stt", "8", "rate")[0] == 12.0
    assert [goal.verdict for goal in again.goals].count("not measured") >= 8


def test_numbers_are_kept_with_six_digits(run: Results):
    """What no clock could tell is not written down."""
    run.seconds = 1 / 3
    assert b'"seconds": 0.333333,' in pack(documented(run))


def test_other_files_are_refused(tmp_path: Path):
    """A file that is no report is named."""
    path = tmp_path / "latest.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(SetupError, match="is no report of a run"):
        load(path)


def test_text_has_every_goal_with_its_verdict(run: Results):
    """Each with its figure, or why there is none."""
    text = written(documented(run), {})
    document = documented(run)
    for goal in document.goals:
        assert goal.measure in text
        for term in goal.terms:
            assert term.label in text
    assert f"{document.holding} of 11 hold" in text
    assert "| ours / faster-whisper | ≥ 5 | 6.00 (6.00 to 6.00) | holds |" in text


def test_text_tells_what_was_lacking_and_the_noise(run: Results):
    """A subject that could not be measured is named; a noisy stretch is called one."""
    text = written(documented(run), {})
    assert "- Ray Serve (`ray.stt`): Ray | cannot be installed" in text
    assert "varied by 20.0%" in text
    assert "a noisy stretch" in text
    assert "threads 1" in text


def test_tables_of_scenarios_and_steps(run: Results):
    """Medians with quartiles and ratios for scenarios, rows as they are for steps."""
    text = written(documented(run), {})
    assert "| 8 | faster-whisper (`floor.stt`) | 2.20/s (2.10 to 2.30) |" in text
    assert "| 6.00 | 3 |" in text
    assert "| cold | 12.3 |" in text


def test_pictures_are_whole(run: Results):
    """Each is an SVG that stands by itself, and the same data gives the same picture."""
    pictures = drawn(run)
    assert set(pictures) == {"stt", "waterfall", "batches"}
    for picture in pictures.values():
        assert ET.fromstring(picture).tag.endswith("svg")
    assert pictures == drawn(run)


def test_run_without_anything_can_be_written(tmp_path: Path):
    """Also a run in which everything failed has a report."""
    text = write(documented(results()), tmp_path)
    assert "0 of 11 hold" in text.read_text(encoding="utf-8")


def test_old_pictures_go(run: Results, tmp_path: Path):
    """A report has no pictures of another run."""
    old = tmp_path / "latest-llm.svg"
    old.touch()
    write(documented(run), tmp_path)
    assert not old.exists()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        "latest-batches.svg",
        "latest-stt.svg",
        "latest-waterfall.svg",
        "latest.json",
        "latest.md",
    ]


def test_terminal_says_how_many_hold(run: Results):
    """The table, and one line that counts."""
    console = Console(width=200, record=True, quiet=False, file=None, force_terminal=False)
    with console.capture() as captured:
        show(documented(run), console)
    assert "of 11 goals hold" in captured.get()
    assert "not measured" in captured.get()


@pytest.mark.parametrize(
    ("measure", "number", "shown"),
    [
        ("first", 0.4321, "432 ms"),
        ("last", 0.00234, "2.3 ms"),
        ("last", 0.000234, "0.23 ms"),
        ("last", 61.5, "61.50 s"),
        ("rate", 1234.5, "1,234/s"),
        ("rate", 2.345, "2.35/s"),
        ("memory", 3 * 1024**3, "3,072 MiB"),
        ("first_slowest", 1.25, "1.25"),
    ],
)
def test_figures_have_units_and_few_digits(measure: str, number: float, shown: str):
    """As many digits as mean something."""
    assert figures.value(measure, number) == shown
