"""The bridge as a process of its own, with doubles for the models: ``python -m`` this, with
`TRITONE_NATS_URL` and so on. Times and failures come from the environment.
"""

import asyncio
import os
import sys

from bridge.jetstream.door import Bridge
from bridge.server import run
from tests.nats.bridge_kit import QUICK, Models, Names, specs
from tritone.nats.connection import connect
from tritone.settings import Settings, settings
from tritone.telemetry import logs


async def serve(used: Settings) -> None:
    models = Models(*os.environ["WORDS"].split(","))
    models.pause = float(os.environ["PAUSE"])
    nats = await connect(used.nats_address, name="bridge")
    opened = Bridge(
        nats,
        models,
        Names(),
        used.bridge,
        backoff=QUICK,
        consumers=specs(ack_wait=float(os.environ["ACK_WAIT"])),
    )
    await run(opened, used)
    await nats.close()


if __name__ == "__main__":
    logs.configure("info", "json")
    asyncio.run(serve(settings()))
    sys.exit(0)
