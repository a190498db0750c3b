"""``python -m perf.bench.analyzer FOLDER``: perf_analyzer by hand.

Gets the tool, writes what to ask into the folder, and prints a command line for each model.
"""

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from perf.bench.analyzer.asking import written
from perf.bench.analyzer.runs import RUNS, command
from perf.bench.analyzer.tool import obtained
from perf.bench.corpus.drawing import Drawing
from perf.bench.corpus.speaking import Speaker
from perf.bench.peers.given import given
from tritone.errors import TritoneError
from tritone.settings import settings

__all__ = ["main"]


def main(
    folder: Annotated[Path, typer.Argument(help="Where to write what is to be asked.")],
    callers: Annotated[int, typer.Option(help="Callers at once.", min=1)] = 4,
    triton: Annotated[str, typer.Option(help="Triton's gRPC.")] = "127.0.0.1:8001",
    edge: Annotated[str, typer.Option(help="The edge.")] = "127.0.0.1:8080",
    seed: Annotated[int, typer.Option(help="Of what is asked.")] = 0,
) -> None:
    """Write requests for perf_analyzer, and print its command lines."""
    stderr = Console(stderr=True)
    lines = []
    try:
        tool = obtained(settings().home)
        voice = given(settings(), "tts").weights
        with Speaker(voice, settings().home / "perf" / "recordings") as speaker:
            drawing = Drawing(seed, speaker)
            for run in track(RUNS, "writing requests", console=stderr):
                items = drawing.drawn(run.draw, callers * run.each(callers))
                asked = written(run.key, items, folder / f"{run.key}.json")
                export = folder / f"{run.key}-times.json"
                report = folder / f"{run.key}-report.csv"
                address = edge if run.edge else triton
                lines.append(command("perf_analyzer", run, address, callers, asked, export, report))
    except TritoneError as error:
        stderr.print(error.message, style="red", markup=False)
        raise SystemExit(1) from None
    # A function, so that no other program of the shell meets its libraries.
    libraries, program = shlex.quote(str(tool.libraries)), shlex.quote(str(tool.program))
    typer.echo(f'perf_analyzer() {{ LD_LIBRARY_PATH={libraries} {program} "$@"; }}')
    for line in lines:
        typer.echo(shlex.join(line))


if __name__ == "__main__":
    typer.run(main)
