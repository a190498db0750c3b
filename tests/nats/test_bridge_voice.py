"""Spoken turns over NATS."""

import io
import wave

import msgpack
import numpy as np
import pytest

from tests.nats.bridge_kit import Models, bridge, new_id
from tests.nats.reader_kit import VOICE, reading, seqs
from tests.nats.test_bridge_failures import letters
from tests.unit.cli_kit import RATE, chunk, good_turn, samples
from tritone.settings import BridgeSettings

pytestmark = pytest.mark.nats
REQUEST = "ai.voice.user.u1.request"


def tone(seconds=0.5, rate=16_000):
    at = np.arange(round(seconds * rate))
    return (np.sin(at / 20) * 8000).astype("<i2").tobytes()


def wav(pcm, rate=16_000):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(pcm)
    return file.getvalue()


def voice(request_id, audio, **more):
    return msgpack.packb({"request_id": request_id, "user_id": "u1", "audio": audio, **more})


@pytest.mark.parametrize("subject", [REQUEST, "ai.voice.request"])
async def test_a_recording_is_answered_in_text_and_speech(nc, js, subject):
    """Chunks carry transcript, text and audio; together and in the whole it is all there once."""
    request_id, models = new_id(), Models()
    async with bridge(nc, models), reading(nc, request_id, VOICE) as reader:
        await js.publish(subject, voice(request_id, wav(tone()), format="wav"))
        chunks = await reader.ended()
        whole = await reader.whole()
    sound = np.concatenate([samples(100, 1), samples(50, 2)]).astype("<i2").tobytes()
    assert reader.text == "It is four." == whole["content"]
    assert b"".join(each["audio"] for each in chunks) == sound == whole["audio"]
    assert "".join(each["transcript"] for each in chunks) == "What is it?" == whole["transcript"]
    assert {each["sample_rate"] for each in chunks if each["audio"]} == {RATE}
    assert seqs(chunks) == list(range(len(chunks)))
    assert set(whole) == {
        "request_id", "type", "content", "done", "timestamp", "seq",
        "audio", "sample_rate", "transcript", "visemes",
    }  # fmt: skip
    heard = models.asked[0][1].audio
    assert heard.shape == (8_000,)
    assert np.abs(heard).max() == pytest.approx(8000 / 32768, rel=0.01)


async def test_bare_samples_need_no_container(nc, js):
    """`pcm` with its `sample_rate` is heard as the same recording at 16 kHz."""
    request_id, models = new_id(), Models()
    message = voice(request_id, tone(0.5, 48_000), format="pcm", sample_rate=48_000, language="en")
    async with bridge(nc, models), reading(nc, request_id, VOICE) as reader:
        await js.publish(REQUEST, message)
        await reader.whole()
    asked = models.asked[0][1]
    assert abs(asked.audio.size - 8_000) < 100
    assert asked.language == "en"


async def test_optional_fields_may_be_nil_or_zero(nc, js):
    """What a Go service leaves unset arrives as nil, 0 or an empty text, and means the default."""
    request_id = new_id()
    unset = {"format": "", "sample_rate": 0, "premium": None, "enable_rag": None, "language": ""}
    async with bridge(nc, Models()), reading(nc, request_id, VOICE) as reader:
        await js.publish(REQUEST, voice(request_id, wav(tone()), **unset))
        await reader.ended()
    assert reader.text == "It is four."


async def test_audio_that_is_too_large_for_a_message_is_only_told_in_chunks(nc, js):
    """The whole answer then has the text; the chunks have every sample, in order."""
    request_id, models = new_id(), Models()
    large = 9_000_000
    models.turn = good_turn()
    models.turn[2] = chunk(0, "It is", large, 0.3)
    async with bridge(nc, models), reading(nc, request_id, VOICE) as reader:
        await js.publish(REQUEST, voice(request_id, wav(tone())))
        chunks = await reader.ended()
        whole = await reader.whole()
    audio = b"".join(each["audio"] for each in chunks)
    assert len(audio) == 2 * (large + 50)
    assert audio[: 2 * large] == samples(large, 1).tobytes()
    assert (whole["audio"], whole["content"]) == (b"", "It is four.")
    assert sum(bool(each["audio"]) for each in chunks) > 2


@pytest.mark.parametrize(
    ("audio", "settings", "code"),
    [
        (bytes(2_000), {"max_audio_bytes": 1_000}, "PAYLOAD_TOO_LARGE"),
        (wav(tone(2.0)), {"max_audio_seconds": 1.0}, "AUDIO_TOO_LONG"),
        (b"no sound at all", {}, "AUDIO_UNDECODABLE"),
        (b"", {}, "AUDIO_EMPTY"),
    ],
)
async def test_a_recording_that_is_none_is_a_dead_letter(nc, js, audio, settings, code):
    """What is too large, too long or no recording is refused at once, and its sender is told."""
    request_id, models = new_id(), Models()
    async with (
        bridge(nc, models, settings=BridgeSettings(**settings)),
        reading(nc, request_id, VOICE) as reader,
    ):
        await js.publish(REQUEST, voice(request_id, audio))
        whole = await reader.whole()
        (letter,) = await letters(js)
    assert (whole["type"], whole["code"]) == ("error", code)
    assert (letter.area, letter.code, letter.attempts) == ("voice", code, 1)
    assert not models.asked
