"""What the unmodified `openai` SDK expects of a server: run it against your own installation.

    pip install openai pytest
    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none pytest test_openai_sdk.py

The file needs nothing else of this project, no recordings (it speaks them itself), and no clever
model: it looks at shapes and promises, not at knowledge. Models are asked for by OpenAI's names;
`OPENAI_TEST_CHAT`, `…_SPEECH`, `…_TRANSCRIPTION` and `…_EMBEDDING` give others. Without
`OPENAI_BASE_URL` it takes the fixture `door` of this project's own tests.
"""

import asyncio
import json
import math
import os
import re
from collections.abc import Iterator
from typing import Any, TypeVar

import openai
import pydantic
import pytest
from openai import AsyncOpenAI, OpenAI

pytestmark = pytest.mark.triton

CHAT = os.environ.get("OPENAI_TEST_CHAT", "gpt-4o-mini")
SPEECH = os.environ.get("OPENAI_TEST_SPEECH", "tts-1")
TRANSCRIPTION = os.environ.get("OPENAI_TEST_TRANSCRIPTION", "whisper-1")
EMBEDDING = os.environ.get("OPENAI_TEST_EMBEDDING", "text-embedding-3-small")
VOICE = "alloy"

SENTENCE = "How many legs does a spider have?"
"""What is spoken, and has to be heard again."""
HEARD = "spider"
ASK: list[Any] = [{"role": "user", "content": "Name three colors."}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
ASK_WEATHER: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]
TRANSLATES = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
"""The SDK means to drop translations."""

M = TypeVar("M", bound=pydantic.BaseModel)


class Person(pydantic.BaseModel):
    """What the model has to fill in."""

    name: str
    age: int


@pytest.fixture(scope="module")
def account(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Base URL and key."""
    if url := os.environ.get("OPENAI_BASE_URL"):
        return url, os.environ.get("OPENAI_API_KEY") or "none"
    door = request.getfixturevalue("door")
    return f"{door.url}/v1", door.key


@pytest.fixture(scope="module")
def client(account: tuple[str, str]) -> Iterator[OpenAI]:
    """The SDK as anybody makes it, but that it does not try again: failures are to be seen."""
    url, key = account
    with OpenAI(base_url=url, api_key=key, max_retries=0, timeout=120) as client:
        yield client


def asynchronous(account: tuple[str, str]) -> AsyncOpenAI:
    """The SDK for asyncio."""
    url, key = account
    return AsyncOpenAI(base_url=url, api_key=key, max_retries=0, timeout=120)


@pytest.fixture(scope="module")
def recording(client: OpenAI) -> bytes:
    """A WAV file in which somebody says the sentence."""
    return client.audio.speech.create(
        model=SPEECH, voice=VOICE, input=SENTENCE, response_format="wav"
    ).content


def sound(answer: M) -> M:
    """An answer, after it was held to the SDK's own model: the SDK itself lets anything pass."""
    type(answer).model_validate(answer.to_dict())  # type: ignore[attr-defined]
    return answer


# Chat


def test_a_chat_answers(client: OpenAI) -> None:
    """With one choice, its usage, and an id."""
    answer = sound(client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=24))
    (choice,) = answer.choices
    assert choice.message.role == "assistant"
    assert choice.message.content
    assert choice.finish_reason in ("stop", "length")
    assert answer.object == "chat.completion"
    assert answer.id
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert 0 < answer.usage.completion_tokens <= 24


def test_a_chat_streams(client: OpenAI) -> None:
    """The role first, then pieces of text, then a finish reason; no usage unless asked for."""
    pieces, reasons, ids = [], [], set()
    with client.chat.completions.create(
        model=CHAT, messages=ASK, max_tokens=24, stream=True
    ) as stream:
        for chunk in stream:
            sound(chunk)
            ids.add(chunk.id)
            assert chunk.object == "chat.completion.chunk"
            assert chunk.usage is None
            (choice,) = chunk.choices
            pieces.append(choice.delta)
            reasons.append(choice.finish_reason)
    assert pieces[0].role == "assistant"
    assert sum(1 for piece in pieces if piece.content) > 1
    assert reasons[-1] in ("stop", "length")
    assert set(reasons[:-1]) == {None}
    assert len(ids) == 1


