"""The client for services in Python: asks over NATS and reads the answers while they are made.

    async with NatsClient("nats://127.0.0.1:4222") as client:
        async for chunk in client.chat("Why is the sky blue?", user_id="u42"):
            print(chunk.content, end="")

An answer is whole, whatever happens to bridges, server and network meanwhile. What was read of it
may turn out void: then a chunk of type `restart` comes, and the answer begins anew. Whoever stops
reading early should close the iterator (`contextlib.aclosing`), which cancels the request at once.
"""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar, Unpack

import msgspec
from nats.aio.client import Client as Nats

from tritone.errors import Internal, Unavailable
from tritone.nats import subjects
from tritone.nats.asking import Asking
from tritone.nats.connection import connect
from tritone.nats.kept import chat_answer, job_answer, voice_answer
from tritone.nats.requests import ChatOptions, VoiceOptions, chat_request, job, voice_request
from tritone.nats.results import Embeddings, Ranking, Transcription
from tritone.nats.wire import ChatChunk, VoiceChunk

__all__ = ["NatsClient"]

R = TypeVar("R", bound=msgspec.Struct)


class NatsClient:
    """The platform over NATS; an async context manager.

    Every call takes `timeout`, the seconds after which its answer is of no use, and raises the
    `TritoneError` that the bridge answered, or `DeadlineExceeded` or `ServerUnreachable`.

    Args:
        url: nats://host:port of the server; several are joined by commas.
        name: as which it connects.
        creds_file: credentials, as nsc makes them.
        idle_timeout: seconds after which an answer of which nothing comes is given up.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str = "tritone-client",
        creds_file: Path | None = None,
        idle_timeout: float = 60.0,
    ) -> None:
        self._url, self._name, self._creds_file = url, name, creds_file
        self._idle_timeout = idle_timeout
        self._client: Nats | None = None
        self._asking: Asking | None = None

    async def connect(self) -> None:
        """Connects. Raises ServerUnreachable and SetupError."""
        self._client = await connect(
            self._url, name=self._name, creds_file=self._creds_file, on_reconnect=self._look_again
        )
        self._asking = Asking(self._client, self._idle_timeout)

    async def close(self) -> None:
        """Ends the connection."""
        if self._client is not None:
            await self._client.close()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def chat(
        self,
        message: str,
        *,
        user_id: str,
        request_id: str = "",
        timeout: float | None = None,
        **options: Unpack[ChatOptions],
    ) -> AsyncGenerator[ChatChunk, None]:
        """An answer while it is written; the last chunk is of type `done`.

        Args:
            message: what the user says.
            user_id: who says it: a token of a subject, so without dots, blanks and wildcards.
            request_id: of one's own; else a new UUID.
            timeout: seconds, as the class has it.
            options: what else.
        """
        request = chat_request(message, user_id, request_id, options)
        kept = chat_answer(request.request_id)
        return self._ready().chunks(subjects.chat_message(user_id), request, kept, timeout)

    async def ask(
        self,
        message: str,
        *,
        user_id: str,
        request_id: str = "",
        timeout: float | None = None,  # noqa: ASYNC109 - it is the request's, and told as such
        **options: Unpack[ChatOptions],
    ) -> str:
        """A whole answer. Arguments as `chat`."""
        request = chat_request(message, user_id, request_id, options, stream=False)
        kept = chat_answer(request.request_id)
        subject = subjects.chat_message(user_id)
        return (await self._ready().whole(subject, request, kept, timeout)).content

    def voice(
        self,
        audio: bytes,
        *,
        user_id: str,
        request_id: str = "",
        timeout: float | None = None,
        **options: Unpack[VoiceOptions],
    ) -> AsyncGenerator[VoiceChunk, None]:
        """A spoken answer while it is made. `audio` is a recording; the others as `chat`."""
        request = voice_request(audio, user_id, request_id, options)
        kept = voice_answer(request.request_id)
        return self._ready().chunks(subjects.voice_request(user_id), request, kept, timeout)

    def replay(
        self, request_id: str, *, timeout: float | None = None
    ) -> AsyncGenerator[ChatChunk, None]:
        """An answer to a chat that was asked before: what there is of it, then the rest.

        Chunks are kept for five minutes, whole answers for an hour. Leaving it cancels nothing.
        """
        return self._ready().replay(chat_answer(subjects.check_request_id(request_id)), timeout)

    def replay_voice(
        self, request_id: str, *, timeout: float | None = None
    ) -> AsyncGenerator[VoiceChunk, None]:
        """As `replay`, of a spoken turn."""
        return self._ready().replay(voice_answer(subjects.check_request_id(request_id)), timeout)

    async def cancel(self, request_id: str) -> None:
        """Stops a request, whoever has made it."""
        await self._ready().cancel(subjects.check_request_id(request_id))

    async def embed(
        self,
        texts: Sequence[str],
        *,
        user_id: str = "",
        timeout: float | None = None,  # noqa: ASYNC109 - it is the request's, and told as such
    ) -> Embeddings:
        """A vector for each text."""
        payload = {"texts": list(texts)}
        return await self._job("embedding", payload, Embeddings, user_id, timeout)

    async def rerank(
        self,
        query: str,
        documents: Sequence[str],
        *,
        top_n: int | None = None,
        user_id: str = "",
        timeout: float | None = None,  # noqa: ASYNC109 - it is the request's, and told as such
    ) -> Ranking:
        """The documents in the order in which they answer the query, or the best `top_n`."""
        payload = {"query": query, "documents": list(documents), "top_n": top_n}
        return await self._job("reranking", payload, Ranking, user_id, timeout)

    async def transcribe(
        self,
        audio: bytes,
        *,
        format: str | None = None,  # noqa: A002 - the field's name on the wire
        sample_rate: int | None = None,
        language: str | None = None,
        words: bool | None = None,
        user_id: str = "",
        timeout: float | None = None,  # noqa: ASYNC109 - it is the request's, and told as such
    ) -> Transcription:
        """What is said in a recording; `words` asks for the times of each."""
        payload = {
            "audio": audio,
            "format": format,
            "sample_rate": sample_rate,
            "language": language,
            "words": words,
        }
        return await self._job("transcription", payload, Transcription, user_id, timeout)

    async def _job(
        self,
        kind: subjects.PipelineKind,
        payload: dict[str, Any],
        result: type[R],
        user_id: str,
        seconds: float | None,
    ) -> R:
        request = job(payload, user_id)
        kept = job_answer(kind, request.request_id)
        subject = subjects.pipeline_request(kind)
        answer = await self._ready().whole(subject, request, kept, seconds)
        try:
            return msgspec.convert(answer.payload, result)
        except msgspec.ValidationError as error:
            raise Internal(f"the {kind} job's result is none: {error}") from None

    async def _look_again(self) -> None:
        if self._asking is not None:
            await self._asking.look_again()

    def _ready(self) -> Asking:
        if self._asking is None:
            raise Unavailable("not connected: use `async with NatsClient(…) as client`")
        return self._asking
