"""What a request passes before its handler, and before its body is read.

In this order, each step refusing at once: the door is not being stopped; without keys, no foreign
web page is behind it; the key is known and good
for this; the key's rate and concurrency are not used up; there is a place in the lane, now or soon
enough. What was taken is given back when the answer is sent or the client is gone.

A handler says what it needs by ``opt={"scope": "chat", "lane": "chat"}``: without a scope it is
open to all, without a lane it needs no place.
"""

import asyncio
from typing import Any

import structlog
from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from edge.errors import on_error
from edge.middleware.allowance import allowance
from edge.middleware.caller import authenticated, deadline, identity
from edge.middleware.inbox import Inbox
from edge.middleware.websites import Websites
from tritone.access.admission import Admission
from tritone.access.drain import Drain
from tritone.access.keys import Key
from tritone.access.limits import KeyLimits
from tritone.access.store import KeyStore
from tritone.access.ticket import Ticket
from tritone.errors import Cancelled, TritoneError

__all__ = ["Protection"]


class Protection(ASGIMiddleware):
    """See the module. To be the application's first middleware.

    It leaves in ``scope["state"]``: `key_id`, `lane`, and `queue_seconds`, the wait for a place.

    Args:
        keys: those in force; None serves everybody (`tritone.access.exposure` says where it may).
        limits: of each key.
        admission: the queues.
        drain: whether the door is being stopped, and what still runs.
        websites: whose pages may call where nobody has a key; None lets all.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(
        self,
        *,
        keys: KeyStore | None,
        limits: KeyLimits,
        admission: Admission,
        drain: Drain,
        websites: Websites | None = None,
    ) -> None:
        self._keys = keys
        self._websites = websites
        self._limits = limits
        self._admission = admission
        self._drain = drain

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes a request on, or answers why not."""
        assert scope["type"] == ScopeType.HTTP
        needed = scope["route_handler"].opt.get("scope")
        if needed is None:
            await next_app(scope, receive, send)
            return
        answer = _Answer(send, self._limits)
        try:
            with self._drain.counted():
                if self._keys is None and self._websites is not None:
                    self._websites.check(scope)
                key = answer.key = authenticated(scope, self._keys, needed)
                scope["state"]["key_id"] = key.id
                with structlog.contextvars.bound_contextvars(key=key.id), self._limits.hold(key):
                    await self._in_turn(key, scope, receive, answer, next_app)
        except TritoneError as error:
            if answer.status:
                raise
            # Raised on, Litestar would answer it past `answer`, and so without its headers.
            request: Request[Any, Any, Any] = Request(scope, receive, answer)
            response = on_error(request, error).to_asgi_response(app=None, request=request)
            await response(scope, receive, answer)

    async def _in_turn(
        self, key: Key, scope: HTTPScope, receive: Receive, answer: "_Answer", next_app: ASGIApp
    ) -> None:
        lane = scope["route_handler"].opt.get("lane")
        if lane is None:
            await next_app(scope, receive, answer)
            return
        ticket = self._admission.ask(lane, identity(scope, key), deadline(scope))
        inbox = Inbox(receive)
        try:
            if not ticket.granted:
                await _turn(ticket, inbox)
            scope["state"].update(lane=lane, queue_seconds=ticket.waited)
            with structlog.contextvars.bound_contextvars(lane=lane):
                await next_app(scope, inbox, answer)
        finally:
            ticket.counts = answer.status < 400
            ticket.leave()
            await inbox.close()


class _Answer:
    """`send`, which adds what is left of the key's rate and remembers the status."""

    def __init__(self, send: Send, limits: KeyLimits) -> None:
        self._send = send
        self._limits = limits
        self.key: Key | None = None
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.key is not None:
                left = allowance(self._limits.standing(self.key))
                message["headers"] = [*message["headers"], *left]
        await self._send(message)


async def _turn(ticket: Ticket, inbox: Inbox) -> None:
    """Waits for the ticket's place, as long as the client does.

    Raises:
        Cancelled: the client has left.
        Overloaded: no place came in time.
    """
    turn = asyncio.ensure_future(ticket.turn())
    gone = asyncio.ensure_future(inbox.gone())
    try:
        await asyncio.wait({turn, gone}, return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            gone.result()
            raise Cancelled("the client disconnected while it waited for a place")
        turn.result()
    finally:
        for each in (turn, gone):
            each.cancel()
        await asyncio.gather(turn, gone, return_exceptions=True)