def test_a_stream_tells_its_usage_when_asked_to(client: OpenAI) -> None:
    """In one more chunk, without choices."""
    stream = client.chat.completions.create(
        model=CHAT,
        messages=ASK,
        max_tokens=8,
        stream=True,
        stream_options={"include_usage": True},
    )
    *chunks, last = list(stream)
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)
    assert last.choices == []
    assert last.usage is not None
    assert 0 < last.usage.completion_tokens <= 8


def test_the_same_answer_streamed_or_not(client: OpenAI) -> None:
    """With temperature 0 and a seed."""
    wanted: Any = {
        "model": CHAT, "messages": ASK, "max_tokens": 16, "temperature": 0, "seed": 7,
    }  # fmt: skip
    whole = client.chat.completions.create(**wanted).choices[0].message.content
    stream = client.chat.completions.create(**wanted, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == whole


def test_an_answer_ends_at_its_limit(client: OpenAI) -> None:
    """`max_tokens` and its newer name, `max_completion_tokens`."""
    limits: tuple[dict[str, Any], ...] = ({"max_tokens": 2}, {"max_completion_tokens": 2})
    for limit in limits:
        answer = client.chat.completions.create(model=CHAT, messages=ASK, **limit)
        assert answer.choices[0].finish_reason == "length"
        assert answer.usage is not None
        assert answer.usage.completion_tokens <= 2


def test_an_answer_ends_at_a_stop_word(client: OpenAI) -> None:
    """Which is not part of it; one word or a list of them."""
    count: list[Any] = [{"role": "user", "content": "Count from 1 to 9, separated by commas."}]
    stops: tuple[Any, ...] = (",", [",", "\n"])
    for stop in stops:
        answer = client.chat.completions.create(
            model=CHAT, messages=count, stop=stop, max_tokens=40, temperature=0
        )
        assert answer.choices[0].finish_reason == "stop"
        assert "," not in (answer.choices[0].message.content or "")


def test_wishes_that_clients_send(client: OpenAI) -> None:
    """Each at the ends of its range, and some that only OpenAI itself has a use for."""
    wishes: tuple[dict[str, Any], ...] = (
        {"temperature": 0},
        {"temperature": 2},
        {"top_p": 0},
        {"top_p": 1},
        {"presence_penalty": 2, "frequency_penalty": 2},
        {"presence_penalty": -2, "frequency_penalty": -2},
        {"seed": -1},
        {"stop": []},
        {"response_format": {"type": "text"}},
        {"user": "me", "store": False, "metadata": {"a": "b"}, "service_tier": "auto"},
        {"tools": [WEATHER], "tool_choice": "none", "parallel_tool_calls": False},
    )
    for wish in wishes:
        answer = client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=4, **wish)
        assert answer.choices[0].message.content, wish


def test_several_answers_to_one_question(client: OpenAI) -> None:
    """`n` choices, numbered."""
    answer = client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=8, n=2)
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert all(choice.message.content for choice in answer.choices)


def test_content_in_parts(client: OpenAI) -> None:
    """A message may be a list of text parts, and the conversation may have a system message."""
    answer = client.chat.completions.create(
        model=CHAT,
        messages=[
            {"role": "system", "content": "You answer in one word."},
            {"role": "user", "content": [{"type": "text", "text": "Is snow white?"}]},
        ],
        max_tokens=8,
    )
    assert answer.choices[0].message.content


def test_a_chat_from_asyncio(account: tuple[str, str]) -> None:
    """Several at once, streamed and not."""

    async def whole(client: AsyncOpenAI) -> str:
        answer = await client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=8)
        return answer.choices[0].message.content or ""

    async def streamed(client: AsyncOpenAI) -> str:
        stream = await client.chat.completions.create(
            model=CHAT, messages=ASK, max_tokens=8, stream=True
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def both() -> list[str]:
        async with asynchronous(account) as client:
            return await asyncio.gather(
                whole(client), streamed(client), whole(client), streamed(client)
            )

    assert all(asyncio.run(both()))


def test_a_stream_may_be_left(client: OpenAI) -> None:
    """After one chunk; the connection serves on."""
    stream = client.chat.completions.create(
        model=CHAT, messages=ASK, max_tokens=200, stream=True, temperature=0
    )
    next(iter(stream))
    stream.close()
    assert client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=2).choices


# Structured output


