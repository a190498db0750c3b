"""Windows of many requests decoded together; the doubtful ones looked at again, one by one."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from tritone.engines.stt.checks import (
    MAX_TOKENS,
    Decoding,
    alike,
    echoes,
    is_silence,
    is_suspicious,
    repeats,
    token_budget,
)
from tritone.engines.stt.jobs import Job, Part
from tritone.engines.stt.network import Encoding, Network
from tritone.engines.stt.windows import FULL_FRAMES

__all__ = ["Decoder"]

TEMPERATURES = (0.0, 0.4, 0.8)
"""Of the second look at a doubtful window, in turn: Whisper's ladder with every other rung."""

Entry = tuple[Job, Part]


class Decoder:
    """The decoder's work over the windows of a batch of requests.

    Args:
        network: the weights.
        batch: most windows decoded together.
    """

    def __init__(self, network: Network, *, batch: int) -> None:
        self._network = network
        self._batch = batch

    def encoding(self, part: Part) -> Encoding:
        """A part as the encoder hears it; remembered in the part."""
        if part.encoding is None:
            part.encoding = self._network.encode(part.audio, part.frames)
        return part.encoding

    def decode(self, parts: Sequence[Entry]) -> Iterator[tuple[Job, Part, Decoding]]:
        """Each part with what was said in it, in the order that is quickest."""
        # Of one kind, and among these of one length, so that none waits long for another.
        ordered = sorted(parts, key=lambda each: (_kind(each), each[1].window.seconds))
        for _, group in itertools.groupby(ordered, key=_kind):
            for chunk in _chunks(group, self._batch):
                yield from self._together(chunk)

    def _together(self, chunk: Sequence[Entry]) -> Iterator[tuple[Job, Part, Decoding]]:
        job, part = chunk[0]
        decodings = self._network.decode(
            [self.encoding(part) for _, part in chunk],
            [job.spoken for job, _ in chunk],
            timed=part.timed,
            budget=max(token_budget(part.window.seconds) for _, part in chunk),
            temperature=job.request.temperature,
            prompts=[job.prompt for job, _ in chunk],
        )
        for (job, part), decoding in zip(chunk, decodings, strict=True):
            yield job, part, self._settled(job, part, decoding)

    def _settled(self, job: Job, part: Part, first: Decoding) -> Decoding:
        """The decoding, or a better one where it is doubtful."""
        budget = token_budget(part.window.seconds)
        if job.prompt and echoes(first.tokens, job.prompt):
            [plain] = self._alone(job, part, budget, job.request.temperature)
            if not alike(first.text, plain.text):  # else it is what was said
                first = plain
        if is_silence(first) or not is_suspicious(first, budget):
            return first
        return self._second_look(job, part, first)

    def _second_look(self, job: Job, part: Part, first: Decoding) -> Decoding:
        """Decodes a doubtful part with the window Whisper was trained on, and then by chance.

        The prompt is left out: it may be what led astray.
        """
        budget = min(MAX_TOKENS, 2 * token_budget(part.window.seconds))
        if part.frames < FULL_FRAMES:
            part.encoding = self._network.encode(part.audio, FULL_FRAMES)
        tried = [first]
        asked = job.request.temperature
        for temperature in (asked, *(rung for rung in TEMPERATURES if rung > asked)):
            [decoding] = self._alone(job, part, budget, temperature)
            if not is_suspicious(decoding, budget):
                return decoding
            tried.append(decoding)
        return max(tried, key=lambda each: (not repeats(each), each.avg_logprob))

    def _alone(self, job: Job, part: Part, budget: int, temperature: float) -> list[Decoding]:
        return self._network.decode(
            [self.encoding(part)],
            [job.spoken],
            timed=part.timed,
            budget=budget,
            temperature=temperature,
        )


def _kind(entry: Entry) -> tuple[int, bool, float, int]:
    """Parts of one kind can be decoded together."""
    job, part = entry
    return part.frames, part.timed, job.request.temperature, len(job.prompt)


def _chunks(parts: Iterable[Entry], size: int) -> Iterator[Sequence[Entry]]:
    """Parts in order, at most `size` at a time."""
    rest = iter(parts)
    while chunk := tuple(itertools.islice(rest, size)):
        yield chunk
