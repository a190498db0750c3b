"""``python -m perf.bench``: runs scenarios, prints the goals' table, keeps the report."""

import contextlib
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from perf.bench.corpus.drawing import Drawing
from perf.bench.corpus.speaking import Speaker
from perf.bench.interrupts import sigterm_interrupts
from perf.bench.peers.given import given
from perf.bench.plan import Plan
from perf.bench.ports import on_free_ports
from perf.bench.report.console import show
from perf.bench.report.document import documented
from perf.bench.report.writing import RESULTS, write
from perf.bench.results import Results
from perf.bench.runner import Runner, Tell
from perf.bench.scenario import Scenario, Step
from perf.bench.scenarios import SCENARIOS, STEPS
from tritone.errors import SetupError, TritoneError
from tritone.settings import Settings, settings

__all__ = ["main"]

FULL_SECONDS: Final = 19.5 * 60
QUICK_SECONDS: Final = 2.8 * 60
_EVERY: tuple[Scenario | Step, ...] = (*SCENARIOS, *STEPS)


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="Three minutes: fewer rounds, without Ray Serve.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="A scenario's key; repeatable.", show_default=False)
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List scenarios, and end.")] = False,
    seed: Annotated[
        int | None, typer.Option(help="Of what is asked; drawn when left out.", show_default=False)
    ] = None,
    rounds: Annotated[
        int, typer.Option(help="Rounds of every scenario; 0: as many as its time allows.", min=0)
    ] = 0,
    results: Annotated[Path, typer.Option(help="Where the report goes.")] = RESULTS,
    server: Annotated[
        str, typer.Option(help="HOST:PORT of a running Triton's gRPC, instead of one of our own.")
    ] = "",
) -> None:
    """Measure Tritone against its goals, its engines' own floor, and what else there is.

    Ctrl-C ends everything that was started; no report is written then.
    """
    console = Console(stderr=True)
    if list_:
        for work in _EVERY:
            Console().print(f"{work.key:16}{work.title}", highlight=False)
        return
    try:
        plan = Plan(
            work=_chosen(only or [], quick=quick),
            quick=quick,
            rounds=rounds,
            # Another seed each time: nothing can be tuned to the sentences of one.
            limit=math.inf if rounds else QUICK_SECONDS if quick else FULL_SECONDS,
            seed=random.SystemRandom().randrange(1_000_000) if seed is None else seed,
        )
        with sigterm_interrupts():
            found = _run(plan, _settings(server), console)
    except TritoneError as error:
        console.print(f"error: {error.message}", style="bold red", highlight=False, markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print("interrupted: everything that was started has been ended", highlight=False)
        raise typer.Exit(130) from None
    document = documented(found)
    text = write(document, results)
    show(document, Console())
    console.print(f"seed {plan.seed}; {found.seconds / 60:.1f} min; report: {text}", soft_wrap=True)


def _chosen(keys: list[str], *, quick: bool) -> list[Scenario | Step]:
    """What is to be run: what was named, or all that the extent has."""
    known = {work.key: work for work in _EVERY}
    if unknown := [key for key in keys if key not in known]:
        raise SetupError(f"there is no scenario '{unknown[0]}': choose from {', '.join(known)}")
    if keys:
        return [work for work in _EVERY if work.key in keys]
    return [work for work in _EVERY if not quick or work.quick]


def _settings(server: str) -> Settings:
    ours = settings()
    return on_free_ports(ours.model_copy(update={"triton_url": server}) if server else ours)


def _run(plan: Plan, used: Settings, console: Console) -> Results:
    folder = used.home / "perf" / "recordings"
    with _progress(console) as tell, Speaker(given(used, "tts").weights, folder) as speaker:
        return Runner(plan, used, Drawing(plan.seed, speaker), tell=tell).run()


@contextlib.contextmanager
def _progress(console: Console) -> Iterator[Tell]:
    """A bar on a terminal; elsewhere a line when something new begins."""
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    said = ""
    task = bars.add_task("", total=1.0)

    def tell(text: str, done: float) -> None:
        nonlocal said
        bars.update(task, description=text, completed=done)
        if text != said and not console.is_terminal:
            console.print(f"{done:4.0%} {text}", highlight=False)
        said = text

    with bars:
        yield tell


if __name__ == "__main__":
    typer.run(main)
