"""A real Litestar application behind the protection, with handlers that end when told to."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar, Request, get, post
from litestar.config.cors import CORSConfig
from litestar.exceptions import HTTPException

from edge.errors import on_error
from edge.middleware.protection import Protection
from edge.streaming import Streaming, stream, unless_gone
from tritone.access import keys
from tritone.access.admission import Admission
from tritone.access.drain import Drain
from tritone.access.limits import KeyLimits
from tritone.access.store import KeyStore, edited
from tritone.errors import InvalidInput, TritoneError
from tritone.settings import Lane, Lanes

CHAT = {"scope": "chat", "lane": "chat"}


@dataclass
class Guarded:
    """The application, and what it does.

    Attributes:
        reached: paths whose handler was called.
        bodies: what the handlers read.
        ends: what the requests that are at work wait for, in their order.
    """

    path: Path | None = None
    lane: Lane = field(default_factory=lambda: Lane(running=2, waiting=2))
    queue_seconds: float = 60.0
    clock: Callable[[], float] | None = None

    def __post_init__(self) -> None:
        self.reached: list[str] = []
        self.bodies: list[bytes] = []
        self.ends: list[asyncio.Event] = []
        self.states: list[dict[str, Any]] = []
        self.drain = Drain()
        self.admission = Admission(Lanes(chat=self.lane), self.queue_seconds, lambda: 1)
        limits = KeyLimits(self.clock) if self.clock else KeyLimits()
        store = KeyStore(self.path) if self.path else None
        self.app = Litestar(
            self._handlers(),
            middleware=[
                Protection(keys=store, limits=limits, admission=self.admission, drain=self.drain)
            ],
            exception_handlers={
                TritoneError: on_error,
                HTTPException: on_error,
                Exception: on_error,
            },
            cors_config=CORSConfig(allow_origins=["https://a.example"]),
            request_max_body_size=64 * 1024 * 1024,
            openapi_config=None,
            logging_config=None,
        )

    def client(self, text: str = "") -> httpx.AsyncClient:
        """A client with this key."""
        headers = {"authorization": f"Bearer {text}"} if text else {}
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://door", headers=headers)

    def figures(self) -> tuple[int, int]:
        """Running and waiting requests of the lane."""
        figures = self.admission.figures()["chat"]
        return figures.running, figures.waiting

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits until it holds."""
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - any state, of any object
                await asyncio.sleep(0.001)

    def _handlers(self) -> list[Any]:
        @get("/health")
        async def health() -> str:
            return "ok"

        @get("/models", opt={"scope": "models"})
        async def models(request: Request[Any, Any, Any]) -> str:
            self.reached.append("/models")
            return "models"

        @post("/chat", status_code=200, opt=CHAT)
        async def chat(request: Request[Any, Any, Any]) -> str:
            self.reached.append("/chat")
            self.states.append(dict(request.scope["state"]))
            self.bodies.append(await request.body())
            return "said"

        @post("/wrong", status_code=200, opt=CHAT)
        async def wrong() -> str:
            raise InvalidInput("that is wrong")

        @post("/slow", status_code=200, opt=CHAT)
        async def slow(request: Request[Any, Any, Any]) -> str:
            self.bodies.append(await request.body())
            await unless_gone(request, self._until_told())
            return "done"

        @post("/stream", status_code=200, opt=CHAT)
        async def streamed(request: Request[Any, Any, Any]) -> Streaming:
            self.bodies.append(await request.body())
            return await stream(request, self._chunks(), media_type="text/plain")

        return [health, models, chat, wrong, slow, streamed]

    async def _until_told(self) -> None:
        end = asyncio.Event()
        self.ends.append(end)
        await end.wait()

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        yield b"first"
        await self._until_told()
        yield b"last"


def keep(path: Path, *made: keys.Key) -> None:
    """Writes keys into a file."""
    with edited(path) as present:
        present.update({key.id: key for key in made})
