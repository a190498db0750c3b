"""The report as text: goals first, then every scenario with its table, then what it is of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from perf.bench.comparing import ratios, spread
from perf.bench.noise import Noise
from perf.bench.report import figures
from perf.bench.report.document import Document
from perf.bench.results import Found, Results
from perf.bench.scenario import Scenario, Step
from perf.bench.scenarios import SCENARIOS, STEPS
from perf.bench.subjects import SUBJECTS

__all__ = ["written"]

_NOISY: Final = 0.05
"""From this coefficient of variation or part stolen on, a machine is called noisy."""


def written(document: Document, plots: Mapping[str, str]) -> str:
    """The text.

    Args:
        document: what came of a run.
        plots: file names of pictures: those of scenarios by their keys, and ``waterfall`` and
            ``batches``.
    """
    results = document.results
    lines = [*_head(results), *_goals(document)]
    for name, title in (("waterfall", "One spoken turn"), ("batches", "Batches")):
        if name in plots:
            lines += [f"## {title}", "", f"![{title}]({plots[name]})", ""]
    every: tuple[Scenario | Step, ...] = (*SCENARIOS, *STEPS)
    for work in every:
        if found := results.found.get(work.key):
            lines += _section(work, found, plots.get(work.key, ""))
    lines += _facts(results)
    return "\n".join(lines).rstrip() + "\n"


def _head(results: Results) -> Iterator[str]:
    machine = results.machine
    memory = float(machine["memory"]) / 1024**3
    yield "# What Tritone takes"
    yield ""
    yield (
        f"{results.began}, commit `{results.commit or 'unknown'}`, {results.extent} run of "
        f"{results.seconds / 60:.0f} min with seed {results.seed}."
    )
    yield (
        f"{machine['cores']} cores of {machine['cpu']}, {memory:.0f} GiB, {machine['system']}, "
        f"Python {machine['python']}."
    )
    yield ""
    yield (
        "Medians over rounds, with quartiles in brackets. A ratio is taken within a round, in "
        "which everybody does the same work in turns."
    )
    yield ""


def _goals(document: Document) -> Iterator[str]:
    yield f"## Goals: {document.holding} of {len(document.goals)} hold"
    yield ""
    yield "| measure | goal | figure | wanted | measured | |"
    yield "|---|---|---|---|---|---|"
    for goal in document.goals:
        names = [f"{goal.measure}", goal.wanted]
        for term in goal.terms:
            unsure = term.verdict != "not measured" and not term.clear
            verdict = f"{term.verdict}{', unclear' if unsure else ''}"
            cells = [*names, term.label, figures.bound(term), figures.figure(term), verdict]
            yield _row(cells)
            names = ["", ""]
    yield ""
    yield "Unclear: one of the quartiles is on the other side."
    yield ""


def _section(work: Scenario | Step, found: Found, plot: str) -> Iterator[str]:
    yield f"## {work.title}"
    yield ""
    yield f"{work.about} (`{work.key}`)"
    yield ""
    yield from _table(work, found) if isinstance(work, Scenario) else _rows(found.rows)
    if plot:
        yield f"![{work.title}]({plot})"
        yield ""
    for name, why in found.lacking.items():
        yield f"- {_title(name) if name else 'Not measured'}: {' '.join(why.split())}"
    for name in found.facts:
        if failures := found.failures(name):
            yield f"- {_title(name)}: {len(failures)} answers were errors, the first: {failures[0]}"
    if found.noise:
        yield f"- {_noise(found.noise)}"
    yield ""


def _table(scenario: Scenario, found: Found) -> Iterator[str]:
    shown = [name for name in scenario.shown if any(name in cell.measures for cell in found.cells)]
    if not shown:
        return
    first = scenario.subjects[0]
    names = [figures.NAMES.get(name, name) for name in shown]
    yield _row([scenario.axis or "load", "", *names, f"ours / theirs, {names[0]}", "rounds"])
    yield "|---|---|" + "---|" * (len(shown) + 2)
    for point in dict.fromkeys(cell.point for cell in found.cells):
        for subject in scenario.subjects:
            series = [found.series(subject, point, name) for name in shown]
            if not any(series):
                continue
            over = ratios(found.series(first, point, shown[0]), series[0])
            yield _row(
                [
                    point,
                    _title(subject),
                    *(_spread(name, each) for name, each in zip(shown, series, strict=True)),
                    figures.ratio(over) if over and subject != first else "",
                    str(max(len(each) for each in series)),
                ]
            )
    yield ""


def _rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = list(dict.fromkeys(name for row in rows for name in row if name != "command"))
    if not names:
        return
    yield _row([name.replace("_", " ") for name in names])
    yield "|" + "---|" * len(names)
    for row in rows:
        yield _row([_cell(row.get(name)) for name in names])
    yield ""


def _facts(results: Results) -> Iterator[str]:
    yield "## What was measured"
    yield ""
    for name, version in sorted(results.versions.items()):
        yield f"- {name} {version}"
    facts: dict[str, Mapping[str, Any]] = dict(results.parts)
    for found in results.found.values():
        facts |= found.facts
    for name, known in facts.items():
        told = ", ".join(f"{key} {_cell(value)}" for key, value in known.items() if value)
        if told:
            yield f"- `{name}`: {told}"
    yield ""


def _spread(measure: str, series: Mapping[int, float]) -> str:
    found = spread(list(series.values()))
    return figures.with_spread(measure, found) if found else ""


def _noise(noise: Noise) -> str:
    stolen = "not told" if noise.steal is None else f"{noise.steal:.1%}"
    noisy = noise.variation > _NOISY or (noise.steal or 0.0) > _NOISY
    return (
        f"Noise: a fixed piece of work varied by {noise.variation:.1%} and drifted to "
        f"{noise.drift:.2f} of its time; stolen by the host: {stolen}"
        f"{' - a noisy stretch' if noisy else ''}."
    )


def _title(subject: str) -> str:
    entry = SUBJECTS.get(subject)
    return f"{entry.title} (`{subject}`)" if entry else subject


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
        case dict():
            return "{" + ", ".join(f"{key}: {_cell(one)}" for key, one in value.items()) + "}"
        case list() | tuple():
            return ", ".join(_cell(one) for one in value)
        case _:
            return str(value)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
