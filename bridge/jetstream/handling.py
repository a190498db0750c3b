"""What becomes of a delivered message: answered, tried again, or a dead letter."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from nats.js import JetStreamContext
from opentelemetry import propagate, trace

from bridge.jetstream.alone import Alone
from bridge.jetstream.attempt import Attempt, Means
from bridge.jetstream.backoff import Backoff
from bridge.jetstream.delivery import Delivery
from bridge.jetstream.metrics import Metrics
from bridge.jetstream.orders import Order, area_of, read, sender
from bridge.jetstream.outcome import Fate, fate, foreign, told
from tritone.errors import Superseded, TritoneError, Unavailable
from tritone.nats.letters import bury

__all__ = ["Handling", "Outage"]

MOST_OUTAGES: Final = 5
"""How often one delivery waits for models to come back before that counts as its failure."""

log = structlog.get_logger("bridge")
tracer = trace.get_tracer("tritone.bridge")

Outage = Callable[[Order], Awaitable[bool]]
"""Waits while no model is there for a request; whether it was so."""


class Handling:
    """Handles deliveries, each in a task of its own.

    Args:
        js: where dead letters go.
        means: what requests are answered with.
        metrics: where it is counted.
        backoff: how long a message rests after a failure.
        outage: waits for models that are gone.
    """

    def __init__(
        self,
        js: JetStreamContext,
        means: Means,
        metrics: Metrics,
        backoff: Backoff,
        outage: Outage,
    ) -> None:
        self._js = js
        self._means = means
        self._metrics = metrics
        self._backoff = backoff
        self._outage = outage
        self._alone = Alone()

    async def handle(self, delivery: Delivery, verdict: TritoneError | None = None) -> None:
        """Does with a message all that there is to do, and says so to the server.

        It raises nothing but CancelledError, which puts the message back. What cannot be said to
        the server is found out when it delivers the message again.

        Args:
            delivery: of the message.
            verdict: why it is not tried any more; None to try it.
        """
        incoming = delivery.incoming
        area = area_of(incoming.subject)
        began = time.perf_counter()
        if incoming.attempt > 1:
            self._metrics.redelivered.labels(area).inc()
        with tracer.start_as_current_span(
            f"{area} request",
            context=propagate.extract(incoming.lower_headers),
            kind=trace.SpanKind.CONSUMER,
            attributes={"messaging.system": "nats", "messaging.operation.name": "process"},
        ):
            try:
                await self._handle(delivery, verdict)
            except TritoneError as error:
                self._metrics.failed.labels(area, error.code).inc()
                log.warning("left to be delivered again", code=error.code, reason=error.message)
            except asyncio.CancelledError:
                with contextlib.suppress(TritoneError):
                    await delivery.nak()
                raise
            except Exception:
                log.exception("left to be delivered again")
        self._metrics.seconds.labels(area).observe(time.perf_counter() - began)

    async def _handle(self, delivery: Delivery, verdict: TritoneError | None) -> None:
        incoming = delivery.incoming
        try:
            order = read(incoming)
        except TritoneError as error:
            await self._refuse(delivery, error)
            return
        structlog.contextvars.bind_contextvars(request_id=order.request_id)
        async with self._alone.holding(order.request_id):
            if verdict is not None:
                attempt = Attempt(self._means, order, incoming)
                if not await attempt.is_answered():
                    await self._failed(delivery, order, attempt, verdict)
                    return
            await self._answer(delivery, order)

    async def _answer(self, delivery: Delivery, order: Order) -> None:
        """Answers, and waits out times when nobody could."""
        for tries in range(MOST_OUTAGES + 1):
            attempt = Attempt(self._means, order, delivery.incoming, again=tries > 0)
            try:
                await attempt.run()
            except Superseded:
                raise
            except Exception as raised:  # noqa: BLE001 - mapped, and told
                error = foreign(raised)
                waits = isinstance(error, Unavailable) and tries < MOST_OUTAGES
                if waits and await self._outage(order):
                    log.info("tried again: the models are back", code=error.code)
                    continue
                await self._failed(delivery, order, attempt, error)
                return
            await delivery.ack()
            self._metrics.handled.labels(order.route.area).inc()
            log.debug("answered", attempt=delivery.incoming.attempt)
            return

    async def _failed(
        self, delivery: Delivery, order: Order, attempt: Attempt, error: TritoneError
    ) -> None:
        incoming, area = delivery.incoming, order.route.area
        self._metrics.failed.labels(area, error.code).inc()
        found = fate(error)
        log.info("failed", code=error.code, reason=error.message, attempt=incoming.attempt)
        if found is Fate.TRIED_AGAIN and not delivery.last and not attempt.told:
            pause = self._backoff.seconds(incoming.attempt)
            await self._means.ledger.failed(incoming)
            await delivery.nak(pause)
            return
        try:
            await attempt.fail(told(error))
        except Superseded:
            if found is not Fate.STOPPED:
                raise
        if found is Fate.STOPPED:
            await self._means.ledger.mark(order.request_id)
            await delivery.ack()
        else:
            await self._bury(delivery, error)

    async def _refuse(self, delivery: Delivery, error: TritoneError) -> None:
        """Gives up a message that breaks the protocol; its sender is told, if it can be."""
        incoming = delivery.incoming
        self._metrics.failed.labels(area_of(incoming.subject), error.code).inc()
        log.info("refused", code=error.code, reason=error.message)
        order = sender(incoming)
        if order is not None:
            try:
                await Attempt(self._means, order, incoming).fail(told(error))
            except Superseded:
                log.info("not told: another request has this id")
        await self._bury(delivery, error)

    async def _bury(self, delivery: Delivery, error: TritoneError) -> None:
        incoming = delivery.incoming
        area = area_of(incoming.subject)
        now = time.time()
        first = now if incoming.attempt == 1 else await self._means.ledger.failed(incoming)
        await bury(
            self._js,
            area,
            subject=incoming.subject,
            stream=incoming.stream,
            stream_seq=incoming.seq,
            attempts=incoming.attempt,
            error=error,
            first_error=first,
            last_error=now,
            data=incoming.data,
            headers=incoming.headers,
        )
        self._metrics.dead_letters.labels(area, error.code).inc()
        await delivery.term()
