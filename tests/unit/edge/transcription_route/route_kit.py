"""The transcription routes behind a client, and recordings to send there."""

import io
from typing import Any

import soundfile
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.testing import TestClient

from edge import openapi
from edge.errors import on_error
from edge.routes.transcriptions import transcriptions, translations
from tests.unit.transcription_kit import Ear, Told, told
from tritone.contract import STT
from tritone.errors import ModelNotFound, TritoneError
from tritone.settings import EdgeSettings

SHORT = told([(0.5, 0.4), (0.1, 0.5), (0.2, 0.4)], after=0.5)
LONG = told([(0.6, 0.4), (0.05, 0.3), (0.05, 0.5)] * 40, after=1.0)
PATH = "/v1/audio/transcriptions"
TYPE = {"content-type": "multipart/form-data; boundary=edge"}


class Names:
    """A catalog of one name."""

    def resolve(self, name: str, like: Any) -> Any:
        if name != "stt" or like is not STT:
            raise ModelNotFound(f"there is no model '{name}'", param="model")
        return like


def wav(recording: Told) -> bytes:
    """The recording as a file; FLOAT keeps the samples as they are."""
    file = io.BytesIO()
    soundfile.write(file, recording.audio, 16_000, format="WAV", subtype="FLOAT")
    return file.getvalue()


def door(ear: Ear, **settings: Any) -> TestClient:
    given_ = {"caller": ear, "catalog": Names(), "edge": EdgeSettings(**settings)}
    app = Litestar(
        [transcriptions, translations, openapi.document],
        dependencies={name: _provide(value) for name, value in given_.items()},
        exception_handlers={TritoneError: on_error, HTTPException: on_error, Exception: on_error},
        openapi_config=openapi.config(),
        request_max_body_size=1000,
        logging_config=None,
    )
    return TestClient(app, raise_server_exceptions=False)


def _provide(value: Any) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)


def ask(client: TestClient, recording: Any = SHORT, path: str = PATH, **fields: Any) -> Any:
    content = wav(recording) if isinstance(recording, Told) else recording
    return client.post(
        path, data={"model": "stt", **fields}, files={"file": ("a.wav", content, "audio/wav")}
    )


def refused(answer: Any, status: int, code: str, param: str | None) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == (code, param), answer.text


def multipart(content: bytes, name: str = "file", model: bytes = b"stt") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"; filename="a.wav"\r\n\r\n'.encode()
    return b"".join(
        (
            b'--edge\r\nContent-Disposition: form-data; name="model"\r\n\r\n' + model,
            b"\r\n--edge\r\n" + head + content,
            b"\r\n--edge--\r\n",
        )
    )
