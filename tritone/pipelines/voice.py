"""One spoken turn: hear the user, think, and speak clause by clause while still thinking."""

import contextlib
from dataclasses import dataclass
from typing import Final

from tritone import messages
from tritone.cancellation import Cancellation
from tritone.contract import LlmRequest, SttRequest, VoiceRequest, VoiceResponse
from tritone.errors import NoSpeech, TextTooLong, TritoneError
from tritone.messages import ChatMessage, Done, Failed, TextDelta, Transcript, Usage
from tritone.pipelines.clauses import ClauseSplitter
from tritone.pipelines.prompts import VOICE_SYSTEM
from tritone.pipelines.schedule import Schedule, Stage, Turn
from tritone.pipelines.speaker import Speaker
from tritone.pipelines.stages import Send, Stages

__all__ = ["MOST_HISTORY_CHARS", "converse"]

MOST_HISTORY_CHARS: Final = 32_000
"""Of `history` and `system_prompt` each; the model's own context is smaller still."""


def converse(
    request: VoiceRequest,
    stages: Stages,
    schedule: Schedule,
    send: Send,
    cancellation: Cancellation,
) -> None:
    """Runs one turn to its `Done` event, or to its `Failed` event and the same error raised.

    Args:
        request: what the caller sent.
        stages: the models.
        schedule: shared by all turns of the process.
        send: takes the events (`tritone.messages.VoiceEvent`).
        cancellation: the caller's.

    Raises:
        TritoneError: bad input, a stage's error, or the cancellation's reason.
    """
    with schedule.turn() as turn:
        work = _Turn(request, stages, schedule, send, cancellation.child(), turn)
        try:
            work.run()
        except TritoneError as error:
            work.fail(error)
            raise


@dataclass
class _Answer:
    """What has come of the turn so far; times are seconds since its arrival."""

    text: str = ""
    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    heard_at: float = 0.0
    first_token_at: float = 0.0
    last_token_at: float = 0.0


class _Turn:
    """The state of one turn."""

    def __init__(
        self,
        request: VoiceRequest,
        stages: Stages,
        schedule: Schedule,
        send: Send,
        cancellation: Cancellation,
        turn: Turn,
    ) -> None:
        self._request = request
        self._stages = stages
        self._schedule = schedule
        self._send = send
        self._cancellation = cancellation
        self._turn = turn
        self._answer = _Answer()

    def run(self) -> None:
        conversation = self._conversation()
        conversation.append(ChatMessage(role="user", content=self._hear()))
        speaker = Speaker(
            self._request,
            self._stages,
            self._schedule,
            self._turn,
            self._send,
            self._cancellation,
            self._now,
        )
        try:
            self._think(conversation, speaker)
        except TritoneError as error:
            self._cancellation.cancel(error)
            raise
        finally:
            speaker.finish()
        self._tell(speaker.first_audio_at)

    def fail(self, error: TritoneError) -> None:
        """Stops every stage and tells the caller, if it is still there."""
        self._cancellation.cancel(error)
        with contextlib.suppress(TritoneError):
            self._event(Failed(code=error.code, message=error.message, at=self._now()))

    def _conversation(self) -> list[ChatMessage]:
        for name in ("history", "system_prompt"):
            length = len(getattr(self._request, name))
            if length > MOST_HISTORY_CHARS:
                raise TextTooLong(
                    f"'{name}' has {length:,} characters, at most {MOST_HISTORY_CHARS:,}"
                )
        system = self._request.system_prompt or VOICE_SYSTEM
        history = messages.decode_chat(self._request.history or "[]")
        return [ChatMessage(role="system", content=system), *history]

    def _hear(self) -> str:
        request = SttRequest(
            audio=self._request.audio,
            sample_rate=self._request.sample_rate,
            language=self._request.language,
        )
        with self._schedule.admit(self._turn, Stage.HEAR, self._cancellation):
            heard = self._stages.hear(request, self._cancellation)
        text = heard.text.strip()
        if not text:
            raise NoSpeech(f"nobody speaks in the {heard.duration:.1f} s of audio")
        at = self._answer.heard_at = self._now()
        self._event(Transcript(text=text, language=heard.language, duration=heard.duration, at=at))
        return text

    def _think(self, conversation: list[ChatMessage], speaker: Speaker) -> None:
        """Generates the answer, giving way to other turns between clauses where it should."""
        splitter = ClauseSplitter(phrases=True)
        while not self._answer.finish_reason:
            with self._schedule.admit(self._turn, Stage.THINK, self._cancellation):
                self._generate(conversation, splitter, speaker)
        for clause in splitter.flush():
            speaker.say(clause)

    def _generate(
        self, conversation: list[ChatMessage], splitter: ClauseSplitter, speaker: Speaker
    ) -> None:
        """One run of the model: to the answer's end, or to a clause where the turn rests.

        A turn that rested goes on from the text it has: the model is given its own words to
        continue, which the engine's prefix cache makes cheap.
        """
        answer = self._answer
        said = [ChatMessage(role="assistant", content=answer.text)] if answer.text else []
        request = LlmRequest(
            messages=messages.encode([*conversation, *said]),
            max_tokens=self._request.max_tokens - answer.completion_tokens,
            temperature=self._request.temperature,
            random_seed=self._request.random_seed,
            stream=True,
        )
        generated = 0
        with contextlib.closing(self._stages.think(request, self._cancellation)) as parts:
            for part in parts:
                if part.finish_reason:
                    answer.finish_reason = part.finish_reason
                    answer.prompt_tokens = answer.prompt_tokens or part.prompt_tokens
                    answer.cached_tokens += part.cached_tokens
                    answer.completion_tokens += part.completion_tokens
                if not part.text_output:
                    continue
                generated += 1  # a response carries one token
                clauses = self._take(part.text_output, splitter, speaker)
                used = answer.completion_tokens + generated
                if clauses and used < self._request.max_tokens and self._rests():
                    answer.completion_tokens = used
                    return
        answer.finish_reason = answer.finish_reason or "stop"

    def _take(self, text: str, splitter: ClauseSplitter, speaker: Speaker) -> int:
        """Passes on a piece of the answer; how many clauses it completed."""
        at = self._answer.last_token_at = self._now()
        self._answer.first_token_at = self._answer.first_token_at or at
        self._answer.text += text
        self._event(TextDelta(text=text, at=at))
        clauses = splitter.feed(text)
        for clause in clauses:
            speaker.say(clause)
        return len(clauses)

    def _rests(self) -> bool:
        return self._schedule.should_rest(self._turn)

    def _tell(self, first_audio_at: float) -> None:
        """Sends what ends a turn well."""
        answer = self._answer
        self._event(
            Usage(
                prompt_tokens=answer.prompt_tokens,
                completion_tokens=answer.completion_tokens,
                cached_tokens=answer.cached_tokens,
                at=self._now(),
            )
        )
        self._event(
            Done(
                text=answer.text.strip(),
                finish_reason=answer.finish_reason,
                heard_at=answer.heard_at,
                first_token_at=answer.first_token_at,
                first_audio_at=first_audio_at,
                last_token_at=answer.last_token_at,
                at=self._now(),
            )
        )

    def _event(self, event: messages.VoiceEvent) -> None:
        self._send(VoiceResponse(event=messages.encode(event)))

    def _now(self) -> float:
        return self._schedule.clock() - self._turn.arrived
