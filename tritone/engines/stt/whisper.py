"""Whisper on the CPU, tuned for short commands from many people and right for long recordings.

    recording ─► checked, 16 kHz ─► speech found (Silero) ─► windows ─► language ─► decoded with the
    windows of other requests ─► doubtful ones again, in the full window ─► segments and words

What no one said is never written: a recording in which Silero hears nobody is not even decoded.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tritone.contract import SttRequest, SttResponse
from tritone.engines.audio import listen
from tritone.engines.stt import SpeechToText
from tritone.engines.stt.checks import (
    MAX_TOKENS,
    Decoding,
    is_silence,
    is_suspicious,
    repeats,
    token_budget,
)
from tritone.engines.stt.jobs import Job, Part, answer
from tritone.engines.stt.network import Encoding, Network
from tritone.engines.stt.transcript import pieces, segment, words
from tritone.engines.stt.windows import FRAMES_PER_SECOND, FULL_FRAMES, cut
from tritone.engines.vad.offline import Speech, SpeechFinder
from tritone.errors import TritoneError, UnknownLanguage, UnknownTask

__all__ = ["Whisper"]

TASKS = ("transcribe", "translate")
TEMPERATURES = (0.0, 0.4, 0.8)
"""Of the second look at a doubtful window, in turn: Whisper's ladder with every other rung."""


