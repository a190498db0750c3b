"""Subjects that call Ray Serve, against a server that speaks as its applications do."""

import json
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web

from perf.bench.corpus.waves import write
from perf.bench.subjects.base import Item, Options, Turn
from perf.bench.subjects.ray_embedder import RayEmbedder
from perf.bench.subjects.ray_stt import RayStt
from perf.bench.subjects.ray_tts import RayTts
from perf.bench.subjects.ray_voice import RayVoice
from tests.unit.perf.http_kit import serving
from tritone.errors import Internal

pytestmark = pytest.mark.unit

RATE = 20_000
HALF_A_SECOND = bytes(RATE)  # two bytes a sample


def frame(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "big") + content


async def stt(request: web.Request) -> web.Response:
    return web.Response(text=f"{len(await request.read())} bytes")


async def tts(request: web.Request) -> web.Response:
    words = (await request.text()).split()
    return web.Response(body=HALF_A_SECOND * len(words), headers={"x-sample-rate": str(RATE)})


async def embedder(_: web.Request) -> web.Response:
    return web.Response(body=np.zeros(384, np.float32).tobytes())


async def voice(request: web.Request) -> web.StreamResponse:
    ask = json.loads(request.headers["x-ask"])
    asked = f"{ask['max_tokens']} after {len(ask['messages'])}"
    response = web.StreamResponse()
    await response.prepare(request)
    whole = frame(b"t", b"what was said") + frame(b"d", asked.encode())
    whole += frame(b"a", HALF_A_SECOND) + frame(b"d", b"!") + frame(b"a", HALF_A_SECOND)
    for start in range(0, len(whole), 7):  # frames do not come as they were sent
        await response.write(whole[start : start + 7])
    return response


HANDLERS = {"/stt": stt, "/tts": tts, "/embedder": embedder, "/voice": voice}


@pytest.fixture
def recording(tmp_path: Path) -> Item:
    """A second of silence."""
    path = tmp_path / "silence.wav"
    write(path, np.zeros(16_000, np.int16))
    return Item(kind="speech", text="", path=str(path), max_tokens=24)


async def test_stt(recording):
    """The samples are sent as they are, and the text comes back."""
    subject = RayStt()
    async with serving(HANDLERS) as url:
        await subject.open(Options(ray=url))
        answer = await subject.one(recording)
        await subject.close()
    assert answer.extra["text"] == "32000 bytes"
    assert (answer.first, answer.units) == (None, 1.0)


async def test_tts():
    """Units are seconds of speech, by the rate that the application tells."""
    subject = RayTts()
    async with serving(HANDLERS) as url:
        await subject.open(Options(ray=url))
        answer = await subject.one(Item(kind="text", text="three short words"))
        await subject.close()
    assert answer.units == pytest.approx(1.5)
    assert answer.first == answer.last


async def test_embedder():
    """A vector is float32 numbers."""
    subject = RayEmbedder()
    async with serving(HANDLERS) as url:
        facts = await subject.open(Options(ray=url))
        answer = await subject.one(Item(kind="passage", text="some text"))
        await subject.close()
    assert facts["dimensions"] == 384
    assert answer.units == 1.0


async def test_voice(recording):
    """A turn is read frame by frame; its prompt is the product's, then what was said before."""
    item = Item(
        kind="speech",
        text="",
        path=recording.path,
        max_tokens=24,
        history=(Turn("user", "Hello."), Turn("assistant", "Hi.")),
    )
    subject = RayVoice()
    async with serving(HANDLERS) as url:
        await subject.open(Options(ray=url))
        answer = await subject.one(item)
        await subject.close()
    assert answer.extra["transcript"] == "what was said"
    assert answer.extra["text"] == "24 after 3!"
    assert answer.extra["audio_seconds"] == pytest.approx(1.0)
    assert answer.first is not None
    assert answer.first <= answer.last


async def test_refusals_are_told():
    """What an application says when it fails is in the error."""

    async def failing(_: web.Request) -> web.Response:
        return web.Response(status=500, text="the replica\ndied")

    subject = RayEmbedder()
    async with serving({"/embedder": failing}) as url:
        with pytest.raises(Internal, match="HTTP 500: the replica died"):
            await subject.open(Options(ray=url))
        await subject.close()
