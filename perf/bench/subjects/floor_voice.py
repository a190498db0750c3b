"""The raw sum of a spoken turn: plain faster-whisper, plain llama.cpp and plain piper in a row.

This is the script that one would write first: transcribe, have the first sentence of the answer
written, have it spoken. Nothing is shared between the parts, and nothing overlaps.

What makes it fair: the product's weights and prompt; for each engine as many threads as all
instances of its model together, since it has the machine to itself; its own defaults for all else,
which for llama.cpp means that what it has read of the prompt before is not read again. The language
model stops after the first sentence, so that it takes nothing from the voice.
"""

import asyncio
import os
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec

from perf.bench.corpus.waves import floats
from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.budget import budget
from perf.bench.subjects.completions import body
from perf.bench.subjects.floor_stt import Heard, plain_whisper
from perf.bench.subjects.floor_tts import PlainPiper
from perf.bench.subjects.plain_llama import PlainLlama
from tritone.pipelines.prompts import VOICE_SYSTEM

__all__ = ["FloorVoice", "first_sentence"]

_CONTEXT: Final = 4096
_END: Final = re.compile(r"[.!?][\"')]*(?=\s)")


class FloorVoice:
    """One turn at a time; others wait."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        stt, llm, tts = (budget(options, model) for model in ("stt", "llm", "tts"))
        self._pool = ThreadPoolExecutor(1)
        self._whisper = await asyncio.to_thread(plain_whisper, stt)
        self._llama = await asyncio.to_thread(PlainLlama, llm, slots=1, context=_CONTEXT)
        self._piper = await asyncio.to_thread(PlainPiper, tts)
        await asyncio.to_thread(self._written, "Say hello.", Item(kind="speech", text=""))
        return {
            "version": ", ".join(
                f"{name} {version(name)}" for name in ("faster-whisper", "xllamacpp", "piper-tts")
            ),
            "weights": ", ".join(given.name for given in (stt, llm, tts)),
            "threads": ", ".join(str(given.threads) for given in (stt, llm, tts)),
            "language": "detected",
            "pids": [os.getpid()],
        }

    async def one(self, item: Item) -> Answer:
        recording = floats(Path(item.path))
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._turn, recording, item)

    async def close(self) -> None:
        self._llama.close()
        self._pool.shutdown(cancel_futures=True)

    def _turn(self, recording: Heard, item: Item) -> Answer:
        began = time.perf_counter()
        segments, _ = self._whisper.transcribe(recording)
        transcript = "".join(segment.text for segment in segments).strip()
        heard_at = time.perf_counter() - began
        sentence = self._written(transcript, item)
        written_at = time.perf_counter() - began
        heard = self._piper.speak(sentence, began)
        answer = heard.answer(units=1.0, text=sentence, transcript=transcript)
        stages = [
            ("transcribe", 0.0, heard_at),
            ("first sentence", heard_at, written_at),
            ("first audio", written_at, answer.first),
        ]
        return Answer(
            first=answer.first,
            last=answer.last,
            units=1.0,
            extra={**answer.extra, "stages": stages},
        )

    def _written(self, question: str, item: Item) -> str:
        """The first sentence of the answer, or all of it where there is no second."""
        said = ""

        def take(text: str) -> bool:
            nonlocal said
            said += text
            return first_sentence(said) != ""

        request = body(msgspec.structs.replace(item, text=question))
        system = {"role": "system", "content": VOICE_SYSTEM}
        self._llama.write(request | {"messages": [system, *request["messages"]]}, take)
        return first_sentence(said) or said.strip()


def first_sentence(text: str) -> str:
    """The first sentence, once something follows it; else an empty text."""
    end = _END.search(text)
    return text[: end.end()].strip() if end else ""
