"""`tritone talk`: one spoken turn."""

from pathlib import Path
from typing import Annotated

import typer

from tritone.cli.flags import (
    Json,
    Language,
    MaxTokens,
    Seed,
    Speed,
    System,
    Temperature,
    Voice,
    wav_name,
)

__all__ = ["talk"]


def talk(
    question: Annotated[
        Path | None,
        typer.Argument(
            help="Recording of the question: WAV, FLAC, Ogg, MP3.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="WAV file of the spoken answer.", callback=wav_name),
    ] = Path("reply.wav"),
    voice: Voice = "",
    language: Language = "",
    system: System = "",
    history: Annotated[
        Path | None,
        typer.Option(
            help="The conversation so far, a JSON array of OpenAI messages. "
            "Made if it is not there; this turn is added to it.",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    speed: Speed = 1.0,
    max_tokens: MaxTokens = 256,
    temperature: Temperature = 0.0,
    seed: Seed = None,
    mic: Annotated[
        bool, typer.Option("--mic", help="Record the question: ends with silence, or Enter.")
    ] = False,
    play: Annotated[bool, typer.Option("--play", help="Play the answer while it comes.")] = False,
    as_json: Json = False,
) -> None:
    """Ask by voice, be answered by voice.

    Shows what was heard, the answer while it is generated, and how long
    each stage took.

    Examples:
      tritone talk samples/question.wav -o reply.wav
      tritone talk --mic --play --history chat.json
    """
    if (question is None) != mic:
        raise typer.BadParameter("give either a recording or --mic", param_hint="QUESTION")
    from tritone.cli import connection, microphone
    from tritone.cli.conversation import History, converse
    from tritone.cli.output import Output
    from tritone.cli.recordings import read_recording
    from tritone.contract import VoiceRequest
    from tritone.settings import settings

    out = Output(as_json)
    recording = read_recording(question) if question else None
    conversation = History(history)

    async def work() -> None:
        async with connection.connect(settings()) as client:
            heard = recording or await microphone.record(client, out)
            request = VoiceRequest(
                audio=heard.samples,
                sample_rate=heard.sample_rate,
                history=conversation.text,
                system_prompt=system,
                voice=voice,
                language=language,
                speed=speed,
                max_tokens=max_tokens,
                temperature=temperature,
                random_seed=seed,
            )
            turn = await converse(client, request, out, output, play=play)
        conversation.add(turn)

    connection.run(work())
