"""Whether what JetStream acknowledges is on disk, from the server's own state.

By default a server acknowledges a message that it has only written to the operating system, and
flushes files every two minutes (`sync_interval`). A crash of the process loses nothing by that; one
of the machine does (https://github.com/nats-io/nats-server/issues/7564). Jepsen lost 131,418 of
930,005 acknowledged messages of NATS 2.12.1 in coordinated power cuts
(https://jepsen.io/analyses/nats-2.12.1).
"""

from typing import Any, Final

import httpx
import nats.errors
from nats.js import JetStreamContext

from tritone.errors import Unavailable
from tritone.nats.address import shown
from tritone.nats.comparing import duration
from tritone.nats.failures import as_tritone_error
from tritone.nats.settling import all_streams
from tritone.nats.streams import STREAMS
from tritone.nats.wanted import BUCKET_STREAM

__all__ = ["flush_seconds", "unflushed"]

_NANOSECONDS: Final = 1e9
_MEND: Final = (
    "set `sync_interval: always` in the server's `jetstream` block (see bridge/nats-server.conf)"
)


async def unflushed(js: JetStreamContext, monitor_url: str) -> list[str]:
    """Warnings: which of our streams acknowledge messages before they are on disk, or may.

    Those in memory promise nothing, and those with several replicas are on several machines.

    Args:
        js: whose streams.
        monitor_url: http://host:8222 of the server's monitoring, or empty.

    Raises:
        Unavailable: the streams cannot be listed.
    """
    try:
        present = await all_streams(js)
    except (nats.errors.Error, OSError) as error:
        raise as_tritone_error(error) from None
    names = (*(stream.name for stream in STREAMS), BUCKET_STREAM)
    single = [
        present[name].config
        for name in names
        if name in present
        and present[name].config.storage == "file"
        and (present[name].config.num_replicas or 1) == 1
    ]
    found = [
        f"{config.name} acknowledges messages before they are on disk: its persist_mode is async, "
        "which only a new stream can change"
        for config in single
        if config.persist_mode == "async"
    ]
    if not single:
        return found
    try:
        seconds = await flush_seconds(monitor_url)
    except Unavailable as error:
        return [*found, error.message]
    if not seconds:
        return found
    return [
        *found,
        *(
            f"{config.name} acknowledges messages up to {duration(seconds)} before they are on "
            f"disk, and has no other replica: {_MEND}"
            for config in single
            if config.persist_mode != "async"
        ),
    ]


async def flush_seconds(monitor_url: str) -> float:
    """How long an acknowledged message may be in memory only; 0 when it never is.

    Raises:
        Unavailable: the server does not tell; the message says how it would.
    """
    if not monitor_url:
        raise Unavailable(
            "whether acknowledged messages are on disk is unknown: set TRITONE_NATS__MONITOR_URL "
            "to http://host:8222 of a server that has `http_port: 8222`"
        )
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(f"{monitor_url.rstrip('/')}/jsz", params={"config": "1"})
            state: Any = answer.raise_for_status().json()
            config = state["config"]
            return 0.0 if config.get("sync_always") else config["sync_interval"] / _NANOSECONDS
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            "whether acknowledged messages are on disk is unknown: the server's monitoring at "
            f"{shown(monitor_url)} does not tell ({type(error).__name__}); set "
            "TRITONE_NATS__MONITOR_URL to http://host:8222 of a server that has `http_port: 8222`"
        ) from None
