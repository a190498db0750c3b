"""What `tritone doctor` asks of a running server: one tiny real inference of every model."""

import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tritone import messages
from tritone.cli import connection
from tritone.cli.checks import Finding, State
from tritone.cli.turn import take_turn
from tritone.contract import (
    CHAT,
    EMBEDDER,
    INTENT,
    LLM,
    RERANKER,
    SAMPLE_RATE,
    STT,
    TTS,
    VAD,
    EmbedRequest,
    IntentRequest,
    LlmRequest,
    Model,
    RerankRequest,
    SttRequest,
    TtsRequest,
    VadRequest,
    VoiceRequest,
)
from tritone.errors import Internal, TritoneError
from tritone.messages import Intent
from tritone.settings import Settings

if TYPE_CHECKING:
    from tritone.client import Client

__all__ = ["microphone", "server"]

_SENTENCE = "What is two plus two?"
_FIX = "look into the server's log; `tritone up` starts one afresh"


async def server(settings: Settings) -> AsyncIterator[Finding]:
    """Whether a server is there, and whether each of its models infers."""
    async with connection.connect(settings) as client:
        if not await client.ready():
            state: State = "failed" if settings.triton_url else "warning"
            fix = (
                "start it, or unset TRITONE_TRITON_URL" if settings.triton_url else "run tritone up"
            )
            yield Finding("server", settings.grpc_url, state, "not running", fix)
            return
        yield Finding("server", settings.grpc_url, "ok", "ready")
        probes = _Probes(client)
        for name, probe in probes.all().items():
            yield await _probe(name, probe)


async def _probe(name: str, probe: Callable[[], Awaitable[str]]) -> Finding:
    begun = time.perf_counter()
    try:
        said = await probe()
    except TritoneError as error:
        return Finding("server", name, "failed", f"{error.code}: {error.message}", _FIX)
    return Finding("server", name, "ok", f"{said} in {time.perf_counter() - begun:.2f} s")


class _Probes:
    """The probes; speech that `tts` makes is what `stt` and `voice` are asked with."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._speech: npt.NDArray[np.float32] = np.zeros(SAMPLE_RATE, np.float32)
        self._rate = SAMPLE_RATE

    def all(self) -> dict[str, Callable[[], Awaitable[str]]]:
        """Each model's probe, in an order in which later ones can build on earlier ones."""
        return {
            "llm": lambda: self._generate(LLM),
            "tts": self._speak,
            "stt": self._hear,
            "vad": self._detect,
            "embedder": self._embed,
            "reranker": self._rerank,
            "chat": lambda: self._generate(CHAT),
            "intent": self._intent,
            "voice": self._turn,
        }

    async def _generate(self, model: Model[LlmRequest, Any]) -> str:
        request = LlmRequest(text_input="Say hello.", max_tokens=2, temperature=0.0, random_seed=1)
        tokens = 0
        async with connection.stream(self._client, model, request) as answers:
            async for answer in answers:
                tokens = answer.completion_tokens
        return f"{tokens} tokens"

    async def _speak(self) -> str:
        spoken = await self._client.infer(TTS, TtsRequest(text=_SENTENCE))
        self._speech = spoken.audio.astype(np.float32) / 32768
        self._rate = spoken.sample_rate
        return f"spoke {len(spoken.audio) / spoken.sample_rate:.1f} s"

    async def _hear(self) -> str:
        request = SttRequest(audio=self._speech, sample_rate=self._rate, language="en")
        heard = await self._client.infer(STT, request)
        return f'heard "{heard.text.strip()}"'

    async def _detect(self) -> str:
        sequence = (secrets.randbelow(2**31) + 1, True, True)
        silence = VadRequest(audio=np.zeros(512, np.float32))
        answer = await self._client.infer(VAD, silence, sequence=sequence)
        return f"probability {float(answer.probability[0]):.2f}"

    async def _embed(self) -> str:
        answer = await self._client.infer(EMBEDDER, EmbedRequest(text=_SENTENCE))
        return f"{len(answer.embedding)} dimensions"

    async def _rerank(self) -> str:
        documents = ("Two plus two is four.", "The kettle is ready.")
        answer = await self._client.infer(
            RERANKER, RerankRequest(query=_SENTENCE, documents=documents)
        )
        return f"{len(answer.scores)} scores"

    async def _intent(self) -> str:
        said = ""
        request = IntentRequest(text="Turn on the lamp.")
        async with connection.stream(self._client, INTENT, request) as answers:
            async for answer in answers:
                said = messages.decode(Intent, answer.intent).intent
        if not said:
            raise Internal("no intent came")
        return said

    async def _turn(self) -> str:
        request = VoiceRequest(
            audio=self._speech, sample_rate=self._rate, language="en", max_tokens=4
        )
        turn = await take_turn(self._client, request, on_event=lambda *_: None)
        return f"{turn.audio_seconds:.1f} s of answer"


def microphone() -> Finding:
    """Whether `tritone talk --mic` would find a device; nothing else needs one."""
    from tritone.cli.sound import sounddevice

    try:
        library = sounddevice()
        try:
            device = library.query_devices(kind="input")
        except (library.PortAudioError, ValueError):
            return Finding(
                "machine", "microphone", "warning", "none", "only `talk --mic` needs one"
            )
        return Finding("machine", "microphone", "ok", str(device["name"]))
    except TritoneError as error:
        found, _, fix = error.message.partition(": ")
        return Finding("machine", "microphone", "warning", found, f"only for `talk --mic`: {fix}")
