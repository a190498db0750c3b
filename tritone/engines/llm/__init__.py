"""Large language models."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from tritone.cancellation import Cancellation
from tritone.contract import LlmRequest, LlmResponse

__all__ = ["LanguageModel", "Statistics"]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counters since the engine started.

    `busy_slots_per_step` is the average number of requests that shared a decoding step.
    """

    generated_tokens: int
    prompt_tokens: int
    decode_steps: int
    running: int
    waiting: int
    busy_slots_per_step: float

    def metrics(self) -> dict[str, float]:
        """The counters by their metric name."""
        return {
            "llm_generated_tokens_total": self.generated_tokens,
            "llm_prompt_tokens_total": self.prompt_tokens,
            "llm_decode_steps_total": self.decode_steps,
            "llm_running": self.running,
            "llm_waiting": self.waiting,
            "llm_busy_slots_per_step": self.busy_slots_per_step,
        }


class LanguageModel(ABC):
    """Continues conversations, many at once, token by token."""

    @abstractmethod
    def generate(
        self,
        request: LlmRequest,
        emit: Callable[[LlmResponse], None],
        cancellation: Cancellation,
    ) -> None:
        """Answers one request; blocks its thread, called from many threads at once.

        Emits text as the request's `stream` says; the last response emitted has the finish
        reason and the usage. An exception raised by `emit` ends the generation.

        Raises:
            InvalidInput: one of its kinds, when the request cannot be run.
            TritoneError: the cancellation's reason, soon after it was cancelled.
        """

    @abstractmethod
    def statistics(self) -> Statistics:
        """What the engine did so far."""

    @abstractmethod
    def close(self) -> None:
        """Frees the model."""
