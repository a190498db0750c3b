"""Makes a server's streams, consumers and bucket as they are declared; again and again alike.

Nothing is ever deleted. What cannot be mended without losing something is refused and told, and all
the rest is done.
"""

from collections.abc import Sequence

import nats.errors
from nats.js import JetStreamContext

from tritone.nats.failures import as_tritone_error
from tritone.nats.settling import Change, Settling
from tritone.nats.streams import CONSUMERS, STREAMS, ConsumerSpec, StreamSpec
from tritone.nats.wanted import bucket_config, stream_config

__all__ = ["Change", "apply", "plan"]


async def plan(
    js: JetStreamContext,
    replicas: int,
    *,
    streams: Sequence[StreamSpec] = STREAMS,
    consumers: Sequence[ConsumerSpec] = CONSUMERS,
) -> list[Change]:
    """What `apply` would do. Raises Unavailable."""
    return await _run(js, replicas, streams, consumers, really=False)


async def apply(
    js: JetStreamContext,
    replicas: int,
    *,
    streams: Sequence[StreamSpec] = STREAMS,
    consumers: Sequence[ConsumerSpec] = CONSUMERS,
) -> list[Change]:
    """Creates and updates what differs; answers what it did and what it refused.

    Several processes may do so at once. Raises Unavailable.
    """
    return await _run(js, replicas, streams, consumers, really=True)


async def _run(
    js: JetStreamContext,
    replicas: int,
    streams: Sequence[StreamSpec],
    consumers: Sequence[ConsumerSpec],
    *,
    really: bool,
) -> list[Change]:
    wanted = [*(stream_config(spec, replicas) for spec in streams), bucket_config(replicas)]
    try:
        return await Settling(js, wanted, consumers, really=really).all()
    except (nats.errors.Error, OSError) as error:
        raise as_tritone_error(error) from None