def test_a_parsed_answer(client: OpenAI) -> None:
    """`.parse` gives an object of the caller's class."""
    answer = client.chat.completions.parse(
        model=CHAT,
        messages=[{"role": "user", "content": "Anna is 31 years old."}],
        response_format=Person,
        max_tokens=60,
        temperature=0,
    )
    assert isinstance(answer.choices[0].message.parsed, Person)


def test_a_parsed_answer_from_asyncio(account: tuple[str, str]) -> None:
    """Likewise."""

    async def parsed() -> Person | None:
        async with asynchronous(account) as client:
            answer = await client.chat.completions.parse(
                model=CHAT,
                messages=[{"role": "user", "content": "Bob is 7 years old."}],
                response_format=Person,
                max_tokens=60,
                temperature=0,
            )
            return answer.choices[0].message.parsed

    assert isinstance(asyncio.run(parsed()), Person)


def test_a_parsed_stream(client: OpenAI) -> None:
    """The SDK's own stream helper gathers the pieces."""
    with client.chat.completions.stream(
        model=CHAT,
        messages=[{"role": "user", "content": "Clara is 52 years old."}],
        response_format=Person,
        max_tokens=60,
        temperature=0,
    ) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert isinstance(final.choices[0].message.parsed, Person)


def test_any_json_object(client: OpenAI) -> None:
    """`json_object` is JSON, whatever it says."""
    answer = client.chat.completions.create(
        model=CHAT,
        messages=[{"role": "user", "content": "Give me a JSON object with a key color."}],
        response_format={"type": "json_object"},
        max_tokens=100,
        temperature=0,
    )
    assert answer.choices[0].finish_reason == "stop"
    assert isinstance(json.loads(answer.choices[0].message.content or ""), dict)


# Tools


def test_a_tool_that_must_be_called(client: OpenAI) -> None:
    """`required`: the answer is a call with arguments of the tool's schema."""
    answer = sound(
        client.chat.completions.create(
            model=CHAT,
            messages=ASK_WEATHER,
            tools=[WEATHER],
            tool_choice="required",
            max_tokens=100,
            temperature=0,
        )
    )
    (choice,) = answer.choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls
    call = choice.message.tool_calls[0]
    assert call.type == "function"
    assert call.id
    assert call.function.name == "get_weather"
    assert isinstance(json.loads(call.function.arguments)["city"], str)


def test_a_tool_call_that_streams(client: OpenAI) -> None:
    """The first delta of a call has its id and name, the others continue its arguments."""
    stream = client.chat.completions.create(
        model=CHAT,
        messages=ASK_WEATHER,
        tools=[WEATHER],
        tool_choice="required",
        max_tokens=100,
        temperature=0,
        stream=True,
    )
    calls, reasons = [], []
    for chunk in stream:
        sound(chunk)
        for choice in chunk.choices:
            calls += [call for call in choice.delta.tool_calls or [] if call.index == 0]
            reasons.append(choice.finish_reason)
    assert calls[0].id
    assert calls[0].function is not None
    assert calls[0].function.name == "get_weather"
    arguments = "".join(
        call.function.arguments or "" for call in calls if call.function is not None
    )
    assert isinstance(json.loads(arguments)["city"], str)
    assert reasons[-1] == "tool_calls"


def test_a_named_tool(client: OpenAI) -> None:
    """The caller says which."""
    other = {**WEATHER, "function": {**WEATHER["function"], "name": "get_time"}}
    answer = client.chat.completions.create(
        model=CHAT,
        messages=ASK_WEATHER,
        tools=[other, WEATHER],
        tool_choice={"type": "function", "function": {"name": "get_weather"}},
        max_tokens=100,
        temperature=0,
    )
    calls = answer.choices[0].message.tool_calls
    assert calls
    assert calls[0].type == "function"
    assert calls[0].function.name == "get_weather"


def test_a_tools_answer_is_read(client: OpenAI) -> None:
    """A conversation that holds a call and its result goes on in words."""
    call: Any = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'},
    }
    answer = client.chat.completions.create(
        model=CHAT,
        messages=[
            *ASK_WEATHER,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "Sunny, 21 degrees."},
        ],
        tools=[WEATHER],
        tool_choice="none",
        max_tokens=40,
    )
    assert answer.choices[0].message.content
    assert not answer.choices[0].message.tool_calls


# Completions


def test_a_completion(client: OpenAI) -> None:
    """The older endpoint, whole and streamed."""
    answer = sound(client.completions.create(model=CHAT, prompt="Snow is", max_tokens=8))
    assert answer.object == "text_completion"
    assert answer.choices[0].text
    assert answer.choices[0].finish_reason in ("stop", "length")
    stream = client.completions.create(model=CHAT, prompt="Snow is", max_tokens=8, stream=True)
    chunks = list(stream)  # the SDK's class does not allow for a stream's open finish reasons
    assert "".join(choice.text for chunk in chunks for choice in chunk.choices)
    assert chunks[-1].choices[0].finish_reason in ("stop", "length")


# Speech


def is_mp3(data: bytes) -> bool:
    """An ID3 tag, or a frame's eleven set bits (layer III)."""
    return data[:3] == b"ID3" or (data[0] == 0xFF and data[1] & 0xE6 == 0xE2)


def is_adts(data: bytes) -> bool:
    """A frame's twelve set bits and layer 0."""
    return data[0] == 0xFF and data[1] & 0xF6 == 0xF0


FORMATS = {
    "mp3": is_mp3,
    "opus": lambda data: data[:4] == b"OggS" and b"OpusHead" in data[:64],
    "aac": is_adts,
    "flac": lambda data: data[:4] == b"fLaC",
    "wav": lambda data: data[:4] == b"RIFF" and data[8:12] == b"WAVE",
    "pcm": lambda data: len(data) % 2 == 0 and len(data) > 24_000,
}


@pytest.mark.parametrize("form", FORMATS)
def test_speech_in_every_format(client: OpenAI, form: Any) -> None:
    """Told by its first bytes; the answer's media type is some audio."""
    answer = client.audio.speech.create(
        model=SPEECH, voice=VOICE, input=SENTENCE, response_format=form
    )
    assert FORMATS[form](answer.content)
    assert answer.response.headers["content-type"].startswith("audio/")


def test_speech_is_mp3_unless_told_otherwise(client: OpenAI) -> None:
    """As OpenAI's."""
    assert is_mp3(client.audio.speech.create(model=SPEECH, voice=VOICE, input="Hello.").content)


def test_faster_speech_is_shorter(client: OpenAI) -> None:
    """PCM: 24 kHz, 16 bits, one channel, so that length is time."""
    spoken: dict[float, int] = {}
    for speed in (1.0, 2.0):
        answer = client.audio.speech.create(
            model=SPEECH, voice=VOICE, input=SENTENCE, speed=speed, response_format="pcm"
        )
        spoken[speed] = len(answer.content)
    assert 0.8 < spoken[1.0] / 48_000 < 6
    assert spoken[2.0] < 0.75 * spoken[1.0]


def test_speech_that_streams(client: OpenAI) -> None:
    """Bytes are handed over as they come."""
    with client.audio.speech.with_streaming_response.create(
        model=SPEECH,
        voice=VOICE,
        input=f"{SENTENCE} It has eight. An insect has six of them, and a bird has two.",
        response_format="pcm",
    ) as answer:
        chunks = [len(chunk) for chunk in answer.iter_bytes()]
    assert len(chunks) > 1
    assert sum(chunks) > 48_000


def test_speech_as_events(client: OpenAI) -> None:
    """`stream_format: sse`: audio in deltas, then what it cost."""
    answer = client.audio.speech.create(
        model=SPEECH, voice=VOICE, input=SENTENCE, stream_format="sse", response_format="pcm"
    )
    assert answer.response.headers["content-type"].startswith("text/event-stream")
    events = [
        json.loads(line.removeprefix("data:"))
        for line in answer.text.splitlines()
        if line.startswith("data:") and "[DONE]" not in line
    ]
    kinds = [event["type"] for event in events]
    assert kinds.count("speech.audio.done") == 1
    assert "speech.audio.delta" in kinds
    assert events[-1]["type"] == "speech.audio.done"
    assert all(event["audio"] for event in events if event["type"] == "speech.audio.delta")


