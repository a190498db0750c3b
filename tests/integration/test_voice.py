"""A spoken question is answered in speech, by the real models in a real Triton."""

import asyncio
import re
from itertools import pairwise

import jiwer
import numpy as np
import pytest

from tests.integration.turns import turn
from tritone.contract import STT, TTS, SttRequest, TtsRequest
from tritone.messages import AudioChunk, TextDelta, Usage

pytestmark = pytest.mark.triton

STORY = "Tell a story in six long sentences."
QUESTIONS = {
    "question": ("what is the largest planet in the solar system", r"jupiter"),
    "ocean": ("which ocean is the largest", r"pacific"),
    "rainbow": ("what are the colors of the rainbow", r"red.*(green|blue)"),
    "sky": ("why is the sky blue", r"light|sun|scatter"),
    "sleep": ("can you give me a tip for sleeping better", r"sleep|breath|quiet|relax"),
    "water": ("at what temperature does water boil", r"100|hundred|212"),
}
"""What each sample says, and what an answer on topic has in it."""


def plain(text: str) -> str:
    """A text as words only."""
    return " ".join(re.sub(r"[^a-z0-9' ]", " ", text.lower()).split())


@pytest.mark.parametrize("name", QUESTIONS)
async def test_a_spoken_question_is_answered_in_speech(client, name):
    """The transcript is right, the reply is on topic, and its audio says what its text says."""
    said, topic = QUESTIONS[name]
    result = await turn(client, name)
    assert plain(result.heard) == said
    assert re.search(topic, result.done.text.lower()), result.done.text
    assert "".join(e.text for e in result.of(TextDelta)).strip() == result.done.text
    rate = result.chunks[0].sample_rate
    reply = np.concatenate(result.audio).astype(np.float32) / 32768
    back = await client.infer(STT, SttRequest(audio=reply, sample_rate=rate, language="en"))
    assert jiwer.wer(plain(result.done.text), plain(back.text)) <= 0.10, back.text


async def test_audio_leaves_before_the_last_token(client):
    """By the server's clock the first clause was spoken while the model was still writing, and
    by the client's it came before the last text.
    """
    result = await turn(client, "sky", system_prompt=STORY, max_tokens=120)
    assert 0 < result.done.first_audio_at < result.done.last_token_at
    kinds = [type(event) for event in result.events]
    assert kinds.index(AudioChunk) < len(kinds) - 1 - kinds[::-1].index(TextDelta)


async def test_every_clause_has_its_audio_and_visemes(client):
    """Durations are those of the samples; timings cover the clause from start to end."""
    result = await turn(client, "rainbow")
    assert len(result.chunks) == len(result.audio)
    for chunk, audio in zip(result.chunks, result.audio, strict=True):
        assert chunk.duration == pytest.approx(len(audio) / chunk.sample_rate)
        assert np.abs(audio).max() > 1000, "silent"
        assert chunk.timings[0].start == 0
        assert chunk.timings[-1].end == pytest.approx(chunk.duration, abs=0.05)
        assert all(a.end == pytest.approx(b.start) for a, b in pairwise(chunk.timings))
        assert len({timing.viseme for timing in chunk.timings}) > 2


async def read_aloud(client):
    """Keeps `tts` speaking, one request at a time: what turns say meanwhile must wait, and meets.

    Without it clauses may come one by one, each to an engine that is free.
    """
    while True:
        await client.infer(TTS, TtsRequest(text="The sea was calm and the wind was mild. " * 6))


async def test_eight_turns_share_the_engines(client, platform):
    """All succeed; stt and tts ran batches above one; the llm's slots decoded together."""
    before = {model: platform.batches(model) for model in ("stt", "tts")}
    names = [*QUESTIONS, "question", "ocean"]
    steps, tokens = (
        platform.metrics()[f"llm_{k}_total"] for k in ("decode_steps", "generated_tokens")
    )
    reader = asyncio.create_task(read_aloud(client))
    try:
        results = await asyncio.gather(*(turn(client, name) for name in names))
    finally:
        reader.cancel()
    for name, result in zip(names, results, strict=True):
        assert plain(result.heard) == QUESTIONS[name][0]
        assert re.search(QUESTIONS[name][1], result.done.text.lower()), result.done.text
        assert result.audio
    for model in ("stt", "tts"):
        grown = {
            size: count - before[model].get(size, 0)
            for size, count in platform.batches(model).items()
        }
        assert any(size > 1 and count > 0 for size, count in grown.items()), (model, grown)
    await asyncio.sleep(1.2)  # the metrics are refreshed twice a second
    after = platform.metrics()
    generated = after["llm_generated_tokens_total"] - tokens
    assert generated > 1.2 * (after["llm_decode_steps_total"] - steps), "slots were not shared"


async def test_history_reaches_the_model(client):
    """What was said before is part of the prompt."""
    history = (
        '[{"role":"user","content":"Call me Barnaby."},'
        '{"role":"assistant","content":"I will call you Barnaby."}]'
    )
    without, with_history = [await turn(client, "question", history=h) for h in ("[]", history)]
    tokens = [result.of(Usage)[0].prompt_tokens for result in (without, with_history)]
    assert tokens[0] + 10 < tokens[1]


async def test_the_same_seed_gives_the_same_turn(client):
    """Text and audio are the same twice."""
    first, second = [await turn(client, "sky", random_seed=7, temperature=0.8) for _ in range(2)]
    assert first.done.text == second.done.text
    assert np.array_equal(np.concatenate(first.audio), np.concatenate(second.audio))


async def test_speed_changes_the_length_of_the_audio(client):
    """Twice as fast is about half as long."""
    normal, fast = [await turn(client, "question", speed=speed) for speed in (1.0, 2.0)]
    length = [sum(map(len, result.audio)) for result in (normal, fast)]
    assert 0.4 < length[1] / length[0] < 0.65
