"""Pictures of a run, as SVG: what load does to each subject, one spoken turn, batch sizes."""

import io
from collections.abc import Callable
from typing import Any, Final

import matplotlib as mpl

mpl.use("svg")  # no screen is asked for
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perf.bench.comparing import spread
from perf.bench.report import figures
from perf.bench.results import Cell, Found, Results
from perf.bench.scenario import Scenario
from perf.bench.scenarios import SCENARIOS
from perf.bench.subjects import SUBJECTS

__all__ = ["drawn"]

_INCHES: Final = (9.0, 3.6)
_STYLE: Final[Any] = {
    "svg.hashsalt": "tritone",  # the same data gives the same file
    "font.size": 9,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def drawn(results: Results) -> dict[str, str]:
    """The pictures by name: of scenarios by their keys, ``waterfall`` and ``batches``."""
    found: dict[str, str] = {}
    with mpl.rc_context(_STYLE):
        for scenario in SCENARIOS:
            each = results.found.get(scenario.key)
            if each and len(_numbers(each, scenario)) > 1:
                found[scenario.key] = _picture(_against_load, scenario, each)
        if turns := _staged(results.found.get("voice")):
            found["waterfall"] = _picture(_waterfall, turns)
        sized = {key: one.batches for key, one in results.found.items() if one.batches}
        if models := sorted({model for one in sized.values() for model in one}):
            found["batches"] = _picture(_batches, models, sized)
    return found


def _picture(draw: Callable[..., None], *arguments: Any) -> str:
    picture = Figure(figsize=_INCHES, layout="constrained")
    draw(picture, *arguments)
    text = io.StringIO()
    picture.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _numbers(found: Found, scenario: Scenario) -> list[str]:
    """The points that have a place on the axis, in order."""
    points = {cell.point for cell in found.cells if scenario.axis and cell.point.isdecimal()}
    return sorted(points, key=int)


def _against_load(picture: Figure, scenario: Scenario, found: Found) -> None:
    """Two panels over the load: the time that matters, and what is done in a second."""
    measured = {name for cell in found.cells for name in cell.measures}
    times = "first" if "first" in measured else "last"
    rate = "turns" if "turns" in scenario.shown else "rate"
    for axes, measure in zip(picture.subplots(1, 2), (times, rate), strict=True):
        _lines(axes, scenario, found, measure)
    picture.suptitle(scenario.title)


def _lines(axes: Axes, scenario: Scenario, found: Found, measure: str) -> None:
    points = _numbers(found, scenario)
    for subject in scenario.subjects:
        places, middles, spans = [], [], []
        for point in points:
            over = spread(list(found.series(subject, point, measure).values()))
            if over:
                places.append(points.index(point))
                middles.append(over.median)
                spans.append((over.median - over.low, over.high - over.median))
        if places:
            below, above = zip(*spans, strict=True)
            title = SUBJECTS[subject].title
            axes.errorbar(places, middles, yerr=(below, above), label=title, marker="o", capsize=3)
    axes.set_xticks(range(len(points)), points)
    axes.set_xlabel(scenario.axis)
    unit = "s" if measure in {"first", "last"} else "1/s"
    axes.set_ylabel(f"{figures.NAMES[measure]}, {unit}")
    axes.set_ylim(bottom=0)
    axes.legend()


def _staged(found: Found | None) -> list[Cell]:
    """For each subject, the round in the middle of those that tell their stages."""
    by_subject: dict[str, list[Cell]] = {}
    for cell in found.cells if found else ():
        if cell.stages and "first" in cell.measures:
            by_subject.setdefault(cell.subject, []).append(cell)
    return [
        sorted(cells, key=lambda cell: cell.measures["first"])[(len(cells) - 1) // 2]
        for cells in by_subject.values()
    ]


def _waterfall(picture: Figure, turns: list[Cell]) -> None:
    """Stages of one turn, one below the other; a panel for each subject, on one axis of time."""
    panels = picture.subplots(len(turns), 1, sharex=True, squeeze=False)
    for axes, cell in zip(panels[:, 0], turns, strict=True):
        names = list(dict.fromkeys(name for name, _, _ in cell.stages))
        for name, begin, end in cell.stages:
            # A stage that takes no time is a moment: it has to be seen all the same.
            axes.barh(names.index(name), max(end - begin, 0.004), left=begin, color="C0")
            axes.text(end, names.index(name), f" {1000 * (end - begin):.0f} ms", va="center")
        axes.axvline(cell.measures["first"], color="C3", linestyle="--", label="first audio")
        axes.legend()
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.set_title(SUBJECTS[cell.subject].title, loc="left")
    panels[-1, 0].set_xlabel("seconds since the end of speech")


def _batches(picture: Figure, models: list[str], sized: dict[str, Any]) -> None:
    """For each model, what part of its requests shared a batch of which size, by scenario."""
    for axes, model in zip(picture.subplots(1, len(models), squeeze=False)[0], models, strict=True):
        keys = [key for key in sized if model in sized[key]]
        sizes = sorted({int(size) for key in keys for size in sized[key][model]})
        whole = {key: sum(int(s) * n for s, n in sized[key][model].items()) for key in keys}
        left = [0.0] * len(keys)
        for number, size in enumerate(sizes):
            parts = [size * sized[key][model].get(str(size), 0) / whole[key] for key in keys]
            shade = 0.2 + 0.8 * number / max(len(sizes) - 1, 1)
            axes.barh(keys, parts, left=left, color=mpl.colormaps["viridis"](shade), label=size)
            left = [a + b for a, b in zip(left, parts, strict=True)]
        axes.set_title(model)
        axes.set_xlabel("part of all requests, by batch size")
        axes.set_xlim(0.0, 1.3)  # room for the legend
        axes.set_xticks([0.0, 0.5, 1.0])
        axes.invert_yaxis()
        axes.legend(fontsize=7, title="size", loc="upper right")
