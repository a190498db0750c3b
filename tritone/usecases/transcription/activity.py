"""Speech probabilities of a recording that is read in pieces, from `vad` in Triton.

`vad` remembers each stream. When it forgets (its process ended, or nothing was sent for a minute
because a full queue held the recording up), a new stream goes on from there: what the network
remembers reaches back less than a second.
"""

import asyncio
import secrets
from contextlib import AsyncExitStack
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from tritone.calls import Caller
from tritone.contract import VAD, VadRequest
from tritone.errors import AudioNotFinite, InvalidInput, ParameterOutOfRange, Unavailable
from tritone.usecases.transcription.vocabulary import Samples

__all__ = ["Activity"]

WAITS: Final = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try: a process that died is there again within these."""
_OF_THE_AUDIO: Final = (AudioNotFinite, ParameterOutOfRange)


class Activity:
    """One stream of audio through `vad`, and its successors where it was lost."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._held = AsyncExitStack()
        self._one: Caller | None = None
        self._stream = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._held.aclose()

    async def probabilities(self, audio: Samples, *, last: bool) -> npt.NDArray[np.float32]:
        """Of each 32 ms frame.

        Args:
            audio: the stream's next samples, a whole number of frames.
            last: whether the stream ends with them.

        Raises:
            AudioNotFinite, ParameterOutOfRange: the samples are no audio.
            Unavailable: `vad` is gone and did not come back.
        """
        for wait in WAITS:
            try:
                return await self._ask(audio, last=last)
            except Unavailable as error:
                lost: Exception = error
            except InvalidInput as error:
                if isinstance(error, _OF_THE_AUDIO):
                    raise
                lost = error
            await self._held.aclose()
            self._one = None
            await asyncio.sleep(wait)
        raise lost

    async def _ask(self, audio: Samples, *, last: bool) -> npt.NDArray[np.float32]:
        start = self._one is None
        if self._one is None:
            self._one = await self._held.enter_async_context(self._caller.pinned(VAD))
            self._stream = secrets.randbits(63) or 1
        response = await self._one.infer(
            VAD, VadRequest(audio=audio), sequence=(self._stream, start, last)
        )
        return response.probability
