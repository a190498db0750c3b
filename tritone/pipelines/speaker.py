"""The speaking half of a turn: clauses in as they are written, audio out, in its own thread."""

import queue
import threading
from collections.abc import Callable

from tritone import messages
from tritone.cancellation import Cancellation
from tritone.contract import TtsRequest, VoiceRequest, VoiceResponse
from tritone.errors import Internal, TextEmpty, TritoneError
from tritone.messages import AudioChunk, Timing
from tritone.pipelines.schedule import Schedule, Stage, Turn
from tritone.pipelines.stages import Send, Stages

__all__ = ["Speaker"]


class Speaker:
    """Speaks the clauses of one turn in order while the turn goes on thinking.

    A failure cancels the turn, so that the thinking half stops too; `finish` raises it.

    Args:
        request: voice, speed and seed.
        stages: the models.
        schedule: shared by all turns.
        turn: this one.
        send: takes the audio.
        cancellation: the turn's own.
        now: seconds since the turn arrived.
    """

    def __init__(
        self,
        request: VoiceRequest,
        stages: Stages,
        schedule: Schedule,
        turn: Turn,
        send: Send,
        cancellation: Cancellation,
        now: Callable[[], float],
    ) -> None:
        self._request = request
        self._stages = stages
        self._schedule = schedule
        self._turn = turn
        self._send = send
        self._cancellation = cancellation
        self._now = now
        self._clauses: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._failure: Exception | None = None
        self._spoken = 0
        self.first_audio_at = 0.0
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    def say(self, clause: str) -> None:
        """Queues a clause; the turn's `max_tokens` bounds how many there can be."""
        self._clauses.put(clause)

    def finish(self) -> None:
        """Waits until everything is spoken, or the turn is cancelled.

        Raises what ended the speaking early.
        """
        self._clauses.put(None)
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            while (clause := self._clauses.get()) is not None:
                self._speak(clause)
        except Exception as error:  # noqa: BLE001 - kept, and raised by `finish`
            self._failure = error
            self._cancellation.cancel(
                error if isinstance(error, TritoneError) else Internal("speaking failed")
            )

    def _speak(self, clause: str) -> None:
        request = TtsRequest(
            text=clause,
            voice=self._request.voice,
            speed=self._request.speed,
            random_seed=self._request.random_seed or 0,
        )
        try:
            with self._schedule.admit(self._turn, Stage.SPEAK, self._cancellation):
                spoken = self._stages.speak(request, self._cancellation)
        except TextEmpty:  # a clause of signs only, such as "***", is silent
            return
        duration = len(spoken.audio) / spoken.sample_rate
        chunk = AudioChunk(
            index=self._spoken,
            text=clause,
            sample_rate=spoken.sample_rate,
            duration=duration,
            timings=messages.decode(tuple[Timing, ...], spoken.timings),
            at=self._now(),
        )
        self.first_audio_at = self.first_audio_at or chunk.at
        self._send(VoiceResponse(event=messages.encode(chunk), audio=spoken.audio))
        self._schedule.sent(self._turn, duration)
        self._spoken += 1