def test_speech_from_asyncio(account: tuple[str, str]) -> None:
    """Streamed to whoever listens."""

    async def speak() -> bytes:
        async with (
            asynchronous(account) as client,
            client.audio.speech.with_streaming_response.create(
                model=SPEECH, voice=VOICE, input="Hello.", response_format="flac"
            ) as answer,
        ):
            return b"".join([chunk async for chunk in answer.iter_bytes()])

    assert asyncio.run(speak())[:4] == b"fLaC"


# Transcription


def test_a_transcription(client: OpenAI, recording: bytes) -> None:
    """JSON unless told otherwise."""
    answer = sound(
        client.audio.transcriptions.create(model=TRANSCRIPTION, file=("a.wav", recording))
    )
    assert HEARD in answer.text.lower()


def test_a_transcription_as_text(client: OpenAI, recording: bytes) -> None:
    """Nothing but the words."""
    answer = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), response_format="text"
    )
    assert isinstance(answer, str)
    assert HEARD in answer.lower()
    assert "{" not in answer


def test_a_transcription_as_subtitles(client: OpenAI, recording: bytes) -> None:
    """SRT and WebVTT."""
    srt = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), response_format="srt"
    )
    assert re.match(r"1\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}\n\S", srt)
    vtt = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), response_format="vtt"
    )
    assert re.match(r"WEBVTT\n\n(\d\d:)?\d\d:\d\d\.\d{3} --> (\d\d:)?\d\d:\d\d\.\d{3}\n\S", vtt)


def test_a_transcription_with_times(client: OpenAI, recording: bytes) -> None:
    """Words and segments, in order, within the recording."""
    answer = sound(
        client.audio.transcriptions.create(
            model=TRANSCRIPTION,
            file=("a.wav", recording),
            response_format="verbose_json",
            timestamp_granularities=["word", "segment"],
        )
    )
    assert answer.language
    assert answer.duration > 0.5
    assert answer.words
    assert answer.segments
    assert any(HEARD in word.word.lower() for word in answer.words)
    times = [time for word in answer.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] <= answer.duration + 0.1
    assert HEARD in " ".join(segment.text for segment in answer.segments).lower()


def test_words_come_only_when_asked_for(client: OpenAI, recording: bytes) -> None:
    """`verbose_json` by itself has segments."""
    answer = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), response_format="verbose_json"
    )
    assert answer.segments
    assert not answer.words


def test_a_transcription_that_streams(client: OpenAI, recording: bytes) -> None:
    """Deltas, then the whole text, which is that of the deltas."""
    stream = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=("a.wav", recording), stream=True
    )
    deltas, done = [], []
    for event in stream:
        if event.type == "transcript.text.delta":
            deltas.append(sound(event).delta)
        elif event.type == "transcript.text.done":
            done.append(sound(event).text)
    assert done == ["".join(deltas)]
    assert HEARD in done[0].lower()


@pytest.mark.parametrize("form", ["mp3", "opus", "aac", "flac"])
def test_a_transcription_of_any_format(client: OpenAI, form: Any) -> None:
    """Whatever the speech endpoint makes can be read again."""
    spoken = client.audio.speech.create(
        model=SPEECH, voice=VOICE, input=SENTENCE, response_format=form
    ).content
    answer = client.audio.transcriptions.create(
        model=TRANSCRIPTION, file=(f"a.{form}", spoken), language="en"
    )
    assert HEARD in answer.text.lower()


def test_a_transcription_from_asyncio(account: tuple[str, str], recording: bytes) -> None:
    """Likewise."""

    async def transcribe() -> str:
        async with asynchronous(account) as client:
            answer = await client.audio.transcriptions.create(
                model=TRANSCRIPTION, file=("a.wav", recording)
            )
            return answer.text

    assert HEARD in asyncio.run(transcribe()).lower()


@TRANSLATES
def test_a_translation(client: OpenAI, recording: bytes) -> None:
    """Into English, which this is already."""
    answer = sound(client.audio.translations.create(model=TRANSCRIPTION, file=("a.wav", recording)))
    assert HEARD in answer.text.lower()


# Embeddings


def test_embeddings(client: OpenAI) -> None:
    """Unit vectors in the order of the texts; the SDK asks for base64 and decodes it."""
    answer = sound(
        client.embeddings.create(
            model=EMBEDDING, input=["A cat sat.", "The kitten is sitting.", "Stocks fell."]
        )
    )
    assert [item.index for item in answer.data] == [0, 1, 2]
    first, second, third = (item.embedding for item in answer.data)
    assert len(first) == len(second) == len(third)
    assert math.isclose(dot(first, first), 1, abs_tol=1e-3)
    assert dot(first, second) > dot(first, third)
    assert answer.usage.total_tokens == answer.usage.prompt_tokens > 0


