"""The tensor contract of every model: names, datatypes, shapes, units, defaults.

This is the only place where a tensor is named. `config.pbtxt` files are held to it by a test,
`docs/protocol.md` prints it, clients encode and models decode from it. Shapes leave out the
batch axis: a model with `max_batch_size > 0` carries one in front on the wire.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar

from tritone.tensors import Audio, Flag, Int, Pcm16, Real, Reals, Seed, Text, Texts, Vector

__all__ = [
    "CHAT",
    "EMBEDDER",
    "INTENT",
    "LLM",
    "MODELS",
    "RERANKER",
    "SAMPLE_RATE",
    "STT",
    "TTS",
    "VAD",
    "VOICE",
    "EmbedRequest",
    "EmbedResponse",
    "IntentRequest",
    "IntentResponse",
    "LlmRequest",
    "LlmResponse",
    "Model",
    "RerankRequest",
    "RerankResponse",
    "SttRequest",
    "SttResponse",
    "TtsRequest",
    "TtsResponse",
    "VadRequest",
    "VadResponse",
    "VoiceRequest",
    "VoiceResponse",
]

SAMPLE_RATE = 16_000
"""Hertz of the audio that `stt`, `vad` and `voice` listen to unless told otherwise."""

Req = TypeVar("Req")
Resp = TypeVar("Resp")


def _never(_: object) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Model(Generic[Req, Resp]):
    """A model as its callers see it. An empty version lets the server take its own choice.

    Attributes:
        ends: whether a response is a decoupled model's last; it then carries the FINAL flag. A
            model that never says so sends the flag by itself.
    """

    name: str
    request: type[Req]
    response: type[Resp]
    batching: Literal["none", "dynamic", "sequence", "in_flight"]
    max_batch_size: int = 0
    decoupled: bool = False
    version: str = ""
    ends: Callable[[Resp], bool] = _never


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmRequest:
    """Text or a conversation to continue. Send `text_input` or `messages`, not both."""

    text_input: Annotated[Text | None, "prompt, answered as one user message"] = None
    messages: Annotated[Text | None, "conversation: OpenAI chat messages as a JSON array"] = None
    apply_chat_template: Annotated[Flag, "false continues text_input as it stands"] = True
    max_tokens: Annotated[Int, "most tokens to generate; the context's end bounds them too"] = 256
    temperature: Annotated[Real, "0 (greedy) to 2"] = 0.7
    top_p: Annotated[Real, "nucleus sampling, above 0 to 1"] = 1.0
    presence_penalty: Annotated[Real, "-2 to 2, against any token seen before"] = 0.0
    frequency_penalty: Annotated[Real, "-2 to 2, against a token each time it was seen"] = 0.0
    stop_words: Annotated[Texts, "texts that end the answer; they are not part of it"] = ()
    random_seed: Annotated[Seed | None, "same seed, same request, same answer"] = None
    stream: Annotated[Flag, "a response per token, or one response in all"] = False
    response_format: Annotated[Text | None, "OpenAI response_format as JSON, enforced"] = None
    tools: Annotated[Text | None, "OpenAI tools as a JSON array"] = None
    tool_choice: Annotated[Text | None, "auto, none, required, or a tool as JSON"] = None
    parallel_tool_calls: Annotated[Flag, "false allows one tool call at most"] = True
    cancel: Annotated[Text | None, "stop the running request of this id; nothing else is read"] = (
        None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmResponse:
    """A piece of the answer. The last piece has a `finish_reason` and the usage."""

    text_output: Annotated[Text, "text since the last response (streaming), else the whole"] = ""
    finish_reason: Annotated[Text, "empty until the end: stop, length or tool_calls"] = ""
    prompt_tokens: Annotated[Int, "tokens of the prompt; 0 until the end"] = 0
    completion_tokens: Annotated[Int, "tokens generated; 0 until the end"] = 0
    cached_tokens: Annotated[Int, "prompt tokens that came from the KV cache"] = 0
    tool_calls: Annotated[Text, "OpenAI tool call deltas as a JSON array, or empty"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SttRequest:
    """One recording to write down."""

    audio: Annotated[Audio, "mono PCM in [-1, 1]"]
    sample_rate: Annotated[Int, "Hz, 8,000 to 192,000"] = SAMPLE_RATE
    language: Annotated[Text, "ISO 639-1 code; empty detects it"] = ""
    task: Annotated[Text, "transcribe, or translate (into English)"] = "transcribe"
    word_timestamps: Annotated[Flag, "time every word"] = False
    prompt: Annotated[Text, "words and style to expect; never written down by itself"] = ""
    temperature: Annotated[Real, "0 (likeliest words, others when these are doubtful) to 1"] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SttResponse:
    text: Annotated[Text, "what was said; empty when nobody spoke"]
    language: Annotated[Text, "ISO 639-1 code, given or detected"]
    language_probability: Annotated[Real, "0 to 1; 1 when the caller named the language"]
    duration: Annotated[Real, "seconds of audio"]
    no_speech_prob: Annotated[Real, "0 to 1: how sure that nobody spoke"]
    segments: Annotated[Text, "JSON array of `Segment`, with words when asked for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TtsRequest:
    """One sentence or clause to speak."""

    text: Annotated[Text, "what to say, at most 2,000 characters"]
    voice: Annotated[Text, "a voice's name; empty takes the default"] = ""
    speed: Annotated[Real, "0.25 (slow) to 4 (fast)"] = 1.0
    random_seed: Annotated[Seed, "same seed, same audio"] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TtsResponse:
    audio: Annotated[Pcm16, "mono PCM"]
    sample_rate: Annotated[Int, "Hz"]
    timings: Annotated[Text, "JSON array of `Timing`: phonemes and visemes with start and end"]
    words: Annotated[Text, "JSON array of `SpokenWord`: the words with start and end"] = "[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class VadRequest:
    """The next chunk of one stream; streams are told apart by their sequence id."""

    audio: Annotated[Audio, "mono PCM at 16 kHz, any length; remainders are kept for the next"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VadResponse:
    probability: Annotated[Reals, "speech probability of each whole 32 ms frame, in order"]
    speaking: Annotated[Flag, "whether speech is going on after this chunk"]
    events: Annotated[Text, "JSON array of `SpeechEvent`: starts and ends found in this chunk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedRequest:
    text: Annotated[Text, "text to embed; what exceeds 256 tokens is left out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedResponse:
    embedding: Annotated[Vector, "unit vector"]
    tokens: Annotated[Int, "tokens read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankRequest:
    query: Annotated[Text, "what is looked for"]
    documents: Annotated[Texts, "1 to 256 candidates"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankResponse:
    scores: Annotated[Reals, "relevance of each document in the order sent, higher is better"]
    tokens: Annotated[Int, "tokens read, of the query and of all documents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRequest:
    """A sentence in natural language that may ask for something to be done in a home."""

    text: Annotated[Text, "what the user said, at most 2,000 characters"]
    entities: Annotated[Texts, "names of the things that exist, to choose from"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentResponse:
    intent: Annotated[Text, "one `Intent` as JSON"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRequest:
    """One spoken turn."""

    audio: Annotated[Audio, "the user's utterance, mono PCM in [-1, 1]"]
    sample_rate: Annotated[Int, "Hz, 8,000 to 192,000"] = SAMPLE_RATE
    history: Annotated[Text, "earlier messages: OpenAI chat messages as a JSON array"] = "[]"
    system_prompt: Annotated[Text, "empty takes the default"] = ""
    voice: Annotated[Text, "a voice's name; empty takes the default"] = ""
    language: Annotated[Text, "ISO 639-1 code of the speech; empty detects it"] = ""
    speed: Annotated[Real, "0.25 (slow) to 4 (fast)"] = 1.0
    max_tokens: Annotated[Int, "most tokens to generate"] = 256
    temperature: Annotated[Real, "0 (greedy) to 2"] = 0.0
    random_seed: Annotated[Seed | None, "same seed, same turn, same answer"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceResponse:
    """One event of the turn, as it happens."""

    event: Annotated[Text, "one `VoiceEvent` as JSON, told apart by `type`"]
    audio: Annotated[Pcm16 | None, "mono PCM; only with an `audio` event"] = None


def _finished(piece: LlmResponse) -> bool:
    return bool(piece.finish_reason)


def _done(response: VoiceResponse) -> bool:
    return response.event.startswith('{"type":"done"')


LLM = Model("llm", LlmRequest, LlmResponse, "in_flight", decoupled=True, ends=_finished)
STT = Model("stt", SttRequest, SttResponse, "dynamic", max_batch_size=8)
TTS = Model("tts", TtsRequest, TtsResponse, "dynamic", max_batch_size=8)
VAD = Model("vad", VadRequest, VadResponse, "sequence", max_batch_size=32)
EMBEDDER = Model("embedder", EmbedRequest, EmbedResponse, "dynamic", max_batch_size=64)
RERANKER = Model("reranker", RerankRequest, RerankResponse, "dynamic", max_batch_size=8)
CHAT = Model("chat", LlmRequest, LlmResponse, "none", decoupled=True, ends=_finished)
INTENT = Model("intent", IntentRequest, IntentResponse, "none", decoupled=True, ends=lambda _: True)
VOICE = Model("voice", VoiceRequest, VoiceResponse, "none", decoupled=True, ends=_done)

MODELS = (LLM, STT, TTS, VAD, EMBEDDER, RERANKER, CHAT, INTENT, VOICE)
"""Every model, atomic ones first."""
