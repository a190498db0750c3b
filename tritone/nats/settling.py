"""Compares a server's streams and consumers with what is declared, and mends what differs."""

import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, StreamConfig, StreamInfo
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from tritone.nats.comparing import (
    Difference,
    Mend,
    compare_consumer,
    compare_stream,
    shrinks,
)
from tritone.nats.conflicts import taken_by, without_subjects
from tritone.nats.streams import ConsumerSpec
from tritone.nats.wanted import consumer_config

__all__ = ["Change", "Settling", "all_streams"]

C = TypeVar("C", StreamConfig, ConsumerConfig)

_OVERLAP: Final = 10065
"""The server's code for subjects that another stream has."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is done, or would be.

    Attributes:
        kind: `refused` means that it stays as it is; the detail says why, and what to do.
        name: of the stream, or STREAM/CONSUMER.
        detail: what, for people.
    """

    kind: Literal["create", "update", "refused"]
    name: str
    detail: str


async def all_streams(js: JetStreamContext) -> dict[str, StreamInfo]:
    """Every stream of the server, by name; it lists a part at a time."""
    found: dict[str, StreamInfo] = {}
    while True:
        page = await js.streams_info(offset=len(found))
        new = {str(info.config.name): info for info in page if info.config.name not in found}
        if not new:  # at the end a cluster's page is not empty, as a single server's is
            return found
        found |= new


class _Taken(Exception):
    """Another stream has the subjects still."""


class Settling:
    """One comparison, which also mends if it is `really` meant."""

    def __init__(
        self,
        js: JetStreamContext,
        wanted: Sequence[StreamConfig],
        consumers: Sequence[ConsumerSpec],
        *,
        really: bool,
    ) -> None:
        self._js = js
        self._wanted = {str(config.name): config for config in wanted}
        self._consumers = consumers
        self._really = really
        self._ours = [one for config in wanted for one in config.subjects or []]
        self._changes: list[Change] = []

    async def all(self) -> list[Change]:
        """In rounds: a stream may have to give up a subject before another can take it."""
        waiting = list(self._wanted)
        while waiting:
            present = await self._present()
            blocked = [name for name in waiting if not await self._settled(name, present)]
            if len(blocked) == len(waiting):
                for name in blocked:
                    self._note("refused", name, "its subjects are another stream's")
                break
            waiting = blocked
        return self._changes

    async def _present(self) -> dict[str, StreamInfo]:
        """Everybody's streams; ours for certain, which a cluster may leave out while it is busy."""
        found = await all_streams(self._js)
        for name in self._wanted.keys() - found.keys():
            with contextlib.suppress(NotFoundError):
                found[name] = await self._js.stream_info(name)
        return found

    async def _settled(self, name: str, present: Mapping[str, StreamInfo]) -> bool:
        """One stream and its consumers; False when it must wait for another."""
        wanted = self._wanted[name]
        info = present.get(name)
        taken = taken_by(wanted, present, self._wanted, self._ours)
        exists = True
        try:
            if info is not None:
                difference = compare_stream(
                    wanted, info.config, ours=self._ours, oldest=await self._oldest(wanted, info)
                )
                if taken:
                    difference = without_subjects(difference, taken)
                await self._mend(name, info.config, difference, self._js.update_stream)
            elif taken:
                self._note("refused", name, taken)
                exists = False
            else:
                exists = await self._create(
                    name, _described(wanted), lambda: self._js.add_stream(wanted)
                )
        except _Taken:
            return False
        for spec in self._consumers:
            if spec.stream == name:
                await self._consumer(spec, exists, new=info is None)
        return True

    async def _consumer(self, spec: ConsumerSpec, stream_exists: bool, *, new: bool) -> None:
        name = f"{spec.stream}/{spec.name}"
        if not stream_exists:
            self._note("refused", name, "there is no stream for it")
            return
        wanted = consumer_config(spec)

        async def send(config: ConsumerConfig) -> object:
            return await self._js.add_consumer(spec.stream, config, name=spec.name)

        present = None
        if self._really or not new:  # a new stream that is only planned cannot be asked
            with contextlib.suppress(NotFoundError):
                present = (await self._js.consumer_info(spec.stream, spec.name)).config
        if present is None:
            await self._create(name, f"reads {', '.join(spec.subjects)}", lambda: send(wanted))
        else:
            await self._mend(name, present, compare_consumer(wanted, present), send)

    async def _create(
        self, name: str, detail: str, create: Callable[[], Awaitable[object]]
    ) -> bool:
        reason = await self._attempt(create)
        if reason:
            self._note("refused", name, f"JetStream does not make it: {reason}")
            return False
        self._note("create", name, detail)
        return True

    async def _mend(
        self,
        name: str,
        present: C,
        difference: Difference,
        send: Callable[[C], Awaitable[object]],
    ) -> None:
        """All at once, or one by one where the server does not take all of it."""

        def sent(mends: Sequence[Mend]) -> Callable[[], Awaitable[object]]:
            values = {key: value for mend in mends for key, value in mend.values.items()}
            return lambda: send(present.evolve(**values))

        done: list[Mend] = difference.mends
        refused = list(difference.refused)
        if done and await self._attempt(sent(done)):
            done = []
            for mend in difference.mends:
                reason = await self._attempt(sent([*done, mend]))
                if reason:
                    refused.append(f"{mend.text}: {reason}")
                else:
                    done.append(mend)
        if done:
            self._note("update", name, ", ".join(mend.text for mend in done))
        for text in refused:
            self._note("refused", name, text)

    async def _attempt(self, work: Callable[[], Awaitable[object]]) -> str:
        """Empty when it is done, or only planned; else JetStream's reason. Raises _Taken."""
        if not self._really:
            return ""
        try:
            await work()
        except ServiceUnavailableError:
            raise
        except APIError as error:
            if error.err_code == _OVERLAP:
                raise _Taken from None
            return str(error.description or error)
        return ""

    async def _oldest(self, wanted: StreamConfig, info: StreamInfo) -> float:
        """Age of the first message in seconds, where it matters."""
        if not shrinks(wanted, info.config) or not info.state.messages:
            return 0.0
        try:
            first = await self._js.get_msg(str(wanted.name), seq=info.state.first_seq)
        except NotFoundError:  # gone since
            return 0.0
        return time.time() - first.time.timestamp() if first.time else 0.0

    def _note(self, kind: Literal["create", "update", "refused"], name: str, detail: str) -> None:
        self._changes.append(Change(kind, name, detail))


def _described(config: StreamConfig) -> str:
    storage = str(config.storage.value) if config.storage else ""
    return f"{storage}: {', '.join(config.subjects or [])}"