def dot(left: list[float], right: list[float]) -> float:
    """How alike."""
    return sum(a * b for a, b in zip(left, right, strict=True))


def test_embeddings_as_floats(client: OpenAI) -> None:
    """The same numbers, written out."""
    packed = client.embeddings.create(model=EMBEDDING, input="A kettle.")
    plain = client.embeddings.create(model=EMBEDDING, input="A kettle.", encoding_format="float")
    assert dot(packed.data[0].embedding, plain.data[0].embedding) > 0.999
    raw: Any = client.embeddings.create(
        model=EMBEDDING, input="A kettle.", encoding_format="base64"
    )
    assert isinstance(raw.data[0].embedding, str)


def test_embeddings_from_asyncio(account: tuple[str, str]) -> None:
    """Many at once."""

    async def embed() -> list[int]:
        async with asynchronous(account) as client:
            answers = await asyncio.gather(
                *(client.embeddings.create(model=EMBEDDING, input=f"Text {n}.") for n in range(8))
            )
            return [len(answer.data) for answer in answers]

    assert asyncio.run(embed()) == [1] * 8


# Models


def test_models(client: OpenAI) -> None:
    """Listed, and each to be had by its id."""
    models = [sound(model) for model in client.models.list()]
    assert models
    assert sound(client.models.retrieve(models[0].id)).id == models[0].id
    assert sound(client.models.retrieve(CHAT)).object == "model"


# Errors


@TRANSLATES
def test_a_model_that_is_not_there(client: OpenAI) -> None:
    """404 from every endpoint, with a code and a message that names it."""
    silence = ("a.wav", b"RIFF" + bytes(40))
    calls: list[Any] = [
        lambda: client.chat.completions.create(model="nope-1", messages=ASK),
        lambda: client.chat.completions.create(model="nope-1", messages=ASK, stream=True),
        lambda: client.completions.create(model="nope-1", prompt="Hi"),
        lambda: client.embeddings.create(model="nope-1", input="Hi"),
        lambda: client.audio.speech.create(model="nope-1", voice=VOICE, input="Hi"),
        lambda: client.audio.transcriptions.create(model="nope-1", file=silence),
        lambda: client.audio.translations.create(model="nope-1", file=silence),
        lambda: client.models.retrieve("nope-1"),
    ]
    for call in calls:
        with pytest.raises(openai.NotFoundError) as caught:
            call()
        assert caught.value.code == "model_not_found"
        assert "nope-1" in caught.value.message
        assert caught.value.request_id


def test_a_request_that_is_wrong(client: OpenAI) -> None:
    """400, with the reason."""
    wrong: list[Any] = [
        lambda: client.chat.completions.create(model=CHAT, messages=[]),
        lambda: client.chat.completions.create(model=CHAT, messages=ASK, temperature=9),
        lambda: client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=-1),
        lambda: client.chat.completions.create(
            model=CHAT, messages=ASK, max_tokens=-1, stream=True
        ),
        lambda: client.embeddings.create(model=EMBEDDING, input=[]),
        lambda: client.embeddings.create(model=EMBEDDING, input=""),
        lambda: client.audio.speech.create(model=SPEECH, voice=VOICE, input=""),
        lambda: client.audio.speech.create(model=SPEECH, voice=VOICE, input="Hi", speed=99),
        lambda: client.audio.transcriptions.create(model=TRANSCRIPTION, file=("a.wav", b"noise")),
    ]
    for number, call in enumerate(wrong):
        with pytest.raises(openai.BadRequestError) as caught:
            call()
        assert caught.value.type == "invalid_request_error", number
        assert isinstance(caught.value.body, dict), number
        assert caught.value.body["message"], number


def test_a_wrong_key(client: OpenAI) -> None:
    """401, where keys are asked for."""
    refused = None
    try:
        client.with_options(api_key="sk-wrong").models.list()
    except openai.AuthenticationError as error:
        refused = error
    if refused is None:
        pytest.skip("this installation asks for no key")
    assert refused.code == "invalid_api_key"