class Whisper(SpeechToText):
    """OpenAI's Whisper under CTranslate2, with Silero VAD in front. Decodes greedily.

    Args:
        weights: folder of a CTranslate2 Whisper model.
        vad: folder of Silero's ONNX file.
        threads: CPU threads.
        batch: most windows decoded together.
        max_seconds: longest recording taken.

    Raises:
        WeightsMissing: a folder lacks a file.
    """

    def __init__(
        self,
        weights: Path,
        vad: Path,
        *,
        threads: int = 1,
        batch: int = 8,
        max_seconds: float = 600.0,
    ) -> None:
        self._network = Network(weights, threads=threads)
        self._finder = SpeechFinder(vad)
        self._batch = batch
        self._max_seconds = max_seconds

    def transcribe(self, batch: Sequence[SttRequest]) -> list[SttResponse | TritoneError]:
        """One result for each request, in order.

        A recording in which nobody speaks has empty text and a `no_speech_prob` near 1; its
        language, unless it was given, is empty with probability 0.

        Results that are errors:
            AudioEmpty, AudioNotFinite, AudioTooLong: see `tritone.engines.audio.listen`.
            ParameterOutOfRange: the sample rate or the scale of the samples.
            UnknownLanguage: the model does not know the language.
            UnknownTask: the task is neither of `TASKS`, or the model cannot translate.
        """
        accepted = [self._accept(request) for request in batch]
        jobs = [job for job in accepted if isinstance(job, Job)]
        for job, speech in zip(jobs, self._finder.find([j.audio for j in jobs]), strict=True):
            self._divide(job, speech)
        for job in jobs:
            self._name_language(job)
        self._decode_all([(job, part) for job in jobs for part in job.parts])
        return [answer(job) if isinstance(job, Job) else job for job in accepted]

    def _accept(self, request: SttRequest) -> Job | TritoneError:
        try:
            self._check_task(request.task)
            self._check_language(request.language)
            audio = listen(request.audio, request.sample_rate, max_seconds=self._max_seconds)
        except TritoneError as error:
            return error
        return Job(request, audio, request.audio.size / request.sample_rate, request.language)

    def _check_task(self, task: str) -> None:
        if task not in TASKS:
            raise UnknownTask(f"task is '{task}', expected one of: {', '.join(TASKS)}")
        if task == "translate" and not self._network.multilingual:
            raise UnknownTask("this model knows English only and cannot translate")

    def _check_language(self, language: str) -> None:
        known = self._network.languages
        if language and language not in known:
            raise UnknownLanguage(
                f"language is '{language}', expected an ISO 639-1 code this model knows, "
                f"or empty to detect it: {', '.join(sorted(known))}"
            )

    @staticmethod
    def _divide(job: Job, speech: Speech) -> None:
        job.silence = 1.0 - speech.peak
        windows = cut(speech, job.duration)
        job.parts = [Part(window, job.audio[window.samples]) for window in windows]

    def _name_language(self, job: Job) -> None:
        """Detects the language, where it was not given, from the part that holds most speech."""
        if job.language:
            return
        if not job.parts:
            job.certainty = 0.0
            return
        longest = max(job.parts, key=lambda part: part.window.seconds)
        job.language, job.certainty = self._network.detect(self._encoding(longest))

    def _encoding(self, part: Part) -> Encoding:
        if part.encoding is None:
            part.encoding = self._network.encode(part.audio, part.kind[0])
        return part.encoding

    def _decode_all(self, parts: Sequence[tuple[Job, Part]]) -> None:
        # Of one kind, and among these of one length, so that none waits long for another.
        ordered = sorted(parts, key=lambda each: (each[1].kind, each[1].window.seconds))
        for (_, timed), group in itertools.groupby(ordered, key=lambda each: each[1].kind):
            for chunk in _chunks(group, self._batch):
                self._decode(chunk, timed=timed)

    def _decode(self, chunk: Sequence[tuple[Job, Part]], *, timed: bool) -> None:
        decodings = self._network.decode(
            [self._encoding(part) for _, part in chunk],
            [job.spoken for job, _ in chunk],
            timed=timed,
            budget=max(token_budget(part.window.seconds) for _, part in chunk),
        )
        for (job, part), first in zip(chunk, decodings, strict=True):
            decoding = first
            budget = token_budget(part.window.seconds)
            if not is_silence(first) and is_suspicious(first, budget):
                decoding = self._second_look(job, part, first)
            self._write(job, part, decoding)
            part.encoding = None  # long recordings have many parts

    def _second_look(self, job: Job, part: Part, first: Decoding) -> Decoding:
        """Decodes a doubtful part with the window Whisper was trained on, and then by chance."""
        budget = min(MAX_TOKENS, 2 * token_budget(part.window.seconds))
        if part.kind[0] < FULL_FRAMES:
            part.encoding = self._network.encode(part.audio, FULL_FRAMES)
        tried = [first]
        for temperature in TEMPERATURES:
            [decoding] = self._network.decode(
                [self._encoding(part)],
                [job.spoken],
                timed=part.kind[1],
                budget=budget,
                temperature=temperature,
            )
            if not is_suspicious(decoding, budget):
                return decoding
            tried.append(decoding)
        return max(tried, key=lambda each: (not repeats(each), each.avg_logprob))

    def _write(self, job: Job, part: Part, decoding: Decoding) -> None:
        """Makes a part's text and segments of what was decoded."""
        part.no_speech_prob = decoding.no_speech_prob
        if is_silence(decoding):
            return
        part.text = decoding.text
        tokenizer = self._network.tokenizer(*job.spoken)
        spans = pieces(decoding, part.window, tokenizer)
        timed_words = []
        if job.request.word_timestamps:
            tokens = [token for span in spans for token in span.tokens]
            frames = min(round(part.window.seconds * FRAMES_PER_SECOND), FULL_FRAMES)
            starts, probabilities = self._network.align(
                self._encoding(part), job.spoken, tokens, frames
            )
            timed_words = list(words(tokens, starts, probabilities, part.window, tokenizer))
        first = 0
        for span in spans:
            last = first + len(span.tokens)
            mine = [word for index, word in timed_words if first <= index < last]
            part.segments.append(segment(span, decoding, tokenizer, mine))
            first = last


def _chunks(parts: Iterable[tuple[Job, Part]], size: int) -> Iterator[Sequence[tuple[Job, Part]]]:
    """Parts in order, at most `size` at a time."""
    rest = iter(parts)
    while chunk := tuple(itertools.islice(rest, size)):
        yield chunk
