"""Whisper on the CPU, tuned for short commands from many people and right for long recordings.

    recording ─► checked, 16 kHz ─► speech found (Silero) ─► windows ─► language ─► decoded with the
    windows of other requests ─► doubtful ones again, in the full window ─► segments and words

What no one said is never written: a recording in which Silero hears nobody is not even decoded.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from tritone.contract import SttRequest, SttResponse
from tritone.engines.audio import listen
from tritone.engines.stt import SpeechToText
from tritone.engines.stt.checks import Decoding, is_silence
from tritone.engines.stt.decoder import Decoder
from tritone.engines.stt.jobs import Job, Part, answer
from tritone.engines.stt.network import Network
from tritone.engines.stt.transcript import pieces, segment, words
from tritone.engines.stt.windows import FRAMES_PER_SECOND, FULL_FRAMES, cut
from tritone.engines.vad.offline import Speech, SpeechFinder
from tritone.errors import ParameterOutOfRange, TritoneError, UnknownLanguage, UnknownTask

__all__ = ["Whisper"]

TASKS = ("transcribe", "translate")
SHORT = 10.0
"""Seconds up to which a recording is a question or a command, somebody waiting for its answer."""


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
        self._decoder = Decoder(self._network, batch=batch)
        self._finder = SpeechFinder(vad)
        self._max_seconds = max_seconds

    def answers(
        self, batch: Sequence[SttRequest]
    ) -> Iterator[tuple[int, SttResponse | TritoneError]]:
        """Each request's place and result, as soon as it is known.

        A recording in which nobody speaks has empty text and a `no_speech_prob` near 1; its
        language, unless it was given, is empty with probability 0.

        Results that are errors:
            AudioEmpty, AudioNotFinite, AudioTooLong: see `tritone.engines.audio.listen`.
            ParameterOutOfRange: the sample rate, the scale of the samples, the temperature.
            UnknownLanguage: the model does not know the language.
            UnknownTask: the task is neither of `TASKS`, or the model cannot translate.
        """
        jobs = []
        for place, request in enumerate(batch):
            accepted = self._accept(place, request)
            if isinstance(accepted, Job):
                jobs.append(accepted)
            else:
                yield place, accepted
        # Short ones first: whoever asks a question waits for nobody's lecture.
        jobs.sort(key=_is_long)
        for _, group in itertools.groupby(jobs, key=_is_long):
            for job in self._written(list(group)):
                yield job.place, answer(job)

    def _written(self, jobs: Sequence[Job]) -> Iterator[Job]:
        """Each job when all of its parts are written."""
        for job, speech in zip(jobs, self._finder.find([j.audio for j in jobs]), strict=True):
            self._divide(job, speech)
            self._name_language(job)
        yield from (job for job in jobs if not job.parts)
        missing = {job.place: len(job.parts) for job in jobs}
        parts = [(job, part) for job in jobs for part in job.parts]
        for owner, part, decoding in self._decoder.decode(parts):
            self._write(owner, part, decoding)
            part.encoding = None  # long recordings have many parts
            missing[owner.place] -= 1
            if not missing[owner.place]:
                yield owner

    def _accept(self, place: int, request: SttRequest) -> Job | TritoneError:
        try:
            self._check_task(request.task)
            self._check_language(request.language)
            if not 0.0 <= request.temperature <= 1.0:
                raise ParameterOutOfRange(f"temperature is {request.temperature:g}, not 0 to 1")
            prompt = self._network.prompt(request.prompt)
            audio = listen(request.audio, request.sample_rate, max_seconds=self._max_seconds)
        except TritoneError as error:
            return error
        seconds = request.audio.size / request.sample_rate
        return Job(place, request, audio, seconds, request.language, prompt)

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
        job.language, job.certainty = self._network.detect(self._decoder.encoding(longest))

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
                self._decoder.encoding(part), job.spoken, tokens, frames
            )
            timed_words = list(words(tokens, starts, probabilities, part.window, tokenizer))
        first = 0
        for span in spans:
            last = first + len(span.tokens)
            mine = [word for index, word in timed_words if first <= index < last]
            part.segments.append(segment(span, decoding, tokenizer, mine))
            first = last


def _is_long(job: Job) -> bool:
    return job.duration > SHORT
