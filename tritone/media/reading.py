"""Recordings for those who must not block: every step runs in a thread."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from tritone.contract import SAMPLE_RATE
from tritone.media.decode import Recording

__all__ = ["opened", "read"]


@asynccontextmanager
async def opened(file: BinaryIO, *, rate: int = SAMPLE_RATE) -> AsyncIterator[Recording]:
    """Opens a recording for as long as the block lasts; `file` is not closed.

    Raises:
        AudioUndecodable, AudioEmpty: as `Recording` does.
    """
    recording = await asyncio.to_thread(Recording, file, rate=rate)
    try:
        yield recording
    finally:
        recording.close()


async def read(
    recording: Recording, seconds: float = 10.0
) -> AsyncGenerator[npt.NDArray[np.float32], None]:
    """The chunks of `Recording.chunks`, each decoded when it is asked for.

    A reader that is cancelled leaves at once. Its step ends by itself, soon after the recording is
    closed.

    Raises:
        AudioUndecodable, AudioEmpty: as `Recording.chunks` does.
    """
    pieces = recording.chunks(seconds)
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece
