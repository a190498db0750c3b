"""How many sentences are understood rightly, by the language model and the rules around it.

Each sentence goes to the `intent` ensemble of a running Triton, and its answer through the guard
and the resolver: what counts is what would have been done in the house of intents/house.yaml. The
fast path's templates are left out. Several Tritons, or versions of the ensemble, are compared by
naming them:

    python perf/intent_accuracy.py perf/intents/utterances.yaml
    python perf/intent_accuracy.py --server small=127.0.0.1:8001 --server large=127.0.0.1:9001

Needs a running Triton (`tritone up`). It exits with 1 where something would have been done that
nobody asked for.
"""

import asyncio
import contextlib
import dataclasses
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from intent_report import markdown, report
from intent_scoring import (
    Score,
    Utterance,
    failed,
    read_house,
    read_utterances,
    score,
    steps,
)
from rich.console import Console
from rich.progress import Progress

from tritone import messages
from tritone.client import Client
from tritone.contract import INTENT, IntentRequest, IntentResponse, Model
from tritone.errors import TritoneError, Unavailable
from tritone.intents.entities import Entity
from tritone.intents.understood import said_names
from tritone.messages import Intent

__all__ = ["main"]

HERE = Path(__file__).parent / "intents"
TRIES = 4
PAUSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Subject:
    """A Triton and a version of its ensemble; an empty version is the server's choice."""

    name: str
    address: str
    version: str


async def measure(
    subject: Subject,
    utterances: Sequence[Utterance],
    entities: Sequence[Entity],
    at_once: int,
    progress: Progress,
) -> tuple[list[Score], list[float]]:
    """The score of each sentence, and seconds that each answer took."""
    model = dataclasses.replace(INTENT, version=subject.version)
    names = said_names(entities)
    places = asyncio.Semaphore(at_once)
    seconds: list[float] = []
    task = progress.add_task(subject.name, total=len(utterances))
    async with Client(subject.address) as client:

        async def one(utterance: Utterance) -> Score:
            async with places:
                try:
                    answer = await _patiently(client, model, utterance.text, names, seconds)
                except TritoneError as error:
                    return failed(utterance, f"{error.code}: {error.message}")
                finally:
                    progress.advance(task)
                return score(utterance, *steps(answer, utterance.text, entities))

        scores = await asyncio.gather(*map(one, utterances))
    return list(scores), seconds


async def _patiently(
    client: Client,
    model: Model[IntentRequest, IntentResponse],
    text: str,
    names: tuple[str, ...],
    seconds: list[float],
) -> Intent:
    """An answer, though a server may be starting again; how long it took goes into `seconds`."""
    for _ in range(TRIES - 1):
        began = time.perf_counter()
        with contextlib.suppress(Unavailable):
            found = await _ask(client, model, text, names)
            seconds.append(time.perf_counter() - began)
            return found
        await asyncio.sleep(PAUSE_SECONDS)
    return await _ask(client, model, text, names)


async def _ask(
    client: Client,
    model: Model[IntentRequest, IntentResponse],
    text: str,
    names: tuple[str, ...],
) -> Intent:
    asked = client.stream(model, IntentRequest(text=text, entities=names), timeout=120)
    async with contextlib.aclosing(asked) as answers:
        found = [answer.intent async for answer in answers]
    intent: Intent = messages.decode(Intent, found[-1])
    return intent


def main(
    sentences: Annotated[Path, typer.Argument(help="File of sentences.")] = HERE / "dev.yaml",
    house: Annotated[Path, typer.Option(help="File of the house.")] = HERE / "house.yaml",
    server: Annotated[
        list[str] | None, typer.Option(help="[NAME=]HOST:PORT of Triton's gRPC; repeatable.")
    ] = None,
    version: Annotated[
        list[str] | None, typer.Option(help="Version of the ensemble; repeatable.")
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, help="Sentences asked about at once.")] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of Markdown.")] = False,
) -> None:
    """Measure how many sentences are understood rightly."""
    utterances, entities = read_utterances(sentences), read_house(house)
    found = []
    with Progress(console=Console(stderr=True)) as progress:
        for named in server or ["127.0.0.1:8001"]:
            name, _, address = named.rpartition("=")
            for number in version or [""]:
                subject = Subject(name or address, address, number)
                measured = measure(subject, utterances, entities, at_once, progress)
                found.append(report(subject.name, number, *asyncio.run(measured)))
    typer.echo(json.dumps(found, indent=1) if as_json else "\n\n".join(map(markdown, found)))
    if any(row["kinds"]["all"]["wrong_actions"] for row in found):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
