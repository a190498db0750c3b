"""The forms that are read by hand (`edge.uploads`), for the OpenAPI document."""

from dataclasses import dataclass
from typing import cast

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema

from edge.wire.transcription import TranscriptionBody, TranslationBody

__all__ = ["TranscriptionForm", "TranslationForm"]

_FILE = {
    "type": "string",
    "format": "binary",
    "description": "The recording: wav, mp3, flac, ogg, opus, webm, m4a, mp4 and more.",
}


def _form(body: type[msgspec.Struct]) -> RequestBody:
    """A form of a file and the fields of `body`. Lists have brackets in their names."""
    _, schemas = msgspec.json.schema_components([body])
    schema = schemas[body.__name__]
    properties = {
        f"{name}[]" if value.get("type") == "array" else name: value
        for name, value in schema["properties"].items()
    }
    found = {
        "type": "object",
        "description": schema["description"],
        "properties": {"file": _FILE, **properties},
        "required": ["file", "model"],
    }
    media_type = OpenAPIMediaType(schema=cast("Schema", found))
    return RequestBody(content={"multipart/form-data": media_type}, required=True)


@dataclass
class TranscriptionForm(Operation):
    """What a transcription takes."""

    def __post_init__(self) -> None:
        self.request_body = _form(TranscriptionBody)


@dataclass
class TranslationForm(Operation):
    """What a translation takes."""

    def __post_init__(self) -> None:
        self.request_body = _form(TranslationBody)
