"""What a subject is: one way to do a kind of work; and the words its work is described in.

A subject is driven by `perf.bench.worker` in a process of its own. It is opened once, asked many
items, often several at once, and closed. Whether it calls a server or an engine in its own process
is its own affair.
"""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import msgspec

__all__ = ["Answer", "Item", "Options", "Subject", "Turn"]


class Turn(msgspec.Struct, frozen=True):
    """Something that was said before, in a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work.

    Attributes:
        kind: ``speech``: a recording, to be transcribed or answered; ``text``: a sentence to
            speak; ``chat``: something to answer in writing; ``passage``: a text to embed.
        text: what is said in the recording, or the text itself.
        path: of the recording, a WAV file with 16 kHz mono int16.
        seconds: length of the recording.
        max_tokens: tokens that an answer has at most; 0 where the item asks for none.
        history: what was said before, oldest first.
        session: names the conversation it belongs to; empty for none.
        end_of_speech: where in the recording its speech ends, in seconds.
    """

    kind: Literal["speech", "text", "chat", "passage"]
    text: str
    path: str = ""
    seconds: float = 0.0
    end_of_speech: float = 0.0
    max_tokens: int = 0
    history: tuple[Turn, ...] = ()
    session: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one item. Times are in seconds from the begin of the call.

    Attributes:
        first: when the first useful piece was there: a token that says something, a sample of
            audio; None where an answer comes in one piece.
        last: when all of it was there.
        units: what throughput counts: 1 for a transcript, a turn or an embedding; tokens of the
            language model; seconds of speech that was made.
        error: in one line, where there was no good answer; None else. `one` may also raise: the
            error is then written here.
        extra: what else is known, by these names where it applies: ``text`` (a transcript that was
            asked for, or a reply), ``transcript`` (what a spoken turn heard), ``audio_seconds``
            (length of the audio that came), ``stall_seconds`` (how long somebody who listens from
            `first` on waits for audio, in sum), ``gaps`` (seconds between tokens, a list),
            ``stages`` (a list of ``[name, begin, end]`` in seconds from the begin of the call),
            ``tokens`` (that the model generated), ``tokens_after_cancel``.
        at: when the call began, in seconds from the begin of the round. Loads fill it in.
        caller: who called, from 0. Loads fill it in.
    """

    first: float | None = None
    last: float = 0.0
    units: float = 1.0
    error: str | None = None
    extra: Mapping[str, Any] = {}
    at: float = 0.0
    caller: int = 0


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Where servers are, and what engines are to run with.

    Attributes:
        triton: host:port of its gRPC.
        triton_http: host:port of its HTTP.
        triton_metrics: host:port of its metrics.
        edge: URL of the OpenAI-compatible door, without ``/v1``.
        nats: URL of the NATS server that the bridge serves.
        aiservice: host:port.
        ray: URL of the Ray Serve application.
        wyoming_stt: host:port of wyoming-faster-whisper.
        wyoming_tts: host:port of wyoming-piper.
        llamacpp: URL of llama.cpp's server, without ``/v1``.
        pids: process ids of these servers, by the names of these attributes; the processes that
            they started belong to them.
        cores: cores that this machine has for us.
        threads: for engines in the subject's own process; 0: as many as the product gives them.
        home: where weights are kept; empty: where the settings say.
        weights_set: ``default`` or ``light``.
        seed: of what a subject draws for itself.
        parameters: of one scenario, for its subjects alone: strings.
    """

    triton: str = ""
    triton_http: str = ""
    triton_metrics: str = ""
    edge: str = ""
    nats: str = ""
    aiservice: str = ""
    ray: str = ""
    wyoming_stt: str = ""
    wyoming_tts: str = ""
    llamacpp: str = ""
    pids: Mapping[str, int] = {}
    cores: int = 1
    threads: int = 0
    home: str = ""
    weights_set: str = "default"
    seed: int = 0
    parameters: Mapping[str, str] = {}


class Subject(Protocol):
    """One way to do a kind of work. It is made without arguments."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        """Loads or connects, and asks once, so that the first item finds everything warm.

        Returns:
            Facts for the report, as JSON can hold them: ``version`` (of the engine or server),
            ``threads``, ``weights`` and what else makes it fair. ``pids`` is special: the process
            ids of who does the work (``os.getpid()`` for an engine in this process, the server's
            for a client), with all that they started; without it no CPU time is measured.
        """
        ...

    async def one(self, item: Item) -> Answer:
        """Does one item. Many calls may run at once; none may block the event loop."""
        ...

    async def close(self) -> None:
        """Lets go of all that it holds."""
        ...
