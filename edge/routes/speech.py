"""POST /v1/audio/speech."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import numpy as np
from litestar import MediaType, Request, Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from edge import sse
from edge.errors import responses
from edge.given import Given
from edge.streaming import stream, unless_gone
from edge.wire import spoken as wire
from edge.wire.speech import Granularity, SpeechBody, format_of, request_of
from tritone.calls import Caller
from tritone.contract import TTS
from tritone.media.encode import MEDIA_TYPES, AudioFormat, Encoder, encode, encoded_rate
from tritone.routing import Catalog
from tritone.usecases.speech import SpokenClause, speak

__all__ = ["speech"]

Clauses = AsyncGenerator[SpokenClause, None]


@post(
    "/v1/audio/speech",
    status_code=200,
    opt={
        "scope": "speech",
        "lane": "speech",
        "produces": {
            **{kind.partition(";")[0]: "The audio file." for kind in MEDIA_TYPES.values()},
            sse.MEDIA_TYPE: "speech.audio.delta, speech.audio.timings and speech.audio.done.",
        },
    },
    tags=["audio"],
    summary="Text spoken",
    operation_id="createSpeech",
    responses={
        200: ResponseSpec(
            wire.SpeechWhole,
            description="An audio file as it is spoken; or events, or JSON, by `stream_format`.",
            generate_examples=False,
        ),
        **responses(),
    },
)
async def speech(
    request: Request[Any, Any, Any],
    data: JSONBody[SpeechBody],
    caller: Given[Caller],
    catalog: Given[Catalog],
) -> Response[Any]:
    """The audio starts with the first sentence, while the next ones are being spoken."""
    wanted, kind = request_of(data), format_of(data)
    spoken = _counted(request, speak(caller, catalog.resolve(data.model, TTS), wanted))
    if data.stream_format == "json":
        whole = await unless_gone(request, _whole(spoken, kind, data))
        return Response(whole, media_type=MediaType.JSON)
    if data.stream_format == "sse":
        events = sse.guarded(_events(spoken, kind, data))
        return await stream(request, events, media_type=sse.MEDIA_TYPE)
    return await stream(request, _file(spoken, kind), media_type=MEDIA_TYPES[kind])


async def _counted(request: Request[Any, Any, Any], spoken: Clauses) -> Clauses:
    """The clauses, whose seconds the metrics want to know."""
    state = request.scope["state"]
    async with contextlib.aclosing(spoken):
        async for clause in spoken:
            state["audio_seconds"] = clause.start + clause.duration
            yield clause


async def _encoded(
    spoken: Clauses, kind: AudioFormat
) -> AsyncGenerator[tuple[SpokenClause | None, bytes], None]:
    """Each clause with the bytes that it completes, and at last the rest of the file."""
    encoder: Encoder | None = None
    async with contextlib.aclosing(spoken):
        async for clause in spoken:
            if encoder is None:
                encoder = await asyncio.to_thread(Encoder, kind, clause.sample_rate)
            yield clause, await asyncio.to_thread(encoder.feed, clause.audio)
    if encoder is not None:
        yield None, await asyncio.to_thread(encoder.finish)


async def _file(spoken: Clauses, kind: AudioFormat) -> AsyncGenerator[bytes, None]:
    async with contextlib.aclosing(_encoded(spoken, kind)) as pieces:
        async for _, audio in pieces:
            if audio:
                yield audio


async def _events(
    spoken: Clauses, kind: AudioFormat, body: SpeechBody
) -> AsyncGenerator[bytes, None]:
    seconds = 0.0
    granularities = body.timestamp_granularities or []
    async with contextlib.aclosing(_encoded(spoken, kind)) as pieces:
        async for clause, audio in pieces:
            if clause is not None:
                seconds = clause.start + clause.duration
                if granularities:
                    yield sse.event(wire.timings(clause, granularities))
            for delta in wire.deltas(audio):
                yield sse.event(delta)
    yield sse.event(wire.AudioDone(usage=wire.usage(body.input, seconds)))


async def _whole(spoken: Clauses, kind: AudioFormat, body: SpeechBody) -> bytes:
    async with contextlib.aclosing(spoken):
        clauses = [clause async for clause in spoken]
    return await asyncio.to_thread(_pack, clauses, kind, body.timestamp_granularities or [])


def _pack(
    clauses: list[SpokenClause], kind: AudioFormat, granularities: list[Granularity]
) -> bytes:
    rate = clauses[0].sample_rate
    audio = encode(kind, rate, np.concatenate([clause.audio for clause in clauses]))
    return wire.whole(clauses, kind, encoded_rate(kind, rate), audio, granularities)
