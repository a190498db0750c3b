"""POST /v1/audio/transcriptions and /v1/audio/translations."""

from typing import Any

from litestar import Request, Response, post
from litestar.openapi.datastructures import ResponseSpec

from edge import sse
from edge.errors import responses
from edge.forms import TranscriptionForm, TranslationForm
from edge.given import Given
from edge.transcripts import Transcript
from edge.wire import transcript as wire
from tritone.calls import Caller
from tritone.routing import Catalog
from tritone.settings import EdgeSettings

__all__ = ["transcriptions", "translations"]

_ANSWER: Any = wire.Transcription | wire.TranscriptionVerbose
_TEXTS = {
    "text/plain": "The text alone.",
    "application/x-subrip": "Subtitles.",
    "text/vtt": "Subtitles.",
}


@post(
    "/v1/audio/transcriptions",
    status_code=200,
    opt={
        "scope": "transcription",
        "lane": "transcription",
        "produces": {
            **_TEXTS,
            sse.MEDIA_TYPE: "transcript.text.delta, while it is heard, and transcript.text.done.",
        },
    },
    request_max_body_size=None,  # `received` counts, up to another bound than that of the door
    operation_class=TranscriptionForm,
    tags=["audio"],
    summary="A recording written down",
    operation_id="createTranscription",
    responses={
        200: ResponseSpec(
            _ANSWER,
            description="The transcript in the format that `response_format` says.",
            generate_examples=False,
        ),
        **responses(),
    },
)
async def transcriptions(
    request: Request[Any, Any, Any],
    caller: Given[Caller],
    catalog: Given[Catalog],
    edge: Given[EdgeSettings],
) -> Response[Any]:
    """Recordings of any length: those over half a minute are cut in pauses, and heard in parts."""
    return await Transcript(request, caller, catalog, edge, "transcribe").answer()


@post(
    "/v1/audio/translations",
    status_code=200,
    opt={"scope": "transcription", "lane": "transcription", "produces": _TEXTS},
    request_max_body_size=None,
    operation_class=TranslationForm,
    tags=["audio"],
    summary="A recording written down in English",
    operation_id="createTranslation",
    responses={
        200: ResponseSpec(
            _ANSWER,
            description="The translation in the format that `response_format` says.",
            generate_examples=False,
        ),
        **responses(),
    },
)
async def translations(
    request: Request[Any, Any, Any],
    caller: Given[Caller],
    catalog: Given[Catalog],
    edge: Given[EdgeSettings],
) -> Response[Any]:
    """From any language that the model knows into English."""
    return await Transcript(request, caller, catalog, edge, "translate").answer()
